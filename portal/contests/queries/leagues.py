"""A cadre's league: the own division and group, and what of it a member may see (rules.md 11.5, 11.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from portal.cadres.models import Cadre
from portal.contests.models import LeagueChoice, LeagueMonth, LeaguePlace
from portal.contests.queries.hiding import hides_league
from portal.contests.queries.seeds import first_times, gate_of
from portal.database.extensions import db
from portal.domain.months import first_day, next_month
from portal.domain.quality import Gate
from portal.domain.recognition.definitions import Leagues
from portal.domain.recognition.leagues import DIVISIONS, View, ranked, view_of
from portal.organisation.models import Branch
from portal.points.models import Standing
from portal.recognition.queries.definitions import get_leagues

HIDDEN: Final = ""


@dataclass(frozen=True, slots=True)
class Named:
    """Who a row is to others: name or alias, and branch; both empty for who hides the league."""

    name: str
    branch: str


@dataclass(frozen=True, slots=True)
class TopGate:
    """The gate of the top division and what it sees now; `missing`: the reports that open it, None if none can."""

    gate: Gate
    at_first: int
    decided: int
    missing: int | None


@dataclass(frozen=True, slots=True)
class OwnLeague:
    """A cadre's group in the newest month that was formed: what may be seen of it, and the names to it."""

    month: str
    division: int
    members: int
    leagues: Leagues
    settled: bool
    rose: bool | None
    view: View
    names: Mapping[int, Named]
    top: TopGate | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a cadre takes part; `since`: when the newest choice was made, None before the first."""

    taking_part: bool
    since: datetime | None


def find_choice(cadre_id: int) -> Choice:
    """Return a cadre's choice."""
    row = db.session.get(LeagueChoice, cadre_id, populate_existing=True)
    if row is None:
        return Choice(taking_part=False, since=None)
    return Choice(taking_part=row.left_at is None, since=row.left_at or row.joined_at)


def find_own(cadre_id: int) -> OwnLeague | None:
    """Return a cadre's league of the newest formed month, in few statements; None without a place in it."""
    newest = select(func.max(LeagueMonth.month)).scalar_subquery()
    rows = _group(cadre_id, newest)
    if not rows:
        return None
    own = next(row for row in rows if row.cadre_id == cadre_id)
    leagues = get_leagues(first_day(own.month))
    n = leagues.rise
    view = view_of(ranked((row.cadre_id, row.points, row.validated) for row in rows), cadre_id, n=n)
    shown = {row.key for row in view.rows}
    return OwnLeague(
        month=own.month,
        division=own.division,
        members=len(rows),
        leagues=leagues,
        settled=own.settled_at is not None,
        rose=own.rose,
        view=view,
        names={row.cadre_id: _named(row) for row in rows if row.cadre_id in shown},
        top=_top(cadre_id, own.month) if own.division == DIVISIONS - 1 else None,
    )


def _group(cadre_id: int, month: Any) -> list[Any]:
    """Read the own group with points: frozen ones once settled, before that those of now."""
    own, other, live = aliased(LeaguePlace), LeaguePlace, Standing
    same = and_(other.month == own.month, other.division == own.division, other.group_no == own.group_no)
    points = func.coalesce(other.points, live.points, 0)
    validated = func.coalesce(other.validated, live.validated_signups, 0)
    shown = func.coalesce(func.nullif(Cadre.alias, ""), Cadre.name)
    wanted = select(
        other.cadre_id, other.month, other.division, other.rose, LeagueMonth.settled_at,
        points.label("points"), validated.label("validated"), shown.label("name"), Branch.name.label("branch"),
        LeagueChoice.left_at, hides_league(other.cadre_id).label("hidden"),
    )  # fmt: skip
    wanted = wanted.select_from(own).join(other, same).join(LeagueMonth, LeagueMonth.month == other.month)
    wanted = wanted.join(Cadre, Cadre.id == other.cadre_id).join(Branch, Branch.id == Cadre.branch_id)
    wanted = wanted.outerjoin(LeagueChoice, LeagueChoice.cadre_id == other.cadre_id)
    wanted = wanted.outerjoin(live, and_(live.cadre_id == other.cadre_id, live.period == other.month))
    wanted = wanted.where(own.cadre_id == cadre_id, own.month == month).order_by(other.cadre_id)
    return list(db.session.execute(wanted).all())


def _named(row: Any) -> Named:
    if row.hidden or row.left_at is not None:
        return Named(HIDDEN, HIDDEN)
    return Named(row.name, row.branch)


def _top(cadre_id: int, month: str) -> TopGate:
    """Return the gate that decides whether one may rise into the top division when a month closes."""
    gate = gate_of(next_month(month))
    at_first, decided = first_times([cadre_id], month=next_month(month)).get(cadre_id, (0, 0))
    return TopGate(gate, at_first, decided, gate.distance(at_first, decided))
