"""Targets of cadres: how many villages where nobody had been before, and how many were visited so far."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, Date, Select, String, func, select

from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.coverage.models import CadreTarget
from portal.coverage.queries.places import selects, villages_of
from portal.database.extensions import db
from portal.database.together import Together, given
from portal.domain.coverage import Village, in_order
from portal.domain.months import first_day, last_day, month_of

SUGGESTED: Final = 3
PAGE: Final = 50
_CADRE: Final = given("cadre_id", BigInteger)
_FIRST, _LAST = given("first", Date), given("last", Date)


def _new_places(first: Any, last: Any) -> Select[Any]:
    """Select a cadre's villages of a month where nobody had been before it, with the day of the first report."""
    earlier = Activity.__table__.alias("earlier")
    before = select(earlier.c.id).where(
        earlier.c.village_code == Activity.village_code,
        earlier.c.status == "approved",
        earlier.c.held_on < first,
    )
    return (
        select(Activity.cadre_id, Activity.village_code, func.min(Activity.held_on).label("on"))
        .where(
            Activity.status == "approved",
            Activity.village_code.is_not(None),
            Activity.held_on.between(first, last),
            ~before.exists(),
        )
        .group_by(Activity.cadre_id, Activity.village_code)
        .order_by(func.min(Activity.held_on), Activity.village_code)
    )


_HOME: Final = Together(
    **selects(),
    target=select(CadreTarget.villages, CadreTarget.month).where(
        CadreTarget.cadre_id == _CADRE, CadreTarget.month == given("month", String)
    ),
    visited=_new_places(_FIRST, _LAST).where(Activity.cadre_id == _CADRE),
)


@dataclass(frozen=True)
class NextPlaces:
    """Where a cadre of a branch should go next, and the own target of the month (None: none was set)."""

    places: list[Village]
    target: int | None
    visited: int


def suggest_places(*, cadre_id: int, branch_id: int, day: date) -> NextPlaces:
    """Suggest the next places to a cadre, in one statement; only those where somebody is still unprotected."""
    month = month_of(day)
    month_days = {"first": first_day(month), "last": last_day(month)}
    found = _HOME.read(cadre_id=cadre_id, branch_id=branch_id, year=day.year, month=month, **month_days)
    needy = [village for village in in_order(villages_of(found), day) if village.unprotected]
    return NextPlaces(
        places=needy[:SUGGESTED],
        target=found["target"][0].villages if found["target"] else None,
        visited=len(found["visited"]),
    )


@dataclass(frozen=True)
class TargetRow:
    """A cadre's target of a month (None: none was set) with the new villages visited so far and the days."""

    cadre_id: int
    code: str
    name: str
    target: int | None
    visited: list[tuple[str, date]] = field(default_factory=list)


def list_targets(
    branch_id: int, month: str, *, only_set: bool = False, skip: int = 0, limit: int = PAGE
) -> list[TargetRow]:
    """List the active cadres of a branch by name with their targets of a month; with `only_set`, those who have one."""
    wanted = (CadreTarget.cadre_id == Cadre.id) & (CadreTarget.month == month)
    query = select(Cadre.id, Cadre.code, Cadre.name, CadreTarget.villages)
    query = query.join(CadreTarget, wanted) if only_set else query.outerjoin(CadreTarget, wanted)
    query = query.where(Cadre.branch_id == branch_id, Cadre.status == "active").order_by(Cadre.name, Cadre.id)
    rows = db.session.execute(query.offset(skip).limit(limit)).all()
    visited: defaultdict[int, list[tuple[str, date]]] = defaultdict(list)
    places = _new_places(first_day(month), last_day(month))
    for cadre_id, village, on in db.session.execute(
        places.where(Activity.cadre_id.in_([row.id for row in rows]))
    ):
        visited[cadre_id].append((village, on))
    return [TargetRow(row.id, row.code, row.name, row.villages, visited[row.id]) for row in rows]


def count_active(branch_id: int) -> int:
    """Count the active cadres of a branch."""
    query = (
        select(func.count()).select_from(Cadre).where(Cadre.branch_id == branch_id, Cadre.status == "active")
    )
    return int(db.session.execute(query).scalar_one())
