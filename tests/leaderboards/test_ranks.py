"""Ranks by SQL are those of the rulebook: live, rebuilt, frozen, page by page, on random months.

What every scope should show is added up from what was drawn and ranked by `domain.ranking`.
"""

from datetime import date

import pytest
from factories import make_cadre
from hypothesis import HealthCheck, Phase, given, settings
from ranked_worlds import CADRES, MONTHS, NOW, SUMS, World, make_places, played
from sqlalchemy import select, update

from portal.accounts.queries.sessions import get_operator
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.ranking import rank_teams
from portal.leaderboards.models import FrozenStanding
from portal.leaderboards.queries.boards import list_board, visible_rows
from portal.leaderboards.queries.history import own_best, own_months
from portal.leaderboards.queries.own import NextPlace, OwnPlace, own_page, own_place
from portal.leaderboards.queries.past import past_neighbours, past_rank
from portal.leaderboards.queries.ranked import list_ranked
from portal.leaderboards.queries.scopes import get_scope
from portal.leaderboards.queries.search import search_board
from portal.leaderboards.queries.teams import team_board
from portal.leaderboards.services import freeze_standings
from portal.points.models import ScoreCount, Standing
from portal.points.services.months import lock_month
from portal.points.services.posting import NewEntry, post_entries
from portal.points.services.rebuilding import place_standings, rebuild_standings
from portal.points.services.standings import settle_standings

pytestmark = [pytest.mark.slow]

SCOPES = ("branch", "region", "nation")
TODAY = "2026-11-22"
# An example is played in seconds, on the test's one database, and rolled back. A failing one is shown as it was
# drawn: to shrink it would take hundreds of plays.
few_big_worlds = settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def places(app):
    return make_places()


def pages(scope, period: str, *, rows: int) -> list:
    """A whole board, read page by page."""
    found, after = [], None
    while True:
        page = list_board(scope, period, after=after, rows=rows)
        found += page.rows
        after = page.after
        if after is None:
            return found


def only_ranked(board: dict[int, int | None]) -> dict[int, int]:
    return {cadre: rank for cadre, rank in board.items() if rank is not None}


def check_boards(world: World, period: str) -> dict[tuple[str, int], list]:
    """Every board shows everybody once, with the right rank, in order; a search finds the same."""
    shown = {}
    for (kind, number), expected in world.boards(period).items():
        scope = get_scope(kind, number)
        shown[kind, number] = board = pages(scope, period, rows=7)
        assert {row.cadre_id: row.rank for row in board} == only_ranked(expected), (period, kind)
        assert len(board) == len(only_ranked(expected))
        assert [row.rank for row in board] == sorted(row.rank for row in board)
        assert search_board(scope, period, "") == board
    return shown


