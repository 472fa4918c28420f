"""The month's care of each cadre, for the export: participants by state, tasks open, renewed and lost.

An open month is shown as it is now. A closed one is shown as of its last day, from all that is known: whose sign-up had
begun, who held the participant, what had been paid until that day; the state is as of the newest applied extract's
month, or of the month itself if that is earlier.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, case, func, literal, or_, select, union_all

from portal.cadres.models import Cadre
from portal.care.models import RenewalTask
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.months import add_months, first_day, last_day, month_of
from portal.membership.models import Contribution, HandOver, Participant
from portal.membership.queries.newest import find_newest_as_of
from portal.organisation.queries import parameter
from portal.signups.models import SignUp

COUNTED: Final = ("active", "grace", "lapsed", "open", "renewed", "lost")


def stream_care(month: str, *, closed: bool) -> Iterator[tuple[Any, ...]]:
    """Yield code, participants, active, grace, lapsed, tasks open, renewed and lost, by the cadre's code, bytewise."""
    people = _as_of(month) if closed else _now()
    facts = union_all(
        select(people.c.cadre_id, people.c.state.label("what")),
        _open_tasks(people, last_day(month) if closed else None),
        _ended_tasks(month),
    ).subquery("facts")
    counts = [func.count(case((facts.c.what == what, 1))).label(what) for what in COUNTED]
    query = select(Cadre.code, *counts).join(facts, facts.c.cadre_id == Cadre.id).group_by(Cadre.code)
    for row in sorted(bulk.plain_rows(query).tuples(), key=lambda one: one[0].encode()):
        code, active, grace, lapsed, *tasks = row
        yield (code, active + grace + lapsed, active, grace, lapsed, *tasks)


def _now() -> CTE:
    """Select the participants with their cadre and state as stored."""
    p = Participant
    query = select(p.id, p.cadre_id, p.status.label("state")).where(p.cadre_id.is_not(None))
    return query.cte("people")


def _as_of(month: str) -> CTE:
    """Select the participants with their cadre and state as of a month's last day."""
    day, s, c, h = last_day(month), SignUp, Contribution, HandOver
    newest_first = (s.reported_on.desc(), _bytewise(s.ref).desc())
    claims = (
        select(
            s.id,
            s.participant_id,
            s.cadre_id,
            func.row_number().over(partition_by=s.participant_id, order_by=newest_first).label("place"),
        )
        .where(s.status == "validated", s.participant_id.is_not(None))
        .where(func.coalesce(s.earned_on, s.reported_on) <= day)
        .subquery("claims")
    )
    paid = (
        select(c.participant_id, func.max(c.blth).label("month"))
        .where(c.paid_on <= day)
        .group_by(c.participant_id)
        .subquery("paid")
    )
    moved = (
        select(h.to_cadre_id)
        .where(h.signup_id == claims.c.id, h.from_month <= month)
        .order_by(h.from_month.desc(), h.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            claims.c.participant_id.label("id"),
            func.coalesce(moved, claims.c.cadre_id).label("cadre_id"),
            _state(paid.c.month, month).label("state"),
        )
        .outerjoin(paid, paid.c.participant_id == claims.c.participant_id)
        .where(claims.c.place == 1)
        .cte("people")
    )


def _bytewise(column: Any) -> Any:
    return column if db.session.get_bind().dialect.name == "sqlite" else column.collate("C")


def _state(paid: Any, month: str) -> ColumnElement[str]:
    """Return the state as of a month's end: by the newest applied extract if none reaches as far (rules.md 2)."""
    newest = find_newest_as_of()
    as_of = min(month, month_of(newest)) if newest else month
    last, grace = func.coalesce(paid, ""), int(parameter("grace_months", month=as_of))
    return case(
        (last >= add_months(as_of, -1), "active"),
        (last >= add_months(as_of, -grace), "grace"),
        else_="lapsed",
    )


def _open_tasks(people: CTE, day: date | None) -> Select[Any]:
    """Select whose open tasks there are, now or as of a day."""
    t = RenewalTask
    query = select(people.c.cadre_id, literal("open").label("what")).join(t, t.participant_id == people.c.id)
    if day is None:
        return query.where(t.status == "open")
    return query.where(t.opened_on <= day, or_(t.closed_on.is_(None), t.closed_on > day))


def _ended_tasks(month: str) -> Select[Any]:
    """Select whose tasks ended in a month, and how."""
    t = RenewalTask
    within = t.closed_on.between(first_day(month), last_day(month))
    return select(t.cadre_id, t.status.label("what")).where(t.status.in_(("renewed", "lost")), within)
