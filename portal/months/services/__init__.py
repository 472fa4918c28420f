"""Writes of months: closing, releasing and alarms."""
