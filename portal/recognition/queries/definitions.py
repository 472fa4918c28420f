"""What is recognised on a day: the approved definitions in force, holidays, freezes (rules.md 11)."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select

from portal.database.extensions import db
from portal.domain.errors import NotFound
from portal.domain.recognition.definitions import (
    Badge,
    Leagues,
    Levels,
    read_badge,
    read_leagues,
    read_levels,
)
from portal.domain.recognition.streaks import monday_of
from portal.organisation.queries import parameter_by_month
from portal.recognition.models import Definition, Holiday

LEVELS, LEAGUES = "levels", "leagues"  # the code of the only definition of its kind
APPROVED = (
    select(Definition.kind, Definition.code, Definition.version, Definition.valid_from, Definition.document)
    .where(Definition.status == "approved")
    .order_by(Definition.kind, Definition.code, Definition.version)
)
HOLIDAYS = select(Holiday.day, Holiday.name).order_by(Holiday.day)


@dataclass(frozen=True)
class Book:
    """What is recognised on one day: the levels, the badges by code, the Mondays of weeks with a holiday, freezes."""

    levels: Levels
    badges: dict[str, Badge]
    holiday_weeks: frozenset[date]
    freezes: Callable[[str], int]

    def badge(self, code: str) -> Badge:
        """Return a badge in force; raise NotFound("recognition.no_such_badge")."""
        found = self.badges.get(code)
        if found is None:
            raise NotFound("recognition.no_such_badge", {"code": code})
        return found


def get_book(day: date) -> Book:
    """Return what is recognised on a local date."""
    freezes = parameter_by_month("streak_freezes")
    holidays = db.session.execute(HOLIDAYS).scalars()
    return book_of(
        day, db.session.execute(APPROVED).all(), holidays, lambda month: int(freezes.held_in(month))
    )


def book_of(
    day: date, approved: Sequence[Any], holidays: Iterable[date], freezes: Callable[[str], int]
) -> Book:
    """Arrange the approved definitions that are in force on a day."""
    held = in_force(approved, day)
    levels = [read_levels(row.document) for row in held if row.kind == "levels"]
    if not levels:
        raise NotFound("recognition.no_levels")
    badges = {
        row.code: read_badge(row.code, row.version, row.document) for row in held if row.kind == "badge"
    }
    return Book(levels[0], badges, frozenset(map(monday_of, holidays)), freezes)


def in_force(approved: Sequence[Any], day: date) -> list[Any]:
    """Choose the newest version of each definition whose day has come."""
    newest = {(row.kind, row.code): row for row in approved if as_day(row.valid_from) <= day}
    return [newest[key] for key in sorted(newest)]


def as_day(value: date | str) -> date:
    """Read a day as a select or a packed list gives it."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def fingerprint_of(days: Iterable[date]) -> str:
    """Return a hash of all that the counting of everybody depends on, on these days: definitions, freezes, holidays."""
    approved = db.session.execute(APPROVED).all()
    held = [
        (day.isoformat(), row.kind, row.code, row.version)
        for day in sorted(set(days))
        for row in in_force(approved, day)
    ]
    others = (
        parameter_by_month("streak_freezes").values,
        db.session.execute(HOLIDAYS.with_only_columns(Holiday.day)),
    )
    text = repr((sorted({part[1:] for part in held}), others[0], [str(row.day) for row in others[1]]))
    return hashlib.sha256(text.encode()).hexdigest()


def get_leagues(day: date) -> Leagues:
    """Return the leagues as they are on a local date."""
    found = [row for row in in_force(db.session.execute(APPROVED).all(), day) if row.kind == "leagues"]
    if not found:
        raise NotFound("recognition.no_leagues")
    return read_leagues(found[0].document)


def list_definitions(*, kind: str, code: str | None = None) -> list[Definition]:
    """List the versions of definitions of a kind, of one code if given, the newest of each first."""
    query = select(Definition).where(Definition.kind == kind)
    query = query if code is None else query.where(Definition.code == code)
    return list(db.session.scalars(query.order_by(Definition.code, Definition.version.desc())))


def list_newest() -> list[Definition]:
    """List the newest version of each definition by kind and code: approved, or waiting; none that was refused."""
    query = select(Definition).where(Definition.status != "refused").order_by(Definition.version)
    newest = {(one.kind, one.code): one for one in db.session.scalars(query)}
    return [newest[key] for key in sorted(newest)]


def get_definition(definition_id: int) -> Definition:
    """Return one version; raise NotFound("recognition.no_such_definition")."""
    found = db.session.get(Definition, definition_id)
    if found is None:
        raise NotFound("recognition.no_such_definition")
    return found


def list_holidays(year: int | None = None) -> Sequence[Row[tuple[date, str]]]:
    """List the holidays with their names, of one year if given, by day."""
    query = HOLIDAYS
    if year is not None:
        query = query.where(Holiday.day.between(date(year, 1, 1), date(year + 1, 1, 1) - timedelta(days=1)))
    return db.session.execute(query).all()
