"""Long mixed histories of one iModel, each answer held against a model of the documented rules."""
