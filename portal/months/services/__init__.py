"""Writes of months: closing and releasing."""
