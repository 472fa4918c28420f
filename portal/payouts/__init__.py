"""Payouts: batches, bank files, results."""
