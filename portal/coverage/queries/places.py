"""The villages of one branch: which they are, and what is known of each, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, func, select

from portal.activities.models import Activity
from portal.coverage.models import VillageEstimate, VillageSum
from portal.coverage.queries.dated import current_estimates
from portal.database.together import Together, given
from portal.domain.coverage import Village
from portal.organisation.models import Branch

BRANCH: Final = given("branch_id", BigInteger)
_YEAR: Final = given("year", Integer)
_DIGITS: Final = 10
_REGION: Final = select(Branch.region_code).where(Branch.id == BRANCH).scalar_subquery()


def _inside(code: Any) -> ColumnElement[bool]:
    """Return the condition that a village lies under the branch's region code: a range, which an index finds.

    Digits alone are compared, so that the database's order of letters does not matter.
    """
    first, last = (func.substr(_REGION.concat(digit * _DIGITS), 1, _DIGITS) for digit in "09")
    inside: ColumnElement[bool] = code.between(first, last)
    return inside


def _sums() -> Select[Any]:
    last = select(func.max(Activity.held_on)).where(
        Activity.village_code == VillageSum.village_code, Activity.status == "approved"
    )
    return (
        select(
            VillageSum.village_code,
            func.sum(VillageSum.visits, type_=BigInteger).label("visits"),
            func.sum(VillageSum.participants, type_=BigInteger).label("participants"),
            last.scalar_subquery().label("last_visit"),
        )
        .where(_inside(VillageSum.village_code))
        .group_by(VillageSum.village_code)
    )


def selects(*more: Any) -> dict[str, Select[Any]]:
    """Return what is read of a branch's villages; `more` are further columns of their estimates."""
    estimated = select(VillageEstimate.village_code, VillageEstimate.informal_workers, *more)
    length = func.length(_REGION)
    within = (func.substr(Branch.region_code, 1, length) == _REGION, func.length(Branch.region_code) > length)
    return {
        "region": select(Branch.region_code, Branch.id).where(Branch.id == BRANCH),
        "nested": select(Branch.region_code, Branch.id).where(*within),
        "estimates": estimated.where(_inside(VillageEstimate.village_code), current_estimates(_YEAR)),
        "sums": _sums(),
    }


def villages_of(found: Mapping[str, list[Any]]) -> list[Village]:
    """Make the branch's villages of what was read: those of another branch's longer region code are not its own."""
    nested = tuple(row.region_code for row in found["nested"])
    estimates = {row.village_code: row.informal_workers for row in found["estimates"]}
    sums = {row.village_code: row for row in found["sums"] if row.visits or row.participants}
    codes = [code for code in sorted({*estimates, *sums}) if not code.startswith(nested)]
    return [_village(code, estimates.get(code), sums.get(code)) for code in codes]


def _village(code: str, estimate: int | None, row: Any) -> Village:
    if row is None:
        return Village(code, estimate, 0, 0, None)
    last = date.fromisoformat(row.last_visit) if row.last_visit else None
    return Village(code, estimate, int(row.participants), int(row.visits), last)


_VISITED: Final = (
    select(VillageSum.village_code, func.sum(VillageSum.visits, type_=BigInteger).label("visits"))
    .where(VillageSum.branch_id == BRANCH)
    .group_by(VillageSum.village_code)
)
_READ: Final = Together(
    **selects(VillageEstimate.year, VillageEstimate.target, VillageEstimate.source), visited=_VISITED
)


@dataclass(frozen=True)
class Estimated:
    """What stands beside a village's estimate: its year, the target if there is one, the source."""

    year: int
    target: int | None
    source: str


@dataclass(frozen=True)
class Territory:
    """A branch's region code (None: not filled in), the codes inside it that other branches have, and its villages.

    `visited` counts the approved reports of its cadres by village, wherever it lies.
    """

    region: str | None
    nested: tuple[str, ...]
    villages: list[Village]
    estimates: dict[str, Estimated]
    visited: dict[str, int]

    def owns(self, code: str) -> bool:
        """Tell whether a village belongs to the branch."""
        return (
            bool(self.region)
            and code.startswith(str(self.region))
            and not code.startswith(self.nested or ("-",))
        )


def read_territory(branch_id: int, day: date) -> Territory:
    """Read the villages of a branch as they are on a day."""
    found = _READ.read(branch_id=branch_id, year=day.year)
    (one,) = found["region"]
    return Territory(
        region=one.region_code,
        nested=tuple(row.region_code for row in found["nested"]),
        villages=villages_of(found),
        estimates={
            row.village_code: Estimated(row.year, row.target, row.source) for row in found["estimates"]
        },
        visited={row.village_code: int(row.visits) for row in found["visited"] if row.visits},
    )
