"""Reads of contests: challenges, what counts for them, teams, leagues."""
