"""Ranks, shared prizes and teams (rules.md 4)."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.ranking import average_tenths, rank, rank_teams, signups_to_reach, split_prizes

ROWS = st.lists(st.tuples(st.integers(-30, 60), st.integers(0, 4)), max_size=30).map(
    lambda rows: [(n, *row) for n, row in enumerate(rows)]
)
AMOUNTS = st.lists(st.integers(0, 500_000), min_size=1, max_size=5)


def test_equals_share_a_rank_and_the_next_one_counts_them_all() -> None:
    rows = [
        ("ana", 90, 3),
        ("budi", 80, 2),
        ("citra", 80, 2),
        ("dewi", 80, 1),
        ("eko", 0, 9),
        ("fitri", -50, 0),
    ]
    assert rank(rows) == {"ana": 1, "budi": 2, "citra": 2, "dewi": 4, "eko": None, "fitri": None}


@given(ROWS, st.randoms())
def test_a_rank_is_one_more_than_the_number_who_stand_better(rows: list, chance) -> None:
    ranks = rank(rows)
    for key, points, validated in rows:
        better = sum((other[1], other[2]) > (points, validated) for other in rows if other[1] > 0)
        assert ranks[key] == (better + 1 if points > 0 else None)
    chance.shuffle(rows)
    assert rank(rows) == ranks


def test_those_who_share_ranks_1_and_2_split_both_prizes() -> None:
    prizes = split_prizes({"ana": 1, "budi": 1, "citra": 3, "dewi": 4}, [500_000, 300_000, 200_000])
    assert prizes == {"ana": 400_000, "budi": 400_000, "citra": 200_000}


def test_what_is_left_over_of_a_split_is_not_paid() -> None:
    shared = split_prizes({"ana": 1, "budi": 2, "citra": 2, "dewi": 2}, [500_000, 300_000, 200_000])
    assert shared == {"ana": 500_000, "budi": 166_666, "citra": 166_666, "dewi": 166_666}


def test_who_lacks_a_validated_signup_keeps_the_rank_and_the_prize_is_not_passed_on() -> None:
    prizes = split_prizes(
        {"ana": 1, "budi": 1, "citra": 3},
        [500_000, 300_000, 200_000],
        validated={"ana": 0, "budi": 1},
        min_validated=1,
    )
    assert prizes == {"budi": 400_000}


@given(ROWS, AMOUNTS, st.integers(0, 2))
def test_prizes_never_exceed_what_was_offered_and_equals_get_the_same(
    rows: list, amounts: list[int], least: int
) -> None:
    ranks = rank(rows)
    validated = {key: count for key, _, count in rows}
    open_to_all = split_prizes(ranks, amounts)
    prizes = split_prizes(ranks, amounts, validated=validated, min_validated=least)
    assert sum(prizes.values()) <= sum(open_to_all.values()) <= sum(amounts)
    assert prizes == {key: won for key, won in open_to_all.items() if validated[key] >= least}
    winners = sum(place is not None and place <= len(amounts) for place in ranks.values())
    if winners >= len(amounts):
        assert sum(open_to_all.values()) > sum(amounts) - max(winners, 1)
    for key, won in open_to_all.items():
        assert {open_to_all[other] for other in open_to_all if ranks[other] == ranks[key]} == {won}


def test_teams_of_three_are_ranked_by_their_exact_average() -> None:
    teams = [("a", 100, 3), ("b", 200, 6), ("c", 333, 10), ("d", 9999, 2), ("e", 0, 5), ("f", 34, 1)]
    assert rank_teams(teams) == {"a": 1, "b": 1, "c": 3, "d": None, "e": None, "f": None}
    assert average_tenths(100, 3) == average_tenths(333, 10) == 333  # shown alike, and still not equal
    assert [average_tenths(n, 4) for n in (1, -1)] == [3, -2]  # 0.25 and -0.25, rounded half up


@given(st.lists(st.tuples(st.integers(-20, 60), st.integers(1, 8)), max_size=20), st.randoms())
def test_a_team_is_as_many_places_down_as_teams_are_better(rows: list, chance) -> None:
    teams = [(n, *row) for n, row in enumerate(rows)]
    ranks = rank_teams(teams)
    for key, points, members in teams:
        better = sum(p * members > points * m for _, p, m in teams if m >= 3 and p > 0)
        assert ranks[key] == (better + 1 if members >= 3 and points > 0 else None)
    chance.shuffle(teams)
    assert rank_teams(teams) == ranks


PLACE = st.tuples(st.integers(-100, 500), st.integers(0, 9))


@given(PLACE, PLACE, st.integers(0, 80))
def test_so_many_signups_reach_the_next_place_and_one_fewer_does_not(own, ahead, each: int) -> None:
    needed = signups_to_reach(own, ahead, each)
    if each == 0 or own >= ahead:
        assert needed == 0
    else:
        assert (own[0] + needed * each, own[1] + needed) >= ahead
        assert (own[0] + (needed - 1) * each, own[1] + needed - 1) < ahead
