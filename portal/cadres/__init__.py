"""Cadres: who they are, their terms from month to month, and their bank accounts."""
