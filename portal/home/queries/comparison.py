"""Branches or regional offices beside each other in one month, per head, from kept sums."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import and_, func, or_, select

from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.organisation.models import Branch, RegionalOffice
from portal.organisation.queries import in_scope
from portal.tallies.models import Tally

Sums = Mapping[tuple[str, str], int]  # (kind, state) -> how many

_MONTHLY: Final = ("points", "ranked", "validated", "report")


@dataclass(frozen=True)
class Figures:
    """A month of a branch or office: active cadres now, cadres with points, points, new sign-ups validated, reports."""

    active: int
    scoring: int
    points: int
    validated: int
    reports: int
    approved: int

    @property
    def per_head(self) -> Decimal | None:
        """Return the validated new sign-ups per active cadre; None without one."""
        return Decimal(self.validated) / self.active if self.active else None


@dataclass(frozen=True)
class Compared:
    """A branch or regional office with its figures; `region_id` is that of a branch's office."""

    id: int
    code: str
    name: str
    region_id: int
    figures: Figures


def compare_branches(actor: Actor, month: str, *, region_id: int | None = None) -> list[Compared]:
    """List the branches in scope, or those of one office, the most new sign-ups per active cadre first."""
    sums = _sums(actor, month)
    query = select(Branch.id, Branch.code, Branch.name, Branch.regional_office_id)
    query = query.where(in_scope(actor, Branch.id))
    if region_id is not None:
        query = query.where(Branch.regional_office_id == region_id)
    rows = db.session.execute(query)
    return _ordered(
        Compared(row.id, row.code, row.name, row.regional_office_id, _figures(sums[row.id])) for row in rows
    )


def compare_regions(actor: Actor, month: str) -> list[Compared]:
    """List the regional offices of the branches in scope, the most new sign-ups per active cadre first."""
    by_region: defaultdict[int, list[Figures]] = defaultdict(list)
    for branch in compare_branches(actor, month):
        by_region[branch.region_id].append(branch.figures)
    query = select(RegionalOffice.id, RegionalOffice.code, RegionalOffice.name)
    rows = db.session.execute(query.where(RegionalOffice.id.in_(by_region)))
    return _ordered(Compared(row.id, row.code, row.name, row.id, together(by_region[row.id])) for row in rows)


def together(figures: Iterable[Figures]) -> Figures:
    """Add figures up."""
    columns = [(f.active, f.scoring, f.points, f.validated, f.reports, f.approved) for f in figures]
    return Figures(*(sum(column) for column in zip(*columns, strict=True))) if columns else Figures(*[0] * 6)


def _ordered(rows: Iterable[Compared]) -> list[Compared]:
    """Put the most per head first, ties by code, those without a cadre last."""
    return sorted(
        rows,
        key=lambda one: (one.figures.per_head is None, -(one.figures.per_head or 0), one.code),
    )


def _sums(actor: Actor, month: str) -> defaultdict[int, dict[tuple[str, str], int]]:
    """Return the kept sums of each branch in scope."""
    found: defaultdict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = db.session.execute(
        select(Tally.branch_id, Tally.kind, Tally.state, func.sum(Tally.n).label("n"))
        .where(
            or_(
                and_(Tally.kind.in_(_MONTHLY), Tally.month == month),
                and_(Tally.kind == "cadre", Tally.state == "active"),
            ),
            in_scope(actor, Tally.branch_id),
        )
        .group_by(Tally.branch_id, Tally.kind, Tally.state)
    )
    for row in rows:
        found[row.branch_id][row.kind, row.state] = int(row.n)
    return found


def _figures(sums: Sums) -> Figures:
    def total(kind: str) -> int:
        return sum(n for (name, _state), n in sums.items() if name == kind)

    return Figures(
        active=sums.get(("cadre", "active"), 0),
        scoring=total("ranked"),
        points=total("points"),
        validated=total("validated"),
        reports=total("report"),
        approved=sums.get(("report", "approved"), 0),
    )
