"""The month row: posting reads it locked, the closer holds it alone."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import create_engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from portal.extensions import db
from portal.points.models import LateMark, Month
from portal.points.queries import first_posted_month, is_closed, oldest_open_month
from portal.points.services.upserts import insert_into


def _status(month: str) -> str | None:
    """Read a month's status so that nobody closes it before this transaction ends (PostgreSQL: FOR SHARE)."""
    query = select(Month.status).where(Month.month == month).with_for_update(read=True)
    return db.session.execute(query).scalar_one_or_none()


def _make_row(month: str) -> None:
    """Store an open month's row. On PostgreSQL at once, in a transaction of its own.

    A row that waits for its maker's commit makes others wait for it, and two transactions that make two months'
    rows in opposite order would wait for each other. An open row without entries means nothing.
    """
    statement = insert(Month.__table__).values(month=month, status="open")  # type: ignore[arg-type] # a Table
    if db.engine.dialect.name == "postgresql":
        # Not from the pool: those who wait for this transaction's locks may hold all of its connections.
        engine = create_engine(db.engine.url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(statement)
        return
    with db.session.begin_nested():
        db.session.execute(statement)


def hold_month(month: str) -> bool:
    """Hold a month open until this transaction ends, making its row if need be; False if it is closed."""
    if is_closed(month):
        return False
    status = _status(month)
    if status is None:
        with suppress(IntegrityError):  # another made the row first, or closed the month meanwhile
            _make_row(month)
        status = _status(month)
    # Asked again behind the lock: a later month may have been closed while this one waited.
    return status == "open" and not is_closed(month)


def hold_months(months: Iterable[str]) -> set[str]:
    """Hold several months, the earliest first; return those that turned out closed."""
    return {month for month in sorted(set(months)) if not hold_month(month)}


def open_month(month: str) -> None:
    """Make sure that a month has its row."""
    hold_month(month)


def lock_month(month: str) -> Month:
    """Take a month's row for oneself until the transaction ends: posters and other closers wait."""
    if db.session.get(Month, month) is None:
        open_month(month)
    query = select(Month).where(Month.month == month).with_for_update()
    return db.session.execute(query, execution_options={"populate_existing": True}).scalar_one()


def hold_oldest() -> None:
    """Hold the oldest open month open until this transaction ends; wait for a close of it that runs.

    Months close in order, so no later one closes meanwhile either.
    """
    ahead = oldest_open_month() or first_posted_month()
    while ahead is not None and not hold_month(ahead):
        ahead = oldest_open_month()


def mark_late(*, cadre_id: int, month: str, at: datetime) -> None:
    """Ask the next close to compute a cadre's closed month again (rules.md 6); an open one needs none.

    Either way the month that takes the money is held open until this transaction ends: what changes next to
    a running close is seen by it whole or waits for the next one with its mark.
    """
    if hold_month(month):
        return
    hold_oldest()
    mark_all_late({(cadre_id, month)}, at=at)


def mark_all_late(pairs: set[tuple[int, str]], *, at: datetime) -> None:
    """Mark several pairs of cadre and closed month, in order."""
    if pairs:
        rows = [{"cadre_id": cadre, "month": month, "marked_at": at} for cadre, month in sorted(pairs)]
        statement = insert_into(LateMark).on_conflict_do_nothing(index_elements=["cadre_id", "month"])
        db.session.execute(statement, rows)
