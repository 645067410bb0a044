"""A finding of an earlier run, looked at again: its exchanges with fresh ids, or its test told again."""
