"""The rules of the API: for each resource its handlers, and guards named by the requirement they enforce."""
