"""A stateful mock of the iTwin iModels API v2: a faithful local service to develop and test against."""
