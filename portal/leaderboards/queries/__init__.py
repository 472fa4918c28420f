"""Reads of leaderboards: a cadre's own place, boards page by page, benchmarks, and a whole month's ranks."""
