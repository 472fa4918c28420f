"""Incentives: plans, their assignment, statements, lines and tax."""
