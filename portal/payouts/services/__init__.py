"""Writes of payouts: prepare, drop, approve or reject, export, record the bank's result, confirm an account."""
