"""Reads of the agenda: events, who takes part, calendars."""
