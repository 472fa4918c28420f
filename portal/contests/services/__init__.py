"""Writes of contests: announcing and joining challenges, freezing their results, the seasons of leagues."""
