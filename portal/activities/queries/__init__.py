"""Reads of activities: reports, the review queue, drafts and photos."""
