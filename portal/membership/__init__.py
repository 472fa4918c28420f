"""Membership: the official extract, participants, contributions, matching."""
