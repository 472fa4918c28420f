"""Sums of villages: the nation by regional office, an office by branch, one branch."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, or_, select, true

from portal.coverage.models import VillageEstimate, VillageSum
from portal.coverage.queries.dated import current_estimates
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.coverage import covering, share
from portal.domain.errors import NotFound
from portal.organisation.models import Branch, RegionalOffice
from portal.organisation.queries import sees_nation
from portal.places.queries import count_villages

_REGENCY, _DIGITS = 4, 10
_NOBODY: Final = ""  # what lies under no branch's region code


@dataclass
class Figures:
    """Sums of some villages: how many, with how many workers by estimate, never visited, and with whom."""

    villages: int = 0
    estimate: int = 0
    participants: int = 0
    visits: int = 0
    visited: int = 0
    never_workers: int = 0

    @property
    def never(self) -> int:
        """Count the villages that nobody has visited."""
        return max(0, self.villages - self.visited)

    @property
    def share(self) -> Decimal | None:
        """Return the participants as a share of the estimate, to be shown; None without an estimate."""
        found = share(self.participants, self.estimate)
        return None if found is None else Decimal(found.numerator) / found.denominator

    def add(self, other: "Figures") -> None:
        """Add the sums of other villages."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(frozen=True)
class Row:
    """A branch, or a regional office, with the sums of its villages; `key` is its number, None for no branch at all."""

    key: int | None
    name: str
    figures: Figures


@dataclass(frozen=True)
class Table:
    """The rows of an office or of the nation, those with most workers never visited first, and their sum.

    Villages that several branches share count once in the sum.
    """

    name: str
    rows: list[Row]
    total: Figures


@dataclass(frozen=True)
class _Branches:
    """Which branches carry which region code, and their offices and names."""

    by_region: dict[str, list[int]]
    named: dict[int, tuple[str, int]]

    @property
    def length(self) -> int:
        """Return how many digits an area needs to belong to one set of branches."""
        return max((_REGENCY, *map(len, self.by_region)))


def read_office(region_id: int, day: date, *, actor: Actor) -> Table:
    """Read the branches of a regional office in the actor's scope."""
    office = db.session.get(RegionalOffice, region_id)
    if office is None or not (
        sees_nation(actor) or (actor.scope == "region" and actor.region_id == region_id)
    ):
        raise NotFound("coverage.no_such_region")
    branches = _read_branches()
    mine = {number for number, (_, of) in branches.named.items() if of == region_id}
    codes = [code for code, numbers in branches.by_region.items() if mine.intersection(numbers)]
    rows: dict[int, Figures] = {number: Figures() for number in mine}
    total = Figures()
    for area, figures in _read_areas(branches, day, codes):
        owners = mine.intersection(covering(area, branches.by_region))
        for number in owners:
            rows[number].add(figures)
        if owners:
            total.add(figures)
    listed = [Row(number, branches.named[number][0], figures) for number, figures in rows.items()]
    return Table(office.name, _neediest_first(listed), total)


def read_nation(day: date) -> Table:
    """Read the regional offices, and what lies under no branch's region code if anybody estimated or went there."""
    branches = _read_branches()
    offices = {one.id: one.name for one in db.session.scalars(select(RegionalOffice))}
    rows: dict[int, Figures] = {number: Figures() for number in offices}
    total, outside = Figures(), Figures()
    for area, figures in _read_areas(branches, day, None):
        owners = {branches.named[number][1] for number in covering(area, branches.by_region)}
        for number in owners:
            rows[number].add(figures)
        if not owners:
            outside.add(figures)
        total.add(figures)
    listed = _neediest_first([Row(number, offices[number], figures) for number, figures in rows.items()])
    if outside.estimate or outside.visited:
        listed.append(Row(None, _NOBODY, outside))
    return Table(_NOBODY, listed, total)


