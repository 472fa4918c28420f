"""Where to go next, and whose village it is (rules.md 12.3)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.coverage import (
    Village,
    covering,
    in_order,
    months_without,
    one_decimal,
    shade,
    share,
    where_next,
    whole_months,
)

TODAY = date(2026, 11, 10)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
CODES = st.integers(1_000_000_000, 9_999_999_999).map(str)
VILLAGES = st.builds(
    Village,
    CODES,
    st.none() | st.integers(0, 100_000),
    st.integers(0, 100_000),
    st.integers(0, 500),
    st.none() | DAYS,
)


def on_by_hand(day: date, months: int) -> date:
    """The same day so many months later, by counting days: the last one of a month that lacks it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


@pytest.mark.parametrize(
    ("since", "day", "months"),
    [
        (date(2026, 10, 10), date(2026, 11, 9), 0),
        (date(2026, 10, 10), date(2026, 11, 10), 1),
        (date(2026, 10, 11), date(2026, 11, 10), 0),
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2024, 1, 31), date(2024, 2, 28), 0),
        (date(2026, 2, 28), date(2026, 3, 28), 1),
        (date(2025, 11, 10), date(2026, 11, 10), 12),
        (date(2026, 11, 11), date(2026, 11, 10), 0),
    ],
)
def test_whole_months_end_on_the_same_day_or_the_months_last_one(since, day, months):
    assert whole_months(since, day) == months


@given(DAYS, DAYS)
def test_whole_months_are_the_most_that_fit(since, day):
    months = whole_months(since, day)
    if since <= day:
        assert on_by_hand(since, months) <= day < on_by_hand(since, months + 1)
    else:
        assert months == 0


@given(VILLAGES, DAYS)
def test_where_next_is_exact_and_never_below_nothing(village, day):
    need = where_next(village, day)
    missing = max(0, (village.estimate or 0) - village.participants)
    assert need * 12 == missing * months_without(village.last_visit, day)
    assert 0 <= need <= missing
    if village.last_visit is None:
        assert need == missing


@given(VILLAGES, DAYS, st.integers(1, 5_000))
def test_more_workers_or_more_time_never_lower_the_need(village, day, more):
    larger = Village(village.code, (village.estimate or 0) + more, *_rest(village))
    assert where_next(larger, day) >= where_next(village, day)
    if village.last_visit is not None and village.last_visit <= day:
        assert where_next(village, day + timedelta(days=more)) >= where_next(village, day)


def _rest(village):
    return village.participants, village.visits, village.last_visit


@given(st.lists(VILLAGES, max_size=12, unique_by=lambda one: one.code), DAYS)
def test_the_neediest_come_first_and_ties_by_code(villages, day):
    ordered = in_order(villages, day)
    keys = [(where_next(one, day), one.code) for one in ordered]
    assert sorted(one.code for one in ordered) == sorted(one.code for one in villages)
    for (need, code), (other, later) in pairwise(keys):
        assert need > other or (need == other and code < later)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Fraction(1940), "1940.0"),
        (Fraction(1, 12), "0.1"),
        (Fraction(1, 20), "0.1"),
        (Fraction(7, 12), "0.6"),
        (Fraction(149, 1000), "0.1"),
        (Fraction(0), "0.0"),
    ],
)
def test_a_half_is_rounded_up_to_one_decimal(amount, shown):
    assert str(one_decimal(amount)) == shown


@given(st.fractions(0, 10**7))
def test_what_is_shown_is_less_than_a_twentieth_away(amount):
    shown = one_decimal(amount)
    assert shown == shown.quantize(Decimal("0.1"))
    assert -Fraction(1, 20) <= amount - Fraction(shown) < Fraction(1, 20)


def test_a_village_that_was_just_visited_can_wait():
    assert where_next(Village("1671071005", 900, 100, 3, TODAY), TODAY) == 0
    assert where_next(Village("1671071005", 900, 100, 3, date(2026, 7, 2)), TODAY) == Fraction(800 * 4, 12)
    assert where_next(Village("1671071005", None, 5, 3, None), TODAY) == 0


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_the_shade_follows_the_share(participants, estimate):
    tenths = participants * 10 // estimate
    assert shade(participants, estimate) == min(tenths, 4) + 1
    assert share(participants, estimate) == Fraction(participants, estimate)


def test_without_an_estimate_there_is_no_share_and_no_shade():
    assert share(5, 0) is None
    assert shade(5, 0) == 0


def test_a_village_belongs_to_the_longest_region_code_it_begins_with():
    regions = {"16": [1], "1671": [2, 3], "167107": [4]}
    assert covering("1671071005", regions) == [4]
    assert covering("1671011001", regions) == [2, 3]
    assert covering("1602012001", regions) == [1]
    assert covering("3171011001", regions) == []
