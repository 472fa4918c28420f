"""The findings of checks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Select, select, text
from sqlalchemy.sql.elements import TextClause

from portal.database.extensions import db
from portal.points.models import Month

STREAM: Final = 2000
_FIRST: Final = itemgetter(0)
_END: Final[tuple[Any, Iterator[Any]]] = (None, iter(()))


@dataclass(frozen=True)
class Finding:
    """Something that breaks a rule: which check found it, what, and where (codes and numbers, no names)."""

    check: str
    what: str
    where: str


def found(what: str, *where: object) -> Finding:
    """Make a finding; the caller of the check adds the check's name."""
    return Finding("", what, " ".join(str(part) for part in where))


def day(value: object) -> date:
    """Return a date that a driver may return as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value] # else a date


def rows(query: Select[Any] | TextClause | str) -> Iterator[Any]:
    """Stream the rows of a query."""
    statement = text(query) if isinstance(query, str) else query
    result = db.session.execute(statement, execution_options={"yield_per": STREAM})
    try:
        yield from result
    finally:
        result.close()


def side_by_side(members: Iterator[Any], others: Iterator[Any]) -> Iterator[tuple[Any, list[Any], list[Any]]]:
    """Merge two streams that are in the order of their first column: each key of the first with both lists of rows."""
    ahead = groupby(others, key=_FIRST)
    reached, behind = next(ahead, _END)
    for key, group in groupby(members, key=_FIRST):
        while reached is not None and reached < key:
            reached, behind = next(ahead, _END)
        yield key, list(group), list(behind) if reached == key else []


def each(what: str, query: str) -> Iterator[Finding]:
    """Yield a finding for each row of a query that selects what is wrong."""
    for row in rows(query):
        yield found(what, *row)


def closed_months(month: str | None = None) -> list[Any]:
    """List the closed months with their digests, oldest first; with a month, that one alone."""
    query = select(Month.month, Month.digest, Month.previous_digest).where(Month.status == "closed")
    if month is not None:
        query = query.where(Month.month == month)
    return list(db.session.execute(query.order_by(Month.month)))


# Each query is read to its end, and once: no first rows in a hurry, no machine code, room to sort and join in memory.
_WHOLE: Final = ("cursor_tuple_fraction = 1", "jit = off", "work_mem = '64MB'")


def see_one_moment() -> None:
    """Read everything as of one moment, whatever is written meanwhile; SQLite does so by itself."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        for setting in _WHOLE:
            db.session.execute(text(f"SET LOCAL {setting}"))
