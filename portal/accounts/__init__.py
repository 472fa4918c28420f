"""Accounts: users, their sessions, passwords and how often one may try."""
