"""Writes of cadres."""
