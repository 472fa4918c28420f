"""Which months a transfer may still change (rules.md 1.4, 1.7)."""

from sqlalchemy import select

from portal.cadres.queries.terms import FROM_THE_BEGINNING
from portal.database.extensions import db
from portal.domain.months import next_month
from portal.points.models import Month
from portal.points.queries import first_posted_month, last_closed_month


def first_open_month() -> str:
    """Return the oldest open month; if none is closed, the first one posted to, else '0000-00'."""
    last = last_closed_month()
    if last is not None:
        return next_month(last)
    return first_posted_month() or FROM_THE_BEGINNING


def lock_open(month: str) -> bool:
    """Keep a month open until this transaction ends; False if it counts as closed.

    Waits for a close that is running, so that a transfer never slips into a month being closed.
    """
    last = last_closed_month()
    if last is not None and month <= last:
        return False
    held = select(Month.status).where(Month.month == first_open_month()).with_for_update(read=True)
    db.session.execute(held)
    last = last_closed_month()
    return last is None or month > last
