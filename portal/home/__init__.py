"""Home: each role's first page."""
