"""What counts for a challenge: work held within its window and decided in time, as rows (rules.md 11.4).

What an import brought as history counts by its own date, since nobody here decided on it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, Select, and_, case, literal, literal_column, or_, select
from sqlalchemy.orm import aliased

from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.contests.models import Challenge
from portal.database.columns import Instant
from portal.domain.months import ZONES, month_of
from portal.domain.points import retention_kind
from portal.domain.recognition.challenges import over_at
from portal.organisation.models import Branch
from portal.organisation.queries import ByMonth, parameter_by_month
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp

NOT_OVER: Final = 31  # days: more than any challenge that still runs needs


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted, on which local days it was held, and how many days later it may be decided."""

    metric: str
    of: str | None
    first: date
    last: date
    days_after: int

    @classmethod
    def of_challenge(cls, challenge: Challenge, days: ByMonth | None) -> Self:
        """Return how a challenge counts; `days` are those for decisions, as days_after() reads them.

        None while it runs: whatever is decided until now is decided in time.
        """
        after = NOT_OVER if days is None else int(days.held_in(month_of(challenge.last_day)))
        return cls(challenge.metric, challenge.of, challenge.first_day, challenge.last_day, after)


def days_after() -> ByMonth:
    """Return how many days after a window's last one a decision still counts (data), by the month of that day."""
    return parameter_by_month("challenge_days_after")


def things(
    counting: Counting, *, waiting: bool = False, known_by: datetime | None = None, branch_id: Any = None
) -> Select[Any]:
    """Select what counts: cadre_id, branch_id, source, village, and sure.

    With `waiting` also what is reported and undecided, as not sure. The caller narrows it to cadres. `known_by` leaves
    out what an import brought later; `branch_id` is the column of the branch whose zone counts, else the present one.
    """
    made = {"signups": _signups, "retention": _retention}.get(counting.metric, _activities)
    rows = made(counting, waiting=waiting, known_by=known_by)
    return rows.join(Branch, Branch.id == (Cadre.branch_id if branch_id is None else branch_id))


def withdrawn_since(counting: Counting, at: datetime) -> Select[Any]:
    """Select what lies in a window and was withdrawn after an instant: cadre_id, source, village."""
    if counting.metric == "signups":
        one = SignUp
        rows = _columns(one.cadre_id, literal("signup:") + one.ref, _no_village(), literal_column("1 = 1"))
        return rows.where(one.earned_on.between(counting.first, counting.last), one.withdrawn_at > at)
    if counting.metric == "retention":
        entry, taken = LedgerEntry, aliased(LedgerEntry)
        kind = retention_kind(int(counting.of or 0))
        rows = _columns(
            entry.cadre_id, literal(f"{kind}:") + entry.source, _no_village(), literal_column("1 = 1")
        )
        rows = rows.join(taken, taken.reverses == entry.id).where(taken.posted_at > at, entry.kind == kind)
        return rows.where(entry.earned_on.between(counting.first, counting.last))
    report = Activity
    rows = _columns(
        report.cadre_id, literal("activity:") + report.ref, report.village_code, literal_column("1 = 1")
    )
    rows = rows.where(report.held_on.between(counting.first, counting.last))
    rows = rows.where(report.status == "rejected", report.decided_at > at)
    return rows if counting.of is None else rows.where(report.type == counting.of)


def _columns(cadre_id: Any, source: Any, village: Any, sure: Any) -> Select[Any]:
    chosen = select(
        cadre_id.label("cadre_id"),
        Cadre.branch_id.label("branch_id"),
        source.label("source"),
        village.label("village"),
        sure.label("sure"),
    )
    return chosen.join(Cadre, Cadre.id == cadre_id)


def in_time(decided_at: Any, counting: Counting) -> ColumnElement[bool]:
    """Return the condition that something was decided by the last day for it, in the zone of the cadre's branch."""
    until = counting.last + timedelta(days=counting.days_after)
    ends = {zone: literal(over_at(until, zone), Instant()) for zone in ZONES}
    by_zone = case(*((Branch.time_zone == zone, end) for zone, end in ends.items()), else_=ends[ZONES[0]])
    found: ColumnElement[bool] = decided_at < by_zone
    return found


def _activities(counting: Counting, *, waiting: bool, known_by: datetime | None) -> Select[Any]:
    one = Activity
    in_days = or_(
        _history(one.history, one.submitted_at, known_by), ~one.history & in_time(one.decided_at, counting)
    )
    approved = and_(one.status == "approved", in_days)
    rows = _columns(one.cadre_id, literal("activity:") + one.ref, one.village_code, approved)
    rows = rows.where(one.held_on.between(counting.first, counting.last))
    rows = rows.where(or_(approved, one.status == "submitted") if waiting else approved)
    if counting.metric == "villages":
        return rows.where(one.village_code.is_not(None))
    return rows if counting.of is None else rows.where(one.type == counting.of)


def _signups(counting: Counting, *, waiting: bool, known_by: datetime | None) -> Select[Any]:
    one = SignUp
    validated = and_(
        one.status == "validated",
        one.outcome == "new",
        one.earned_on.between(counting.first, counting.last),
        or_(
            _history(one.history, one.created_at, known_by),
            ~one.history & in_time(one.validated_at, counting),
        ),
    )
    open_ = and_(
        one.status.in_(("reported", "matched")),
        one.is_live,
        one.reported_on.between(counting.first, counting.last),
    )
    rows = _columns(one.cadre_id, literal("signup:") + one.ref, _no_village(), validated)
    return rows.where(or_(validated, open_) if waiting else validated)


def _history(history: Any, stored_at: Any, known_by: datetime | None) -> ColumnElement[bool]:
    """Return the condition that an import brought a row, if asked by an instant."""
    found: ColumnElement[bool] = history if known_by is None else history & (stored_at <= known_by)
    return found


def _retention(counting: Counting, *, waiting: bool, known_by: datetime | None) -> Select[Any]:
    del waiting, known_by  # who pays next is known when it is paid
    one, taken = LedgerEntry, aliased(LedgerEntry)
    kind = retention_kind(int(counting.of or 0))
    until = month_of(counting.last + timedelta(days=counting.days_after + 1))
    rows = _columns(one.cadre_id, literal(f"{kind}:") + one.source, _no_village(), literal_column("1 = 1"))
    return rows.where(
        one.month.between(month_of(counting.first), until),  # found by the index of the month
        one.kind == kind,
        one.earned_on.between(counting.first, counting.last),
        in_time(one.posted_at, counting),
        ~select(taken.id).where(taken.reverses == one.id).exists(),
    )


def _no_village() -> Any:
    return literal_column("NULL")
