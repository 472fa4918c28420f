"""Writes of activities: drafts and photos, submitting a report, deciding on it."""
