"""Ranks by SQL are those of the rulebook: live, frozen, page by page, ties included."""

import random
from datetime import UTC, date, datetime

import pytest
from factories import actor_of, make_branch, make_cadre, make_region, make_user
from sqlalchemy import select, text, update

from portal.cadres.models import CadreTerm
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import RuleBroken
from portal.domain.ranking import rank as rank_of
from portal.leaderboards.models import FrozenStanding
from portal.leaderboards.queries.boards import list_board, visible_rows
from portal.leaderboards.queries.own import Neighbourhood, neighbours, own_months, own_rank
from portal.leaderboards.queries.past import past_neighbours, past_rank
from portal.leaderboards.queries.ranked import list_ranked
from portal.leaderboards.queries.scopes import find_scope
from portal.leaderboards.services import freeze_standings
from portal.points.models import Month, ScoreCount, Standing
from portal.points.services.months import lock_month
from portal.points.services.posting import NewEntry, post_entries, reverse_entry
from portal.points.services.rebuilding import place_misplaced_standings, rebuild_standings

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
SCOPES = ("branch", "region", "nation")


class World:
    """Three branches in two regions, and cadres with points and sign-ups in every kind of tie."""

    def __init__(self, seed: int, size: int = 40) -> None:
        self.random = random.Random(seed)
        regions = [make_region(), make_region()]
        branches = [make_branch(regional_office_id=regions[n].id) for n in (0, 0, 1)]
        self.region_of = {branch.id: branch.regional_office_id for branch in branches}
        self.actor = actor_of(make_user(role="admin"))
        self.branch: dict[int, int] = {}
        for _ in range(size):
            cadre = make_cadre(
                branch_id=self.random.choice(branches).id, account=False, name=self.random.choice("ABC")
            )
            self.branch[cadre.id] = cadre.branch_id
        self.count = 0

    def score(self) -> None:
        """Post a few dozen entries and reverse some of them."""
        entries = []
        for cadre_id in self.branch:
            for _ in range(self.random.choice((0, 1, 1, 2, 4))):
                kind = self.random.choice(("signup", "activity", "activity", "fraud"))
                value = {"signup": 50, "fraud": -50, "activity": self.random.choice((50, 100, 75))}[kind]
                self.count += 1
                earned = date(2026, self.random.choice((10, 11)), 5)
                entries.append(NewEntry(cadre_id, kind, f"x:{self.count}", value, 1, earned))
        with transaction():
            post_entries(entries, actor=self.actor, at=NOW)
        with transaction():
            for entry in self.random.sample(entries, len(entries) // 5):
                reverse_entry(source=entry.source, kind=entry.kind, actor=self.actor, at=NOW)

    def totals(self, period: str) -> dict[int, tuple[int, int]]:
        sql = "SELECT cadre_id, points, kind FROM ledger_entries" + (
            "" if period == "ALL" else " WHERE month = :m"
        )
        sums: dict[int, tuple[int, int]] = {}
        for cadre_id, value, kind in db.session.execute(text(sql), {} if period == "ALL" else {"m": period}):
            had = sums.get(cadre_id, (0, 0))
            sums[cadre_id] = (had[0] + value, had[1] + {"signup": 1, "signup_reversal": -1}.get(kind, 0))
        return sums

    def scope_of(self, cadre_id: int, scope: str) -> int:
        branch = self.branch[cadre_id]
        return {"branch": branch, "region": self.region_of[branch], "nation": 0}[scope]

    def expected(self, period: str, scope: str) -> dict[int, int | None]:
        totals = self.totals(period)
        ranks: dict[int, int | None] = {}
        for number in {self.scope_of(cadre_id, scope) for cadre_id in self.branch}:
            members = [c for c in totals if self.scope_of(c, scope) == number]
            ranks |= rank_of((c, *totals[c]) for c in members)
        return ranks


@pytest.mark.parametrize("seed", range(6))
def test_live_ranks_are_those_of_the_rulebook(app, seed):
    world = World(seed)
    for _ in range(2):
        world.score()
        for period in ("2026-10", "2026-11", "ALL"):
            for scope in SCOPES:
                expected = world.expected(period, scope)
                for cadre_id in world.branch:
                    own = own_rank(cadre_id, period)
                    assert own.ranks[scope] == expected.get(cadre_id)
                    peers = [
                        r
                        for c, r in expected.items()
                        if r and world.scope_of(c, scope) == world.scope_of(cadre_id, scope)
                    ]
                    assert own.ranked[scope] == len(peers)


@pytest.mark.parametrize("seed", range(3))
def test_boards_page_by_page_show_everybody_once_with_the_right_rank(app, seed):
    world = World(seed, size=30)
    world.score()
    for scope in SCOPES:
        expected = world.expected("2026-11", scope)
        for number in {world.scope_of(c, scope) for c in world.branch}:
            place = find_scope(scope, number)
            seen, after = [], None
            while True:
                board = list_board(place, "2026-11", after=after, rows=4)
                seen += board.rows
                after = board.after
                if after is None:
                    break
            wanted = {c: r for c, r in expected.items() if r and world.scope_of(c, scope) == number}
            assert {row.cadre_id: row.rank for row in seen} == wanted
            assert len(seen) == len(wanted)
            assert [row.rank for row in seen] == sorted(row.rank for row in seen)


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_are_the_nearest_two_each_side(app, seed):
    world = World(seed)
    world.score()
    for scope in SCOPES:
        for cadre_id in world.branch:
            own = own_rank(cadre_id, "2026-11")
            near = neighbours(own, scope)
            board = list_board(own.scopes[scope], "2026-11").rows
            if own.points <= 0:
                assert near.rows == []
                continue
            at = next(n for n, row in enumerate(board) if row.cadre_id == cadre_id)
            assert near.rows == board[max(0, at - 2) : at + 3]
            for percent, needed in near.benchmarks.items():
                place = -(-len(board) * percent // 100)
                assert needed == board[place - 1].points


@pytest.mark.parametrize("seed", range(3))
def test_rebuilt_standings_and_counts_equal_the_live_ones(app, seed):
    world = World(seed)
    world.score()
    before = everything()
    with transaction():
        rebuild_standings()
    assert everything() == before
    with transaction():
        assert place_misplaced_standings() == 0


def everything():
    standings = db.session.execute(select(*Standing.__table__.c).order_by("period", "cadre_id")).all()
    counts = db.session.execute(
        select(*ScoreCount.__table__.c).where(ScoreCount.cadres != 0).order_by("period", "level", "bucket"),
    ).all()
    db.session.rollback()
    return standings, counts


@pytest.mark.parametrize("seed", range(3))
def test_frozen_standings_are_those_of_the_rulebook_in_the_branch_of_that_month(app, seed):
    world = World(seed)
    world.score()
    mover = next(iter(world.branch))
    moved_to = next(b for b in world.region_of if b != world.branch[mover])
    db.session.add(CadreTerm(cadre_id=mover, from_month="2026-11", branch_id=moved_to))
    db.session.commit()
    with transaction():
        place_misplaced_standings()
        lock_month("2026-10")
        preview = list(list_ranked("2026-10"))
        assert freeze_standings(month="2026-10") == len(preview)
    totals = world.totals("2026-10")
    for scope in SCOPES:
        expected = world.expected("2026-10", scope)
        rows = (
            db.session.execute(
                select(FrozenStanding).where(
                    FrozenStanding.month == "2026-10", FrozenStanding.scope == scope
                ),
            )
            .scalars()
            .all()
        )
        assert {row.cadre_id: row.rank for row in rows} == expected
        assert {row.cadre_id: (row.points, row.validated_signups) for row in rows} == totals
        assert {r.cadre_id: r.rank for r in preview if r.scope == scope} == expected


def test_a_closed_month_is_read_as_it_was_frozen(app):
    world = World(1)
    world.score()
    with transaction():
        lock_month("2026-10")
        freeze_standings(month="2026-10")
        db.session.execute(
            update(Month)
            .where(Month.month == "2026-10")
            .values(status="closed", digest="d" * 64, closed_at=NOW),
        )
    for scope in SCOPES:
        expected = world.expected("2026-10", scope)
        for cadre_id in world.branch:
            found = past_rank(cadre_id, "2026-10")
            if cadre_id not in expected:
                assert found is None
                continue
            own = found
            assert own.ranks[scope] == expected[cadre_id]
            place = find_scope(scope, world.scope_of(cadre_id, scope))
            board, after = [], None
            while True:
                page = list_board(place, "2026-10", after=after, rows=7)
                board += page.rows
                after = page.after
                if after is None:
                    break
            assert page.frozen or not board
            near = past_neighbours(own, scope)
            if own.ranks[scope] is None:
                assert near == []
                continue
            at = next(n for n, row in enumerate(board) if row.cadre_id == cadre_id)
            assert near == board[max(0, at - 2) : at + 3]
    months = {
        m.month: m for m in own_months(next(iter(world.expected("2026-10", "branch"))), until="2026-11")
    }
    assert months["2026-10"].frozen


def test_standings_that_disagree_with_the_ledger_are_not_frozen(app):
    world = World(2)
    world.score()
    db.session.execute(
        text("UPDATE standings SET points = points + 1, score = score + 1000000 WHERE period = '2026-10'")
    )
    db.session.commit()
    with transaction():
        lock_month("2026-10")
        with pytest.raises(RuleBroken, match=r"leaderboards\.standings_differ"):
            freeze_standings(month="2026-10")


def test_a_cadre_sees_a_third_at_least_three_at_most_a_hundred():
    assert [visible_rows(n) for n in (0, 1, 9, 10, 12, 62, 300, 100_000)] == [
        3,
        3,
        3,
        3,
        4,
        20,
        100,
        100,
    ]


def test_a_cadre_without_points_has_no_rank(app):
    cadre = make_cadre()
    own = own_rank(cadre.id, "2026-11")
    assert (own.points, own.ranks["nation"], own.ranked["nation"]) == (0, None, 0)
    assert neighbours(own, "branch") == Neighbourhood([], {})
    assert own_rank(0, "2026-11") is None
    assert list_board(find_scope("nation", 0), "2026-11").rows == []


def test_a_scope_that_is_none_is_not_found(app):
    for kind, number in (("branch", 0), ("region", 0), ("galaxy", 1)):
        with pytest.raises(RuleBroken, match=r"leaderboards\.no_scope"):
            find_scope(kind, number)
