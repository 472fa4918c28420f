"""Writes of sign-ups: reporting them, and deciding on them."""
