"""Leaderboards: who stands where, live and frozen."""
