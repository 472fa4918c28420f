"""Writes of membership: extracts, matches, contributions and what a person decides about them."""
