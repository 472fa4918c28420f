"""A cadre's points of a month, each entry with what it came from: report or participant, rule, who decided."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.activities.models import Activity
from portal.database.extensions import db
from portal.domain.recognition.definitions import Badge
from portal.membership.models import Participant
from portal.points.models import LedgerEntry, PointsRule, Standing
from portal.points.queries import is_a_month
from portal.recognition.queries.definitions import get_book
from portal.signups.models import SignUp
from portal.training.queries.courses import list_courses

PAGE: Final = 100
Place = tuple[date, int]  # the day and number of the last entry seen


@dataclass(frozen=True)
class Day:
    """A local date of a month of the ledger: the entries on this page; points and count are of the whole date."""

    day: date
    points: int
    count: int
    entries: Sequence[Row[Any]]


@dataclass(frozen=True)
class Ledger:
    """A month of a cadre's ledger by date, newest first; `before` and `after` are the months with entries beside it."""

    month: str
    points: int
    count: int
    days: Sequence[Day]
    before: str = ""
    after: str = ""
    older: Place | None = None


def read_ledger(*, cadre_id: int, month: str, asked: bool, seen: Place | None = None) -> Ledger:
    """Read a page of at most 100 entries of a month, after the last one `seen`.

    Unless the month was asked for, it is the newest one with entries, if there is any.
    """
    months = _list_months(cadre_id)
    if months and not asked:
        month = months[0]
    sums = _sum_days(cadre_id, month)
    found = list(db.session.execute(_entries(cadre_id, month, seen)).all())
    entries, last = found[:PAGE], found[PAGE - 1] if len(found) > PAGE else None
    return Ledger(
        month=month,
        points=sum(points for points, _ in sums.values()),
        count=sum(count for _, count in sums.values()),
        days=_by_day(entries, sums),
        before=next((one for one in months if one < month), ""),
        after=next((one for one in reversed(months) if one > month), ""),
        older=None if last is None else (last.earned_on, last.id),
    )


def name_marks(ledger: Ledger, *, today: date) -> dict[str, Badge | str]:
    """Return what the sources of badges and trainings among the entries stand for: a badge, a course's title."""
    sources = {entry.source for day in ledger.days for entry in day.entries}
    return {
        **_named(sources, "badge", lambda: get_book(today).badges),
        **_named(sources, "training", lambda: {course.code: course.title for course in list_courses()}),
    }


def _named(sources: Collection[str], what: str, read: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Return what sources of a kind stand for by the code in them; nothing is read if there is none."""
    codes = {source: source.split(":")[1] for source in sources if source.startswith(f"{what}:")}
    known = read() if codes else {}
    return {source: known[code] for source, code in codes.items() if code in known}


def _list_months(cadre_id: int) -> list[str]:
    """List the months in which a cadre has entries, the newest first."""
    query = select(Standing.period).where(Standing.cadre_id == cadre_id, is_a_month(Standing.period))
    return sorted(db.session.scalars(query), reverse=True)


def _sum_days(cadre_id: int, month: str) -> dict[date, tuple[int, int]]:
    """Return points and count of each local date in a month of the ledger."""
    e = LedgerEntry
    query = select(e.earned_on, func.sum(e.points), func.count()).where(
        e.month == month, e.cadre_id == cadre_id
    )
    return {
        day: (int(points), count) for day, points, count in db.session.execute(query.group_by(e.earned_on))
    }


def _by_day(entries: Sequence[Row[Any]], sums: Mapping[date, tuple[int, int]]) -> list[Day]:
    days: dict[date, list[Row[Any]]] = {}
    for entry in entries:
        days.setdefault(entry.earned_on, []).append(entry)
    return [Day(day, *sums[day], of_day) for day, of_day in days.items()]


def _entries(cadre_id: int, month: str, seen: Place | None) -> Select[Any]:
    """Select a page of a month's entries, newest first, and one more, each with all that its sentences say."""
    e = LedgerEntry
    page = select(e).where(e.month == month, e.cadre_id == cadre_id)
    if seen is not None:
        day, number = seen
        page = page.where(or_(e.earned_on < day, and_(e.earned_on == day, e.id < number)))
    entry = aliased(e, page.order_by(e.earned_on.desc(), e.id.desc()).limit(PAGE + 1).subquery("entry"))
    original = aliased(e)
    query = (
        select(*_columns(entry), original.earned_on.label("original_day"))
        .join(User, User.id == entry.posted_by)
        .join(PointsRule, PointsRule.version == entry.rule_version)
        .outerjoin(Activity, _comes_from(entry, "activity", Activity.ref))
        .outerjoin(SignUp, _comes_from(entry, "signup", SignUp.ref))
        .outerjoin(
            Participant, and_(Participant.id == SignUp.participant_id, Participant.cadre_id == entry.cadre_id)
        )
        .outerjoin(original, original.id == entry.reverses)
    )
    return query.order_by(entry.earned_on.desc(), entry.id.desc())


def _columns(entry: Any) -> list[Any]:
    """List what the sentences of an entry say; a participant whom another cadre cares for now has no number."""
    return [
        *(
            entry.id,
            entry.month,
            entry.original_month,
            entry.points,
            entry.kind,
            entry.source,
            entry.rule_version,
        ),
        *(entry.earned_on, entry.posted_at, entry.reverses),
        *(User.name.label("by"), User.role.label("by_role"), PointsRule.document.label("rules")),
        *(Activity.id.label("activity_id"), Activity.type, Activity.held_on, Activity.place, Activity.slot),
        *(Activity.reason, Activity.history.label("imported")),
        *(SignUp.name.label("worker"), SignUp.nik_mask, SignUp.reported_on, SignUp.pack, SignUp.withdrawn),
        *(SignUp.history.label("imported_signup"), Participant.id.label("participant_id")),
    ]


def _comes_from(entry: Any, what: str, ref: Any) -> ColumnElement[bool]:
    """Return the condition that an entry's source is the report or sign-up of a reference."""
    prefix = f"{what}:"
    return and_(
        entry.source.startswith(prefix, autoescape=True), ref == func.substr(entry.source, len(prefix) + 1)
    )
