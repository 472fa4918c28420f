"""Who hides the league from other cadres (rules.md 11.6)."""

from typing import Any

from sqlalchemy import exists

from portal.recognition.models import RecognitionChoice


def hides_league(cadre_id: Any) -> Any:
    """Return the condition that a cadre hides the own league."""
    choice = RecognitionChoice
    return exists().where(choice.cadre_id == cadre_id, choice.hide_league)
