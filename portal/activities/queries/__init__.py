"""Reads of activities: reports, the queue of those that wait, drafts and photos."""
