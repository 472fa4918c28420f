"""Reads of payouts."""
