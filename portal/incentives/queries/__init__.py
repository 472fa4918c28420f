"""Reads of incentives: plans, statements, and the facts that the computation starts from."""
