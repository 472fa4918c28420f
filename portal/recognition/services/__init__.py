"""Writes of recognition: definitions, awards, moments, leaves, the rounds that count."""
