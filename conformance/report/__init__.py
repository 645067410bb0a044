"""From decisions to what people and machines read: verdict, findings, tables, Allure, HTML."""
