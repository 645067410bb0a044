"""The commands beside `run`, one file each, and the options they share."""
