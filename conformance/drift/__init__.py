"""Drift: which side moved, the document, the service, or neither."""
