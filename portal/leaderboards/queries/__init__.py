"""Reads of leaderboards: the own place, boards page by page, benchmarks, and the ranks of a whole month."""
