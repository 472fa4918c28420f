"""Verification: what is stored, computed again and held against every invariant of the rules."""
