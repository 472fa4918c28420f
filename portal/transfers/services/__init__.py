"""Writes of transfers."""
