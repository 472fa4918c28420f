"""Which months are closed, as far as people have to know it (rules.md 1.4, 1.7).

The months and the ledger belong to the slice of points, which stands above this one in the import order:
their tables are named here, not imported.
"""

from sqlalchemy import column, func, select, table

from portal.domain.months import next_month
from portal.extensions import db
from portal.people.queries.terms import FROM_THE_BEGINNING

_MONTHS = table("months", column("month"), column("status"))
_ENTRIES = table("ledger_entries", column("month"))


def last_closed_month() -> str | None:
    """Return the newest closed month; None while nothing is closed."""
    closed = select(func.max(_MONTHS.c.month)).where(_MONTHS.c.status == "closed")
    last: str | None = db.session.scalar(closed)
    return last


def first_open_month() -> str:
    """Return the oldest open month: with nothing closed the first one posted to, else '0000-00'."""
    last = last_closed_month()
    if last is not None:
        return next_month(last)
    posted: str | None = db.session.scalar(select(func.min(_ENTRIES.c.month)))
    return posted or FROM_THE_BEGINNING


def hold_open(month: str) -> bool:
    """Hold a month open until this transaction ends; False if it counts as closed.

    A close that is under way is waited for, so that a transfer never slips into a month being closed.
    """
    last = last_closed_month()
    if last is not None and month <= last:
        return False
    held = select(_MONTHS.c.status).where(_MONTHS.c.month == first_open_month()).with_for_update(read=True)
    db.session.execute(held)
    last = last_closed_month()
    return last is None or month > last
