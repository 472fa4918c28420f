"""What was posted for the closed months that are computed again (rules.md 6, late money)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, exists, func, literal, select
from sqlalchemy.orm import aliased

from portal.database.bulk import one_of, plain_rows
from portal.database.extensions import db
from portal.domain.incentives import ADJUSTMENT, HOST_BASE
from portal.domain.months import next_month
from portal.domain.points import RETENTION_MONTHS, retention_kind
from portal.incentives.models import HostAmount, Statement, StatementLine
from portal.incentives.queries.facts import PlanNeeds, list_earlier_pairs
from portal.incentives.queries.newcomers import Pair
from portal.incentives.queries.recognition import list_unsettled
from portal.points.models import LateMark, LedgerEntry
from portal.points.queries import first_posted_month, last_closed_month

Condition = Callable[[Any], ColumnElement[bool]]

# What a sign-up scores: fraud takes back the prize of each month with one of these (rules.md 4.4).
SCORED: Final = ("signup", *map(retention_kind, RETENTION_MONTHS))


@dataclass(frozen=True, slots=True)
class Frozen:
    """The frozen inputs in the statement of a closed month."""

    branch_code: str
    host_code: str | None
    plan_code: str | None
    plan_version: int | None


@dataclass(slots=True)
class Posted:
    """What was posted for one cadre and earned month: own lines and all later differences."""

    frozen: Frozen | None = None
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    prizes: dict[str, int] = field(default_factory=dict)
    host: int = 0
    fraud: bool = False

    @property
    def host_base(self) -> int:
        """Add up the lines that a host body's percentage was taken of.

        The stored bases cannot be used: in months closed under the first digest format they are whole bases, and a
        part that amounted to less than a rupiah has none.
        """
        return sum(amount for (component, _), amount in self.lines.items() if component in HOST_BASE)


def list_marks(month: str) -> set[Pair]:
    """List the late marks that a month's close consumes."""
    rows = db.session.execute(select(LateMark.cadre_id, LateMark.month).where(LateMark.month < month))
    return {(row.cadre_id, row.month) for row in rows}


def list_fraud_pairs(month: str) -> set[Pair]:
    """List the (cadre, closed month) pairs in which a sign-up scored that was proven fraud in this month."""
    return {(row.cadre_id, row.month) for row in db.session.execute(select_frauds(literal(month)))}


def select_frauds(
    month: ColumnElement[str], *, cadre_id: ColumnElement[int] | None = None
) -> Select[tuple[int, str]]:
    """Select the (cadre, closed month) pairs that a fraud proven in this month concerns, of all cadres or of one.

    It concerns who is fined for it alone: not who cared for the participant since a hand-over.
    """
    scored = aliased(LedgerEntry)
    found = (
        select(scored.cadre_id, scored.month)
        .join(LedgerEntry, LedgerEntry.source == scored.source)
        .where(
            LedgerEntry.month == month,
            LedgerEntry.kind.in_(("fraud", "fraud_reversal")),
            LedgerEntry.cadre_id == scored.cadre_id,
            scored.kind.in_(SCORED),
            scored.month < month,
        )
        .distinct()
    )
    return found if cadre_id is None else found.where(scored.cadre_id == cadre_id)


def late_pairs(*, month: str, needs: PlanNeeds, marks: set[Pair] | None = None) -> set[Pair]:
    """List the (cadre, closed month) pairs that the close of a month computes again; read only.

    These are: the late marks; the months whose prize a proven fraud takes back; if some plan recognises by
    coverage, the months covered by what was received in this one; and at the very first close, what was earned
    before the first month, which counts as closed from then on (rules.md 1.4). All of it belongs to the month that
    closes next; a later month, previewed ahead of time, has none. A caller that does not trust the stored marks
    passes its own.
    """
    last = last_closed_month()
    following = first_posted_month() if last is None else next_month(last)
    if following is not None and month > following:
        return set()
    pairs = (list_marks(month) if marks is None else marks) | list_fraud_pairs(month)
    if needs.coverage:
        pairs |= list_unsettled(month)
    return pairs if last is not None else pairs | list_earlier_pairs(month, needs)


