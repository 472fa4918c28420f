"""Writes of incentives: plans, their assignment, and what a month pays."""
