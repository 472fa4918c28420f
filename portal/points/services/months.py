"""The month row: posting shares its lock, closing takes it alone."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import create_engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.points.models import LateMark, Month
from portal.points.queries import first_posted_month, is_closed, oldest_open_month


def _status(month: str) -> str | None:
    """Read a month's status, sharing the row's lock so that nobody closes the month before this transaction ends."""
    query = select(Month.status).where(Month.month == month).with_for_update(read=True)
    return db.session.execute(query).scalar_one_or_none()


def _make_row(month: str) -> None:
    """Store an open month's row, on PostgreSQL at once in a transaction of its own.

    An uncommitted row makes others wait for its maker, and two transactions that make the rows of two months in
    opposite order would deadlock. An open row without entries does no harm.
    """
    statement = insert(Month.__table__).values(month=month, status="open")  # type: ignore[arg-type] # a Table
    if db.engine.dialect.name == "postgresql":
        # Not from the pool: the transactions that wait for this one's locks may occupy all its connections.
        engine = create_engine(db.engine.url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(statement)
        return
    with db.session.begin_nested():
        db.session.execute(statement)


def lock_open_month(month: str) -> bool:
    """Keep a month open until this transaction ends, making its row if need be; False if it is closed."""
    return not is_closed(month) and _keep_open(month)


def _keep_open(month: str) -> bool:
    """Do so for a month that was open a moment ago."""
    status = _status(month)
    if status is None:
        with suppress(IntegrityError):  # another made the row first, or closed the month in the meantime
            _make_row(month)
        status = _status(month)
    # Asked again under the lock: a later month may have been closed while this one waited.
    return status == "open" and not is_closed(month)


def lock_open_months(months: Iterable[str]) -> set[str]:
    """Keep several months open that were so a moment ago, locking the earliest first; return those closed since."""
    return {month for month in sorted(set(months)) if not _keep_open(month)}


def open_month(month: str) -> None:
    """Make sure that a month has its row."""
    lock_open_month(month)


def lock_month(month: str) -> Month:
    """Lock a month's row exclusively until the transaction ends: posting and other closes wait."""
    if db.session.get(Month, month) is None:
        open_month(month)
    query = select(Month).where(Month.month == month).with_for_update()
    return db.session.execute(query, execution_options={"populate_existing": True}).scalar_one()


def lock_oldest_open_month() -> None:
    """Wait for a running close of the oldest open month, then keep that month open until this transaction ends.

    Months close in order, so no later one closes meanwhile either.
    """
    ahead = oldest_open_month() or first_posted_month()
    while ahead is not None and not lock_open_month(ahead):
        ahead = oldest_open_month()


def mark_late(*, cadre_id: int, month: str, at: datetime) -> None:
    """Ask the next close to compute a cadre's closed month again (rules.md 6); nothing to do if the month is open.

    Either way the month that takes the money is kept open until this transaction ends. So a close that runs at the
    same time either sees the whole change, or leaves it to the next close, with its mark.
    """
    if lock_open_month(month):
        return
    lock_oldest_open_month()
    mark_all_late({(cadre_id, month)}, at=at)


def mark_all_late(pairs: set[tuple[int, str]], *, at: datetime) -> None:
    """Mark several (cadre, closed month) pairs, in order."""
    if pairs:
        rows = [{"cadre_id": cadre, "month": month, "marked_at": at} for cadre, month in sorted(pairs)]
        statement = insert_into(LateMark).on_conflict_do_nothing(index_elements=["cadre_id", "month"])
        db.session.execute(statement, rows)
