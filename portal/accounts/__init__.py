"""Accounts: users, their sessions and passwords, and limits on guessing."""
