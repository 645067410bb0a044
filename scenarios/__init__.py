"""Hand-written stories: what an iModel lives through, one file each."""
