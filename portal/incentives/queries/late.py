"""What was posted for the closed months that are computed again (rules.md 6, late money)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, exists, func, select
from sqlalchemy.orm import aliased

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
    scored = aliased(LedgerEntry)
    rows = db.session.execute(
        select(scored.cadre_id, scored.month)
        .join(LedgerEntry, LedgerEntry.source == scored.source)
        .where(
            LedgerEntry.month == month,
            LedgerEntry.kind.in_(("fraud", "fraud_reversal")),
            scored.kind.in_(SCORED),
            scored.month < month,
        )
        .distinct(),
    )
    return {(row.cadre_id, row.month) for row in rows}


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
    found: defaultdict[Pair, Posted] = defaultdict(Posted)
    _add_frozen(found, cadres, months)
    _add_lines(found, cadres, months)
    _add_hosts(found, cadres, months)
    for cadre_id, month in db.session.execute(_frauds(cadres, months)):
        found[cadre_id, month].fraud = True
    return dict(found)


def _add_frozen(found: dict[Pair, Posted], cadres: Collection[int], months: Collection[str]) -> None:
    rows = db.session.execute(
        select(
            Statement.cadre_id,
            Statement.month,
            Statement.branch_code,
            Statement.host_code,
            Statement.plan_code,
            Statement.plan_version,
        ).where(Statement.cadre_id.in_(cadres), Statement.month.in_(months)),
    )
    for row in rows:
        frozen = Frozen(row.branch_code, row.host_code, row.plan_code, row.plan_version)
        found[row.cadre_id, row.month].frozen = frozen


def _add_lines(found: dict[Pair, Posted], cadres: Collection[int], months: Collection[str]) -> None:
    own = StatementLine.month == StatementLine.original_month
    rows = db.session.execute(
        select(
            StatementLine.cadre_id,
            StatementLine.original_month,
            StatementLine.component,
            StatementLine.band,
            own.label("own"),
            cast(func.sum(StatementLine.amount), BigInteger).label("amount"),
        )
        .where(
            StatementLine.cadre_id.in_(cadres),
            StatementLine.original_month.in_(months),
            StatementLine.component != ADJUSTMENT,
        )
        .group_by(
            StatementLine.cadre_id,
            StatementLine.original_month,
            StatementLine.component,
            StatementLine.band,
            own,
        ),
    )
    for row in rows:
        posted = found[row.cadre_id, row.original_month]
        key = (row.component, row.band)
        posted.lines[key] = posted.lines.get(key, 0) + row.amount
        if row.own and row.component == "rank_prize":
            posted.prizes[row.band] = row.amount


def _add_hosts(found: dict[Pair, Posted], cadres: Collection[int], months: Collection[str]) -> None:
    rows = db.session.execute(
        select(
            HostAmount.cadre_id,
            HostAmount.original_month,
            cast(func.sum(HostAmount.amount), BigInteger).label("amount"),
        )
        .where(HostAmount.cadre_id.in_(cadres), HostAmount.original_month.in_(months))
        .group_by(HostAmount.cadre_id, HostAmount.original_month),
    )
    for row in rows:
        found[row.cadre_id, row.original_month].host = row.amount


def _frauds(cadres: Collection[int], months: Collection[str]) -> Select[tuple[int, str]]:
    """Select who scored in which months with a sign-up that was later proven fraud and still is."""
    scored, undone = aliased(LedgerEntry), aliased(LedgerEntry)
    proven: ColumnElement[bool] = and_(LedgerEntry.source == scored.source, LedgerEntry.kind == "fraud")
    return (
        select(scored.cadre_id, scored.month)
        .join(LedgerEntry, proven)
        .where(
            scored.cadre_id.in_(cadres),
            scored.month.in_(months),
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
