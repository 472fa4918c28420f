"""Demo: the believable Palembang."""
