"""Writes of points: the defaults, the month row, posting, and the live standings."""
