"""Writes of care: the daily job of renewal tasks, talks and reminders, hand-overs."""
