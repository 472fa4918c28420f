"""Changes of a cadre's status, by local day: a suspension's weeks are neutral for streaks (rules.md 11.2)."""

from datetime import datetime

from sqlalchemy import insert

from portal.cadres.models import CadreState
from portal.cadres.queries.terms import today_for
from portal.database.extensions import db


def note_state(*, cadre_id: int, status: str, at: datetime) -> None:
    """Note that a cadre's status changed, on the local day of the cadre's branch."""
    day = today_for(cadre_id, at)
    db.session.execute(insert(CadreState).values(cadre_id=cadre_id, status=status, from_day=day, at=at))