def check_own_places(world: World, period: str, shown: dict[tuple[str, int], list]) -> None:
    """Every cadre's own ranks, the two neighbours on each side, and the points at the top 10, 25 and 50 %."""
    boards = world.boards(period)
    for cadre in world.cadres:
        for kind in SCOPES:
            found = own_place(cadre, period, kind)
            own, place = found.own, (kind, found.own.board.id)
            assert (own.points, own.validated) == world.totals[period].get(cadre, (0, 0))
            if cadre in world.totals[period]:
                assert place in world.place(cadre, period).items()
            assert own.rank == boards[place].get(cadre), (period, kind)
            assert own.ranked == len(only_ranked(boards[place]))
            if cadre in world.totals[period]:
                assert found.near == around(shown[place], cadre)
            for percent, needed in found.benchmarks.items():
                assert needed == shown[place][-(-own.ranked * percent // 100) - 1].points
            assert len(found.benchmarks) == (3 if own.ranked else 0)
            check_page(found, period, shown.get(place, []))


def check_page(place: OwnPlace, period: str, board: list) -> None:
    """The whole page, read at once, shows the same place and the board's first rows."""
    page = own_page(place.own.cadre_id, period, place.own.board.kind, today=TODAY, months=6, rows=7)
    assert page.place == place
    assert page.top == board[:7]
    assert page.months == own_months(place.own.cadre_id, until=MONTHS[-1])
    check_steps(page, board)


def check_steps(page, board: list) -> None:
    """The next place above, the lead before the next below, who shares the place, and the best month."""
    own = page.place.own
    above = [row for row in board if own.rank and row.rank < own.rank]
    below = [row for row in board if own.rank and row.rank > own.rank]
    nearest = above[-1] if above else None
    assert page.ahead == (nearest and NextPlace(nearest.rank, nearest.points, nearest.validated))
    assert page.lead == (own.points - below[0].points if below else None)
    if own.rank:
        assert own.sharing == sum(row.rank == own.rank for row in board)
    scored = [month for month in page.months if month.points > 0]
    best = max(scored, key=lambda month: (month.points, month.month), default=None)
    assert page.history.best == best == own_best(own.cadre_id, until=MONTHS[-1])
    assert page.history.each == 50


def around(board: list, cadre: int) -> list:
    """The cadre's row with the two before and the two after; nothing for who is not on the board."""
    at = next((n for n, row in enumerate(board) if row.cadre_id == cadre), None)
    return [] if at is None else board[max(0, at - 2) : at + 3]


def check_frozen(world: World, month: str) -> None:
    """What a close wrote, and how it is read afterwards."""
    boards, totals = world.boards(month), world.totals[month]
    table = FrozenStanding
    frozen = db.session.scalars(select(table).where(table.month == month)).all()
    codes = {(kind, number): get_scope(kind, number).code for kind, number in boards}
    assert {
        (row.scope, row.scope_code, row.cadre_id): (row.rank, row.points, row.validated_signups)
        for row in frozen
    } == {
        (place[0], codes[place], cadre): (rank, *totals[cadre])
        for place, board in boards.items()
        for cadre, rank in board.items()
    }
    shown = check_boards(world, month)
    for cadre in world.cadres:
        for place in world.place(cadre, month).items():
            own = past_rank(cadre, month, place[0])
            assert (own is not None) == (cadre in totals)
            if own:
                assert own.rank == boards[place][cadre]
                assert past_neighbours(own) == around(shown[place], cadre)


def check_teams(world: World, period: str) -> None:
    """The board of host bodies is that of the rulebook, over a fresh sum; each cadre's own one is marked."""
    due = world.teams(period)
    ranks = rank_teams((host, *sums) for host, sums in due.items())
    board = team_board(period)
    assert {team.host_id: (team.points, team.members) for team in board.ranked} == {
        host: due[host] for host, rank in ranks.items() if rank
    }
    assert {team.host_id: team.rank for team in board.ranked} == only_ranked(ranks)
    assert [team.rank for team in board.ranked] == sorted(team.rank for team in board.ranked)
    assert {team.host_id for team in board.small} == {host for host, (_, n) in due.items() if n < 3}
    for cadre in world.cadres[:5]:
        month = period if period in MONTHS else MONTHS[-1]
        own = [host for since, host in world.host_of[cadre] if since <= month][-1]
        assert team_board(period, cadre_id=cadre).own_id == own


@few_big_worlds
@given(CADRES)
def test_live_ranks_are_those_of_the_rulebook(places, drawn):
    with played(places, drawn) as world:
        for period in (*MONTHS, *SUMS):
            check_own_places(world, period, check_boards(world, period))
            check_teams(world, period)
            if period in MONTHS:
                listed = {(row.scope, row.scope_code, row.cadre_id): row.rank for row in list_ranked(period)}
                assert listed == {
                    (place[0], get_scope(*place).code, cadre): rank
                    for place, board in world.boards(period).items()
                    for cadre, rank in board.items()
                }
        live = everything()
        rebuild_standings()
        assert everything() == live
        assert place_standings() == 0
        for period in (*MONTHS, *SUMS):
            check_teams(world, period)


@few_big_worlds
@given(CADRES)
def test_closed_months_keep_their_ranks_and_what_comes_later_ranks_in_the_next_month(places, drawn):
    first, second, running = MONTHS
    with played(places, drawn) as world:
        assert world.close(first) == 3 * len(world.totals[first])
        world.post(late=True)
        check_frozen(world, first)
        world.close(second)
        check_frozen(world, second)
        for period in (*MONTHS, *SUMS):
            check_teams(world, period)
        for period in (running, *SUMS):
            check_own_places(world, period, check_boards(world, period))
        for cadre in world.cadres:
            for one in own_months(cadre, until=running):
                branch = world.place(cadre, one.month)["branch"]
                assert one.rank == world.boards(one.month)["branch", branch][cadre]
                assert one.frozen == (one.month != running)


def everything():
    """The live standings and the counts of cadres by points."""
    standings = db.session.execute(select(*Standing.__table__.c).order_by("period", "cadre_id")).all()
    counts = db.session.execute(
        select(*ScoreCount.__table__.c).where(ScoreCount.cadres != 0).order_by("period", "level", "bucket"),
    ).all()
    return standings, counts


def test_standings_that_disagree_with_the_ledger_are_not_frozen(app):
    entry = NewEntry(make_cadre().id, "activity", "x:1", 50, 1, date(2026, 10, 5))
    post_entries([entry], by=Signature(get_operator(), NOW))
    settle_standings()
    wrong = {"points": Standing.points + 1, "score": Standing.score + 1_000_000}
    db.session.execute(update(Standing).where(Standing.period == "2026-10").values(wrong))
    lock_month("2026-10")
    with pytest.raises(RuleBroken, match=r"leaderboards\.standings_differ"):
        freeze_standings(month="2026-10")


def test_a_cadre_sees_a_third_at_least_three_at_most_a_hundred():
    counts = (0, 1, 9, 10, 12, 62, 300, 100_000)
    assert [visible_rows(n) for n in counts] == [3, 3, 3, 3, 4, 20, 100, 100]


def test_a_cadre_without_points_has_no_rank(app):
    cadre = make_cadre()
    for kind in SCOPES:
        place = own_place(cadre.id, "2026-11", kind)
        assert (place.own.points, place.own.rank, place.own.ranked) == (0, None, 0)
        assert (place.near, place.benchmarks) == ([], {})
        assert own_place(0, "2026-11", kind) is None
        assert own_page(0, "2026-11", kind, today=TODAY, months=6, rows=7) is None
    assert list_board(get_scope("nation", 0), "2026-11").rows == []


def test_a_scope_that_is_none_is_not_found(app):
    for kind, number in (("branch", 0), ("region", 0), ("galaxy", 1)):
        with pytest.raises(RuleBroken, match=r"leaderboards\.no_scope"):
            get_scope(kind, number)
