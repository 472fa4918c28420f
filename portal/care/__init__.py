"""Participant care: renewal tasks, talks, reminders, claims and hand-overs between cadres."""