def sum_branch(branch_id: int, day: date) -> Figures:
    """Add up the villages of a branch; all zero where its region is not set."""
    branches, total = _read_branches(), Figures()
    codes = [code for code, numbers in branches.by_region.items() if branch_id in numbers]
    for area, figures in _read_areas(branches, day, codes):
        if branch_id in covering(area, branches.by_region):
            total.add(figures)
    return total


def _neediest_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(
        rows, key=lambda row: (-row.figures.never_workers, -row.figures.never, row.name, row.key or 0)
    )


def _read_branches() -> _Branches:
    by_region: defaultdict[str, list[int]] = defaultdict(list)
    named = {}
    query = select(Branch.id, Branch.name, Branch.regional_office_id, Branch.region_code)
    for number, name, office, region in db.session.execute(query.order_by(Branch.id)):
        named[number] = (name, office)
        if region:
            by_region[region].append(number)
    return _Branches(dict(by_region), named)


def _read_areas(branches: _Branches, day: date, codes: Sequence[str] | None) -> Iterable[tuple[str, Figures]]:
    """Sum the villages under region codes, or of the nation, by areas so small that each has one set of branches."""
    areas: defaultdict[str, Figures] = defaultdict(Figures)
    length = branches.length
    for area, visited, visits, participants in db.session.execute(_sums(length, codes)):
        figures = areas[str(area)]
        figures.visited, figures.visits, figures.participants = int(visited), int(visits), int(participants)
    for area, workers, never in db.session.execute(_estimates(length, codes, day.year)):
        areas[str(area)].estimate, areas[str(area)].never_workers = int(workers), int(never)
    _count_villages(branches, areas, codes)
    return areas.items()


def _count_villages(
    branches: _Branches, areas: defaultdict[str, Figures], codes: Sequence[str] | None
) -> None:
    """Add how many villages there are: under each region code those that no longer one takes, elsewhere those known."""
    regions = branches.by_region
    for area, figures in list(areas.items()):
        if not covering(area, regions):
            figures.villages = count_villages(area)
    for code in regions if codes is None else codes:
        inner = {other for other in regions if other != code and other.startswith(code)}
        nested = {one for one in inner if not any(one != other and one.startswith(other) for other in inner)}
        areas[code].villages += count_villages(code) - sum(map(count_villages, nested))


def _under(column: Any, codes: Sequence[str] | None) -> ColumnElement[bool]:
    """Return the condition that a village lies under one of these region codes: ranges, which an index finds."""
    if codes is None:
        return true()
    ranges = [column.between(code.ljust(_DIGITS, "0"), code.ljust(_DIGITS, "9")) for code in codes]
    return or_(*ranges) if ranges else ~true()


def _area(code: Any, length: int) -> ColumnElement[int]:
    """Return the beginning of a village's code as a number, which is grouped faster than a text."""
    return cast(func.substr(code, 1, length), BigInteger)


def _seen(codes: Sequence[str] | None) -> Any:
    """Add up the parts of each village's sums."""
    one = VillageSum
    sums = (func.sum(one.visits).label("visits"), func.sum(one.participants).label("participants"))
    return select(one.village_code, *sums).where(_under(one.village_code, codes)).group_by(one.village_code)


def _sums(length: int, codes: Sequence[str] | None) -> Any:
    seen = _seen(codes).subquery("seen")
    area = _area(seen.c.village_code, length)
    visited = func.sum(case((seen.c.visits > 0, 1), else_=0))
    return select(area, visited, func.sum(seen.c.visits), func.sum(seen.c.participants)).group_by(area)


def _estimates(length: int, codes: Sequence[str] | None, year: int) -> Any:
    one, seen = VillageEstimate, _seen(codes).subquery("seen")
    area = _area(one.village_code, length)
    never = func.sum(case((func.coalesce(seen.c.visits, 0) > 0, 0), else_=one.informal_workers))
    return (
        select(area, func.sum(one.informal_workers), never)
        .outerjoin(seen, seen.c.village_code == one.village_code)
        .where(current_estimates(year), _under(one.village_code, codes))
        .group_by(area)
    )
