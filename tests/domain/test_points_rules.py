"""The bounds of a version of the points rules, how it differs, when it may begin (rules.md 3.2)."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import RuleBroken
from portal.domain.months import first_day
from portal.domain.points import DEFAULT_RULES
from portal.domain.points_rules import (
    MOST,
    NUMBERS,
    check_document,
    compare,
    earliest_month,
    number_of,
    require_notice,
    write_document,
)

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


def test_the_shipped_rules_are_within_the_bounds():
    check_document(DEFAULT_RULES)
    assert compare(DEFAULT_RULES, deepcopy(DEFAULT_RULES)) == []


@given(st.sampled_from(NUMBERS), st.integers(1, 3))
def test_one_number_that_is_written_is_the_one_that_differs(one, value):
    value = -value if one[0] == "fraud" else value
    after = write_document({one: value}, DEFAULT_RULES)
    before = number_of(DEFAULT_RULES, *one)
    assert number_of(after, *one) == value
    expected = [] if before == value else [(*one, before, value)]
    assert [tuple(change) for change in compare(DEFAULT_RULES, after)] == expected


@pytest.mark.parametrize("value", [0, -1, MOST + 1])
@pytest.mark.parametrize("one", NUMBERS)
def test_nothing_is_worth_nothing_or_more_than_the_most(one, value):
    with pytest.raises(RuleBroken, match=r"points_rules\.number"):
        check_document(write_document({one: -value if one[0] == "fraud" else value}, DEFAULT_RULES))


@given(DAYS, st.integers(0, 40))
def test_the_earliest_month_begins_when_the_notice_is_over(today, notice):
    month = earliest_month(today, notice)
    told = today + timedelta(days=notice)
    assert first_day(month) >= told
    assert (first_day(month) - told).days < 31
    require_notice(month, today, notice)


def test_seven_days_before_new_year_is_in_time_and_six_are_not():
    require_notice("2027-01", date(2026, 12, 25), 7)
    with pytest.raises(RuleBroken, match=r"points_rules\.too_soon"):
        require_notice("2027-01", date(2026, 12, 26), 7)
