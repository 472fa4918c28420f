"""Verification: what is stored is computed again and compared, invariant by invariant of the rules."""
