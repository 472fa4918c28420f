"""Writes of the agenda: planning and publishing events, taking part, attendance, closing."""
