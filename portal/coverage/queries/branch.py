"""Coverage of one branch: its villages by where to go next and by district, as the page shows them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select

from portal.coverage.queries.areas import Figures
from portal.coverage.queries.places import Estimated, Territory, read_territory
from portal.database.extensions import db
from portal.domain.coverage import Village, in_order, shade, where_next
from portal.membership.models import ExtractImport
from portal.places.queries import Region, find_region, region_name, villages_in

_REGENCY, _DISTRICT = 4, 6


@dataclass(frozen=True)
class Spot:
    """A village of a branch: its name and its district's, what is known of it, and how much it needs a visit."""

    village: Village
    name: str
    district: str
    need: Fraction
    estimated: Estimated | None

    @property
    def never(self) -> bool:
        """Tell whether nobody has ever been there."""
        return self.village.visits == 0

    @property
    def shade(self) -> int:
        """Return the shade of its lozenge."""
        return shade(self.village.participants, self.village.estimate or 0)


@dataclass(frozen=True)
class District:
    """A district with the branch's villages in it, by code, and their sums."""

    code: str
    name: str
    spots: list[Spot]
    figures: Figures


@dataclass(frozen=True)
class Coverage:
    """A branch's villages: in order of need, by district, their sums, and what its cadres visited elsewhere.

    `sources` names the estimates' sources with their years; `as_of` is the day of the newest extract.
    """

    region: str | None
    spots: list[Spot]
    districts: list[District]
    figures: Figures
    elsewhere: list[tuple[str, int]]
    sources: list[tuple[str, int]]
    as_of: date | None

    @property
    def regencies(self) -> list[Region]:
        """List the regencies of the villages, by code."""
        codes = sorted({district.code[:_REGENCY] for district in self.districts})
        return [region for code in codes if (region := find_region(code)) is not None]


def read_coverage(branch_id: int, day: date) -> Coverage:
    """Read a branch's coverage on a day: every village of its own, with or without an estimate."""
    territory = read_territory(branch_id, day)
    spots = _spots(territory, day)
    districts = _districts(spots)
    total = Figures()
    for district in districts:
        total.add(district.figures)
    newest = select(func.max(ExtractImport.as_of)).where(ExtractImport.status == "applied")
    return Coverage(
        region=territory.region,
        spots=spots,
        districts=districts,
        figures=total,
        elsewhere=sorted(
            (code, visits) for code, visits in territory.visited.items() if not territory.owns(code)
        ),
        sources=sorted({(one.source, one.year) for one in territory.estimates.values()}),
        as_of=db.session.execute(newest).scalar_one(),
    )


def _spots(territory: Territory, day: date) -> list[Spot]:
    """Make the branch's villages, the neediest first; those that the list of regions knows, and any other counted."""
    known = {village.code: village for village in territory.villages}
    for region in villages_in(territory.region) if territory.region else ():
        if territory.owns(region.code):
            known.setdefault(region.code, Village(region.code, None, 0, 0, None))
    return [
        Spot(
            village=village,
            name=region_name(village.code),
            district=region_name(village.code[:_DISTRICT]),
            need=where_next(village, day),
            estimated=territory.estimates.get(village.code),
        )
        for village in in_order(known.values(), day)
    ]


def _districts(spots: list[Spot]) -> list[District]:
    by_code: defaultdict[str, list[Spot]] = defaultdict(list)
    for spot in sorted(spots, key=lambda spot: spot.village.code):
        by_code[spot.village.code[:_DISTRICT]].append(spot)
    return [District(code, mine[0].district, mine, _sum(mine)) for code, mine in by_code.items()]


def _sum(spots: list[Spot]) -> Figures:
    found = Figures(villages=len(spots))
    for spot in spots:
        found.estimate += spot.village.estimate or 0
        found.participants += spot.village.participants
        found.visits += spot.village.visits
        found.visited += not spot.never
        found.never_workers += (spot.village.estimate or 0) if spot.never else 0
    return found
