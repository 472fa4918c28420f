"""Cadres: who they are, what holds for them from month to month, where their money goes."""
