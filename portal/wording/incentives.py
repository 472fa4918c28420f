"""The words of incentives."""

REFUSALS: dict[str, str] = {}
