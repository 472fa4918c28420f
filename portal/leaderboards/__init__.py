"""Leaderboards: ranks, live and frozen."""
