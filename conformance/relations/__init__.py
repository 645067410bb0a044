"""Relations: judgements over what a run was told before, whichever test asked."""
