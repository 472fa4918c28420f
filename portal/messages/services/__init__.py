"""Writes of messages: reading the audit trail, planning and sending pointers, letters, preferences, devices."""
