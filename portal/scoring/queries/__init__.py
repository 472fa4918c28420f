"""What is read for the pages of points rules."""
