"""What cadres have reached, read set-based: reports, the ledger, points, leaves and suspensions (rules.md 11)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, or_, select

from portal.activities.models import Activity
from portal.cadres.models import Cadre, CadreState
from portal.database import bulk
from portal.domain.points import RETENTION_MONTHS, retention_kind, reversal_kind
from portal.domain.recognition.levels import number_of
from portal.domain.recognition.metrics import Earned, Facts, Report
from portal.domain.recognition.streaks import Streak, count_weeks, streak_of
from portal.organisation.models import Branch
from portal.points.models import LedgerEntry, Standing
from portal.recognition.models import Leave
from portal.recognition.queries.definitions import Book, as_day

Condition = Callable[[Any], ColumnElement[bool]]
Rows = Iterable[Any]

ALL_TIME: Final = "ALL"
_RETENTION: Final = {retention_kind(step): step for step in RETENTION_MONTHS}
_COUNTED: Final = ("signup", "training", *_RETENTION)
KINDS: Final = (*_COUNTED, *map(reversal_kind, _COUNTED))
_SIX_DAYS: Final = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Person:
    """A cadre with code, branch and time zone."""

    id: int
    code: str
    branch_id: int
    zone: str


@dataclass(slots=True)
class Raw:
    """What was read of one cadre: points, reports, ledger entries, and the spans of days that are neutral."""

    points: int = 0
    reports: list[Report] = field(default_factory=list)
    entries: list[tuple[str, str, date]] = field(default_factory=list)
    spans: list[tuple[date, date]] = field(default_factory=list)

    def taken_back(self) -> set[tuple[str, str]]:
        """Return kind and source of the entries that were reversed."""
        suffix = "_reversal"
        return {
            (kind.removesuffix(suffix), source) for kind, source, _ in self.entries if kind.endswith(suffix)
        }

    def streak(self, book: Book, today: date) -> Streak:
        """Return the streak as of a local date."""
        weeks = count_weeks([one.held_on for one in self.reports if one.approved and one.held_on <= today])
        return streak_of(weeks, lambda monday: self._is_neutral(monday, book), today, book.freezes)

    def _is_neutral(self, monday: date, book: Book) -> bool:
        if monday in book.holiday_weeks:
            return True
        sunday = monday + _SIX_DAYS
        return any(first <= sunday and last >= monday for first, last in self.spans)

    def facts(self, book: Book, longest_weeks: tuple[date, ...]) -> Facts:
        """Return the base of the badges; what was reversed in the ledger does not count."""
        reversed_ones = self.taken_back()
        kept = [one for one in self.entries if one[0] in _COUNTED and one[:2] not in reversed_ones]
        by_kind: dict[str, list[Earned]] = {}
        for kind, source, day in kept:
            by_kind.setdefault(kind, []).append(Earned(source, day, _RETENTION.get(kind, 0)))
        retention = [one for kind in _RETENTION for one in by_kind.get(kind, ())]
        return Facts(
            reports=tuple(self.reports),
            signups=tuple(by_kind.get("signup", ())),
            retention=tuple(retention),
            trainings=tuple(by_kind.get("training", ())),
            level=number_of(self.points, book.levels.thresholds),
            longest_weeks=longest_weeks,
        )


def select_raw(of_cadres: Condition) -> dict[str, Select[Any]]:
    """Select what is read of some cadres, or of one, each ordered as arrange_raw() expects it."""
    a, e = Activity, LedgerEntry
    return {
        "points": select(Standing.cadre_id, Standing.points).where(
            of_cadres(Standing.cadre_id), Standing.period == ALL_TIME
        ),
        "reports": select(
            a.cadre_id, a.ref, a.type, a.held_on, a.village_code, a.status, a.version, a.history
        ).where(of_cadres(a.cadre_id), or_(a.status != "submitted", a.version > 1)),
        "entries": select(e.cadre_id, e.kind, e.source, e.earned_on).where(
            of_cadres(e.cadre_id), e.kind.in_(KINDS)
        ),
        "states": select(CadreState.cadre_id, CadreState.status, CadreState.from_day)
        .where(of_cadres(CadreState.cadre_id))
        .order_by(CadreState.cadre_id, CadreState.id),
        "leaves": select(Leave.cadre_id, Leave.first_day, Leave.last_day).where(
            of_cadres(Leave.cadre_id), Leave.status == "approved"
        ),
    }


def arrange_raw(rows: Mapping[str, Rows], cadre_ids: Iterable[int]) -> dict[int, Raw]:
    """Arrange the rows of select_raw() by cadre; whoever has none has reached nothing yet."""
    found = {cadre_id: Raw() for cadre_id in cadre_ids}
    for cadre_id, points in rows["points"]:
        found[cadre_id].points = points
    for row in rows["reports"]:
        found[row.cadre_id].reports.append(_report(row))
    for cadre_id, kind, source, day in rows["entries"]:
        found[cadre_id].entries.append((kind, source, as_day(day)))
    for cadre_id, first, last in rows["leaves"]:
        found[cadre_id].spans.append((as_day(first), as_day(last)))
    for cadre_id, changes in groupby(rows["states"], key=lambda row: row.cadre_id):
        found[cadre_id].spans += suspensions([(row.status, as_day(row.from_day)) for row in changes])
    return found


def _report(row: Any) -> Report:
    approved = row.status == "approved"
    at_first = approved and row.version == 1
    day, looked_at = as_day(row.held_on), not row.history
    return Report(row.ref, row.type, day, row.village_code, approved, at_first, looked_at)


def suspensions(changes: Sequence[tuple[str, date]]) -> Iterator[tuple[date, date]]:
    """Yield the spans of days on which a cadre was suspended, both ends included, from what changed, in order."""
    began: date | None = None
    for status, from_day in changes:
        if began is not None:
            yield began, max(began, from_day)
        began = from_day if status == "suspended" else None
    if began is not None:
        yield began, date.max


def gather_raw(cadre_ids: Collection[int]) -> dict[int, Raw]:
    """Read what some cadres have reached: five statements, whatever their number."""
    queries = select_raw(lambda column: bulk.one_of(column, cadre_ids))
    return arrange_raw({name: bulk.plain_rows(query) for name, query in queries.items()}, cadre_ids)


def list_people(cadre_ids: Collection[int]) -> list[Person]:
    """List cadres with the time zone of their branch, by id."""
    query = select(Cadre.id, Cadre.code, Cadre.branch_id, Branch.time_zone)
    query = query.join(Branch, Branch.id == Cadre.branch_id).where(bulk.one_of(Cadre.id, cadre_ids))
    return [Person(*row) for row in bulk.plain_rows(query.order_by(Cadre.id))]
