"""When a month may close: in its turn, after it has ended everywhere, from its close moment on (rules.md 1.4)."""

from datetime import datetime

from sqlalchemy import select

from portal.database.extensions import db
from portal.domain.errors import RuleBroken
from portal.domain.months import has_ended_everywhere
from portal.months.queries.status import moment_of, next_to_close
from portal.points.models import Month


def require_closable(month: str, *, at: datetime, early: bool) -> None:
    """Refuse a month that may not close now, with the reason (rules.md 1.4)."""
    require_turn(month)
    if not has_ended_everywhere(month, at):
        raise RuleBroken("months.not_ended", {"month": month})
    moment = moment_of(month)
    if at < moment and not early:
        raise RuleBroken("months.too_early", {"month": month, "moment": f"{moment:%Y-%m-%d %H.%M} UTC"})


def require_turn(month: str) -> None:
    """Refuse a month before the first one, and one that an open month comes before.

    One that another closer has just closed had its turn: whoever closes it under the lock finds it closed.
    """
    ahead = next_to_close()
    if ahead is not None and month < ahead and not _is_closed(month):
        raise RuleBroken("months.before_first", {"month": month, "first": ahead})
    if ahead is not None and month > ahead:
        raise RuleBroken("months.earlier_open", {"month": month, "earlier": ahead})


def _is_closed(month: str) -> bool:
    query = select(Month.month).where(Month.month == month, Month.status == "closed")
    return db.session.execute(query).first() is not None
