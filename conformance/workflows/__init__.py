"""Stories of others: Arazzo workflows, read and told through Api."""

TESTS = "conformance/workflows/test_workflow.py"
"""The tests that tell them, one for each."""
