"""Contests: challenges, alone or in teams, and leagues by choice; no money hangs on them (rules.md 11.4, 11.5)."""