def posted_for(cadres: Collection[int], months: Collection[str]) -> dict[Pair, Posted]:
    """Return what was posted for some cadres and earned months; pairs without postings are left out."""
    queries = select_posted(lambda column: one_of(column, cadres), lambda column: column.in_(months))
    return arrange_posted({name: plain_rows(query) for name, query in queries.items()})


def select_posted(of_cadres: Condition, in_months: Condition) -> dict[str, Select[Any]]:
    """Select what was posted: frozen inputs, lines, host amounts, and the months that a proven fraud concerns."""
    return {
        "frozen": _frozen(of_cadres, in_months),
        "lines": _lines(of_cadres, in_months),
        "hosts": _hosts(of_cadres, in_months),
        "frauds": _frauds(of_cadres, in_months),
    }


def arrange_posted(rows: Mapping[str, Iterable[Any]]) -> dict[Pair, Posted]:
    """Arrange the rows of select_posted() by cadre and earned month."""
    found: defaultdict[Pair, Posted] = defaultdict(Posted)
    for cadre_id, month, *frozen in rows["frozen"]:
        found[cadre_id, month].frozen = Frozen(*frozen)
    for cadre_id, month, component, band, own, amount in rows["lines"]:
        posted = found[cadre_id, month]
        key = (component, band)
        posted.lines[key] = posted.lines.get(key, 0) + amount
        if own and component == "rank_prize":
            posted.prizes[band] = amount
    for cadre_id, month, amount in rows["hosts"]:
        found[cadre_id, month].host = amount
    for cadre_id, month in rows["frauds"]:
        found[cadre_id, month].fraud = True
    return dict(found)


def _frozen(of_cadres: Condition, in_months: Condition) -> Select[Any]:
    return select(
        Statement.cadre_id,
        Statement.month,
        Statement.branch_code,
        Statement.host_code,
        Statement.plan_code,
        Statement.plan_version,
    ).where(of_cadres(Statement.cadre_id), in_months(Statement.month))


def _lines(of_cadres: Condition, in_months: Condition) -> Select[Any]:
    own = StatementLine.month == StatementLine.original_month
    keys = (
        StatementLine.cadre_id,
        StatementLine.original_month,
        StatementLine.component,
        StatementLine.band,
        own.label("own"),
    )
    return (
        select(*keys, cast(func.sum(StatementLine.amount), BigInteger).label("amount"))
        .where(
            of_cadres(StatementLine.cadre_id),
            in_months(StatementLine.original_month),
            StatementLine.component != ADJUSTMENT,
        )
        .group_by(*keys)
    )


def _hosts(of_cadres: Condition, in_months: Condition) -> Select[Any]:
    keys = (HostAmount.cadre_id, HostAmount.original_month)
    return (
        select(*keys, cast(func.sum(HostAmount.amount), BigInteger).label("amount"))
        .where(of_cadres(HostAmount.cadre_id), in_months(HostAmount.original_month))
        .group_by(*keys)
    )


def _frauds(of_cadres: Condition, in_months: Condition) -> Select[tuple[int, str]]:
    """Select who scored in which months with a sign-up that was later proven fraud and still is."""
    scored, undone = aliased(LedgerEntry), aliased(LedgerEntry)
    proven: ColumnElement[bool] = and_(
        LedgerEntry.source == scored.source,
        LedgerEntry.kind == "fraud",
        LedgerEntry.cadre_id == scored.cadre_id,
    )
    return (
        select(scored.cadre_id, scored.month)
        .join(LedgerEntry, proven)
        .where(
            of_cadres(scored.cadre_id),
            in_months(scored.month),
            scored.kind.in_(SCORED),
            LedgerEntry.month > scored.month,
            ~exists().where(undone.reverses == LedgerEntry.id),
        )
        .distinct()
    )


def by_cadre(pairs: Iterable[Pair]) -> dict[int, list[str]]:
    """Arrange pairs by cadre, months in order."""
    arranged: defaultdict[int, list[str]] = defaultdict(list)
    for cadre_id, month in sorted(pairs):
        arranged[cadre_id].append(month)
    return dict(arranged)
