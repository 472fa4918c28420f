"""Reads of incentives: plans, the month's computation, statements, estimates."""
