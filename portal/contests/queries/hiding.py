"""Who hides the league from other cadres (rules.md 11.6)."""

from typing import Any

from sqlalchemy import false


def hides_league(cadre_id: Any) -> Any:
    """Return the condition that a cadre hides the own league."""
    del cadre_id
    return false()
