"""The last closed month under a draft of the points rules: who gains, who loses, whose place changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, func, literal, select, union_all
from sqlalchemy.sql.expression import Select

from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.database import bulk
from portal.domain.months import first_day, last_day
from portal.domain.points import activities_per_day
from portal.domain.ranking import rank
from portal.domain.rule_previews import SPARE, Difference, Earned, count_again
from portal.leaderboards.models import FrozenStanding
from portal.organisation.models import Branch
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp

AT_ONCE = 5_000
PLACES = 3  # whose change is named


class Line(NamedTuple):
    """A cadre of the month: where they stood in their branch, and would have stood."""

    cadre_id: int
    branch: str
    before: int
    after: int
    rank_before: int | None
    rank_after: int | None


@dataclass(frozen=True)
class Preview:
    """A month under other rules. `gained` and `lost` are sorted, the largest change first."""

    month: str
    lines: Sequence[Line]

    @property
    def before(self) -> int:
        """Return all points of the month as they were posted."""
        return sum(line.before for line in self.lines)

    @property
    def after(self) -> int:
        """Return all points of the month under the draft."""
        return sum(line.after for line in self.lines)

    @property
    def gained(self) -> list[Line]:
        """List who would have had more points."""
        return sorted(
            (one for one in self.lines if one.after > one.before), key=lambda one: one.before - one.after
        )

    @property
    def lost(self) -> list[Line]:
        """List who would have had fewer points."""
        return sorted(
            (one for one in self.lines if one.after < one.before), key=lambda one: one.after - one.before
        )

    @property
    def moved(self) -> list[Line]:
        """List who enters or leaves the first three places of a branch, or changes place among them."""
        first = (
            one
            for one in self.lines
            if one.rank_before != one.rank_after
            and min(one.rank_before or 99, one.rank_after or 99) <= PLACES
        )
        return sorted(first, key=lambda one: (one.branch, one.rank_after or 99, one.cadre_id))

    def of_branch(self, code: str) -> list[Line]:
        """List the cadres of a branch, the first place under the draft first."""
        mine = (one for one in self.lines if one.branch == code)
        return sorted(mine, key=lambda one: (one.rank_after or len(self.lines) + 1, one.cadre_id))


def preview_rules(document: Mapping[str, Any], *, in_force: Mapping[str, Any], month: str) -> Preview:
    """Count a closed month again under a document; `in_force` are the rules of that month."""
    more = activities_per_day(document) > activities_per_day(in_force)
    differences = count_again(_read_earned(month, spare=more), document)
    branches: dict[str, list[tuple[int, int, int, int | None]]] = {}
    f = FrozenStanding
    places = select(f.cadre_id, f.scope_code, f.points, f.validated_signups, f.rank)
    places = places.where(f.month == month, f.scope == "branch").order_by(f.scope_code, f.cadre_id)
    for cadre_id, code, points, validated, place in bulk.plain_rows(places):
        branches.setdefault(code, []).append((cadre_id, points, validated, place))
    return Preview(
        month, [line for code, rows in branches.items() for line in _place(code, rows, differences)]
    )


def _place(
    code: str, rows: Sequence[tuple[int, int, int, int | None]], differences: Mapping[int, Difference]
) -> Iterator[Line]:
    after = {}
    for cadre_id, points, _validated, _place_before in rows:
        change = differences.get(cadre_id, Difference(0, 0))
        after[cadre_id] = points + change.after - change.before
    ranks = rank((cadre_id, after[cadre_id], validated) for cadre_id, _, validated, _ in rows)
    for cadre_id, points, _validated, place in rows:
        yield Line(cadre_id, code, points, after[cadre_id], place, ranks[cadre_id])


def _read_earned(month: str, *, spare: bool) -> Iterator[Earned]:
    query = union_all(_of_ledger(month), _spare(month)) if spare else _of_ledger(month)
    for row in bulk.plain_rows(query.execution_options(yield_per=AT_ONCE)):
        yield Earned(row[0], row[1], row[2] or "", row[3], row[4], int(row[5]))


def _of_ledger(month: str) -> Select[Any]:
    """Select the entries of a month by cadre, kind, what is behind them and slot."""
    e, a, s = LedgerEntry, Activity, SignUp
    key = func.coalesce(a.type, s.pack).label("key")
    query = (
        select(
            e.cadre_id, e.kind, key, a.slot, func.count().label("entries"), func.sum(e.points).label("points")
        )
        .outerjoin(a, _comes_from("activity", a.ref))
        .outerjoin(s, and_(e.kind.in_(("signup", "signup_reversal")), _comes_from("signup", s.ref)))
    )
    return query.where(e.month == month).group_by(e.cadre_id, e.kind, a.type, s.pack, a.slot)


def _comes_from(what: str, ref: Any) -> Any:
    source, prefix = LedgerEntry.source, f"{what}:"
    return and_(source.startswith(prefix, autoescape=True), ref == func.substr(source, len(prefix) + 1))


def _spare(month: str) -> Select[Any]:
    """Select the approved reports of a month that found no earning place, each with the next place of its day."""
    a = Activity
    turn = func.row_number().over(partition_by=(a.cadre_id, a.held_on), order_by=(a.decided_at, a.id))
    held = (a.held_on >= first_day(month), a.held_on <= last_day(month))
    idle = select(a.cadre_id, a.held_on, a.type, turn.label("turn"))
    idle = idle.where(*held, a.status == "approved", a.slot.is_(None), a.history.is_(False))
    taken = select(a.cadre_id, a.held_on, func.max(a.slot).label("taken"))
    taken = taken.where(*held, a.slot.is_not(None)).group_by(a.cadre_id, a.held_on)
    one, other = idle.subquery("idle"), taken.subquery("taken")
    same = and_(other.c.cadre_id == one.c.cadre_id, other.c.held_on == one.c.held_on)
    slot = (one.c.turn + func.coalesce(other.c.taken, 0)).label("slot")
    return select(one.c.cadre_id, literal(SPARE), one.c.type, slot, literal(1), literal(0)).outerjoin(
        other, same
    )


def name_lines(lines: Sequence[Line]) -> dict[int, tuple[str, str]]:
    """Return code and name of the cadres of some lines."""
    found: dict[int, tuple[str, str]] = {}
    for some in bulk.batches(sorted({one.cadre_id for one in lines}), AT_ONCE):
        query = select(Cadre.id, Cadre.code, Cadre.name).where(bulk.one_of(Cadre.id, some))
        found |= {cadre_id: (code, name) for cadre_id, code, name in bulk.plain_rows(query)}
    return found


def name_branches() -> dict[str, str]:
    """Return the names of all branches by their codes."""
    return {
        row.code: row.name for row in bulk.plain_rows(select(Branch.code, Branch.name).order_by(Branch.code))
    }
