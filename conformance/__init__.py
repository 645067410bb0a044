"""A conformance suite for the iTwin iModels API v2."""
