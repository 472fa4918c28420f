"""Writes of activities: drafts and photos, handing in a report, deciding on it."""
