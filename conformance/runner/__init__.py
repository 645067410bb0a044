"""From a plan to a verdict: the life of one run."""
