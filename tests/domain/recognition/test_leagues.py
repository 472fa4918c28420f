"""Leagues: fifths, groups, who rises, the gate, and what a member sees (rules.md 11.5 and 11.6)."""

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.quality import Gate
from portal.domain.recognition.leagues import (
    Member,
    begins_on,
    divide,
    groups,
    in_order,
    months_of,
    next_season,
    ranked,
    rise,
    risers,
    season_of,
    view_of,
)

MEMBERS = st.lists(
    st.builds(Member, st.text("ABKab-ü9", min_size=1, max_size=5), st.integers(-40, 300), st.integers(0, 3)),
    max_size=70,
    unique_by=lambda one: one.code,
)
STANDINGS = st.lists(st.tuples(st.integers(-20, 40), st.integers(0, 3)), min_size=1, max_size=30).map(
    lambda rows: [(key, *row) for key, row in enumerate(rows)]
)


def mean(one: Member) -> Fraction | None:
    return Fraction(one.points, one.months) if one.months else None


def stands_before(one: Member, other: Member) -> bool:
    """The slow and plain reading of the order: mean, then code by its bytes; no mean comes last."""
    mine, theirs = mean(one), mean(other)
    if (mine is None) != (theirs is None):
        return mine is not None
    if mine is not None and theirs is not None and mine != theirs:
        return mine > theirs
    return one.code.encode() < other.code.encode()


@given(MEMBERS)
def test_the_order_is_by_exact_means_then_by_code(members):
    ordered = in_order(members)
    assert sorted(ordered, key=lambda one: one.code) == sorted(members, key=lambda one: one.code)
    for place, one in enumerate(ordered):
        assert place == sum(stands_before(other, one) for other in members)


@given(MEMBERS, st.randoms())
def test_a_division_is_the_fifth_of_how_many_stand_before(members, chance):
    placed = [one for one in members if one.months]
    held = {one.code for one in members if chance.random() < 0.2}
    found = divide(chance.sample(members, len(members)), held=held)
    free = divide(members)
    for one in members:
        if one.months == 0:
            assert free[one.code] == 1
        else:
            before = sum(stands_before(other, one) for other in placed)
            assert free[one.code] == 5 - int(Fraction(5 * before, len(placed)))
        assert found[one.code] == (min(4, free[one.code]) if one.code in held else free[one.code])
    sizes = Counter(free[one.code] for one in placed)
    assert not placed or max(sizes.values()) - min(sizes.get(k, 0) for k in range(1, 6)) <= 1


def test_thirds_are_compared_exactly():
    # 33,333…3 against 33,3: no decimal of any length decides it.
    third, below = Member("A", 100, 3), Member("B", 66, 2)
    assert in_order([below, third]) == [third, below]
    assert in_order([Member("B", 2, 2), Member("A", 3, 3)]) == [Member("A", 3, 3), Member("B", 2, 2)]


@given(MEMBERS, st.integers(1, 24))
def test_groups_are_neighbours_of_nearly_equal_size(members, most):
    found = groups(members, most=most)
    assert set(found) == {one.code for one in members}
    if not members:
        return
    numbers = [found[one.code] for one in in_order(members)]
    assert numbers == sorted(numbers)
    sizes = Counter(numbers)
    assert set(sizes) == set(range(1, -(-len(members) // most) + 1))
    assert max(sizes.values()) <= most
    assert max(sizes.values()) - min(sizes.values()) <= 1


@given(STANDINGS, st.integers(1, 6))
def test_who_rises_has_points_and_fewer_than_n_better_ones(standings, n):
    found = risers(standings, n=n)
    for key, points, validated in standings:
        better = sum((other[1], other[2]) > (points, validated) for other in standings)
        assert (key in found) == (points > 0 and better < n)


def test_all_who_share_the_fifth_rank_rise():
    rows = [("a", 90, 0), ("b", 80, 0), ("c", 70, 0), ("d", 60, 0), ("e", 50, 1), ("f", 50, 1), ("g", 50, 0)]
    assert risers(rows, n=5) == {"a", "b", "c", "d", "e", "f"}
    assert risers([("a", 0, 3), ("b", -5, 0)], n=5) == set()


@given(st.integers(1, 5), st.booleans())
def test_nobody_falls_and_the_top_opens_only_to_who_passes(division, passes):
    after = rise(division, passes=passes)
    assert division <= after <= 5
    assert after == (division if division == 5 or (division == 4 and not passes) else division + 1)


@given(st.integers(0, 100), st.integers(1, 10), st.integers(0, 60), st.integers(0, 60))
def test_the_distance_to_the_gate_opens_it_and_one_less_does_not(percent, least, at_first, more):
    gate, decided = Gate(percent, least), at_first + more
    needed = gate.distance(at_first, decided)
    if needed is None:
        assert percent == 100
        assert not any(gate.is_open(at_first + n, decided + n) for n in range(500))
        return
    assert gate.is_open(at_first + needed, decided + needed)
    assert needed == 0 or not gate.is_open(at_first + needed - 1, decided + needed - 1)


@given(STANDINGS, st.integers(1, 6), st.randoms())
def test_a_member_sees_three_above_the_line_oneself_and_one_below_with_points(standings, n, chance):
    rows = ranked(standings)
    own = chance.choice(standings)[0]
    view = view_of(rows, own, n=n)
    shown = [row.key for row in view.rows]
    assert view.rises == risers(standings, n=n)
    assert own in shown
    assert len(shown) <= 5
    assert len([key for key in shown if key in view.rises and key != own]) <= 4
    order = [row.key for row in rows]
    beyond = [key for key in shown if order.index(key) > order.index(own) and key not in view.rises]
    assert len(beyond) <= 1
    # Nobody without points is shown to another: the bottom never is.
    assert all(row.points > 0 for row in view.rows if row.key != own)
    if view.to_line:
        key, points, validated = next(row for row in standings if row[0] == own)
        assert own not in view.rises
        lifted = [(key, points + view.to_line, validated) if row[0] == own else row for row in standings]
        assert own in risers(lifted, n=n)
        if view.to_line > 1:
            less = [
                (key, points + view.to_line - 1, validated) if row[0] == own else row for row in standings
            ]
            assert own not in risers(less, n=n)
    else:
        assert own in view.rises
        assert view.lead is not None
        assert view.lead >= 0


def test_seasons_are_calendar_quarters():
    assert [season_of(f"2026-{n:02}") for n in (1, 3, 4, 6, 7, 9, 10, 12)] == [
        "2026-Q1", "2026-Q1", "2026-Q2", "2026-Q2", "2026-Q3", "2026-Q3", "2026-Q4", "2026-Q4",
    ]  # fmt: skip
    assert months_of("2026-Q4") == ["2026-10", "2026-11", "2026-12"]
    assert str(begins_on("2027-Q1")) == "2027-01-01"
    assert next_season("2026-Q4") == "2027-Q1"
