"""The rounds of leagues: open a season, form a month's groups, settle who rises after its close (rules.md 11.5).

Each is one transaction that a row claims, so a second one finds it done and a crash leaves it undone. What is read of
closed months never changes, so that a round that comes late gives what it would have given in time.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, case, func, select, text, update

from portal import audit
from portal.contests.models import LeagueMonth, LeaguePlace, LeagueSeason
from portal.contests.queries.seasons import begin_of, places_of_month
from portal.contests.queries.seeds import closed_before, first_times, gate_of, list_members
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.months import first_day, next_month, previous_month
from portal.domain.recognition.leagues import DIVISIONS, Member, divide, groups, months_of
from portal.recognition.queries.definitions import get_leagues

_COLUMNS: Final = (
    "month",
    "cadre_id",
    "cadre_code",
    "division",
    "group_no",
    "points_sum",
    "months_counted",
    "seed_first",
    "seed_decided",
)
_PLACES: Final = cast("Table", LeaguePlace.__table__)
# Ranks within the groups by rules.md 4.2; the nation's frozen standings hold every cadre with an entry.
_RANK: Final = text("""
  UPDATE league_places SET points = ranked.points, validated = ranked.validated, rank = ranked.rank
  FROM (
    SELECT place.cadre_id, COALESCE(frozen.points, 0) AS points, COALESCE(frozen.validated_signups, 0) AS validated,
      CASE WHEN frozen.points > 0 THEN RANK() OVER (
        PARTITION BY place.division, place.group_no
        ORDER BY COALESCE(frozen.points, 0) DESC, COALESCE(frozen.validated_signups, 0) DESC) END AS rank
    FROM league_places AS place
    LEFT JOIN frozen_standings AS frozen
      ON frozen.month = place.month AND frozen.scope = 'nation' AND frozen.cadre_id = place.cadre_id
    WHERE place.month = :month
  ) AS ranked
  WHERE league_places.month = :month AND league_places.cadre_id = ranked.cadre_id
""")
Place = tuple[int, Member, int]  # the cadre, what orders them, the division


def open_season(*, season: str, by: Signature) -> bool:
    """Open a season with who chose the league before it began; False if it is open."""
    begins = begin_of(season)
    months = closed_before(begins)
    claim = insert_into(LeagueSeason).values(code=season, months=months, opened_at=by.at, members=0)
    if change(claim.on_conflict_do_nothing(index_elements=["code"])).rowcount == 0:
        return False
    first = months_of(season)[0]
    members = list_members(months, begins=begins)
    free = divide(member for _, member in members)
    reports = first_times({key for key, one in members if free[one.code] == DIVISIONS}, month=first)
    gate = gate_of(first)
    held = {
        member.code
        for key, member in members
        if free[member.code] == DIVISIONS and not gate.is_open(*reports.get(key, (0, 0)))
    }
    placed = divide((member for _, member in members), held=held)
    asked = {key: reports.get(key, (0, 0)) for key, one in members if free[one.code] == DIVISIONS}
    _form(season, first, [(key, one, placed[one.code]) for key, one in members], asked, by=by)
    change(update(LeagueSeason).where(LeagueSeason.code == season).values(members=len(members)))
    audit.record(
        by=by,
        act="league.opened",
        subject=("league_season", season),
        details={"members": len(members), "months": months},
    )
    return True


def form_month(*, month: str, by: Signature) -> bool:
    """Form the groups of a season's further month: who rose stands one division higher; False if they are formed."""
    one = LeaguePlace
    read = places_of_month(
        previous_month(month),
        *(one.cadre_id, one.cadre_code, one.points_sum, one.months_counted, one.division, one.rose),
    )
    places = [
        (
            row.cadre_id,
            Member(row.cadre_code, row.points_sum, row.months_counted),
            row.division + bool(row.rose),
        )
        for row in read
    ]
    season = db.session.get_one(LeagueMonth, previous_month(month)).season
    return _form(season, month, places, {}, by=by)


def _form(
    season: str, month: str, places: list[Place], asked: Mapping[int, tuple[int, int]], *, by: Signature
) -> bool:
    """Cut each division into groups of neighbours and store the places; `asked`: what the gate saw of whom."""
    claim = insert_into(LeagueMonth).values(month=month, season=season, formed_at=by.at)
    if change(claim.on_conflict_do_nothing(index_elements=["month"])).rowcount == 0:
        return False
    most = get_leagues(first_day(month)).group_size
    bulk.fill(_PLACES, _COLUMNS, _rows(month, places, asked, most))
    return True


def _rows(
    month: str, places: list[Place], asked: Mapping[int, tuple[int, int]], most: int
) -> Iterator[tuple[Any, ...]]:
    for division in range(1, DIVISIONS + 1):
        inside = [(key, member) for key, member, held in places if held == division]
        numbers = groups((member for _, member in inside), most=most) if inside else {}
        for key, one in inside:
            place = (month, key, one.code, division, numbers[one.code], one.points, one.months)
            yield (*place, *asked.get(key, (None, None)))


def settle_month(*, month: str, by: Signature) -> bool:
    """Write points and ranks of a closed month into its places, and who rises; False if it is settled."""
    claim = update(LeagueMonth).where(LeagueMonth.month == month, LeagueMonth.settled_at.is_(None))
    if change(claim.values(settled_at=by.at)).rowcount == 0:
        return False
    change(_RANK, {"month": month})
    one, n = LeaguePlace, get_leagues(first_day(month)).rise
    first = one.rank.is_not(None) & (one.rank <= n)
    _ask_gate(month, n)
    gate, passes = gate_of(next_month(month)), func.coalesce(one.decided, 0)
    is_open = (passes >= gate.least) & (100 * func.coalesce(one.at_first, 0) >= gate.percent * passes)
    top = DIVISIONS - 1
    rose = case((one.division < top, first), (one.division == top, first & is_open), else_=False)
    change(update(one).where(one.month == month).values(rose=rose))
    risers = db.session.scalar(select(func.count()).where(one.month == month, one.rose.is_(True))) or 0
    change(update(LeagueMonth).where(LeagueMonth.month == month).values(risers=risers))
    audit.record(by=by, act="league.settled", subject=("league_month", month), details={"risers": risers})
    return True


def _ask_gate(month: str, n: int) -> None:
    """Store what the gate of the top division sees of those who would rise into it, as of now."""
    one = LeaguePlace
    wanted = select(one.cadre_id).where(one.month == month, one.division == DIVISIONS - 1, one.rank <= n)
    asked = list(bulk.plain_rows(wanted.order_by(one.cadre_id)).scalars())
    reports = first_times(asked, month=next_month(month))
    rows = [{"key": key, "first": seen[0], "all": seen[1]} for key, seen in sorted(reports.items())]
    if rows:
        seen = update(_PLACES).where(_PLACES.c.month == month, _PLACES.c.cadre_id == bindparam("key"))
        db.session.connection().execute(
            seen.values(at_first=bindparam("first"), decided=bindparam("all")), rows
        )
