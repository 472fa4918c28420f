"""Months: the act of closing."""
