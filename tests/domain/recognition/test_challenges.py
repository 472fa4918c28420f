"""Challenges: what counts for a window, how teams add up, and the window of the preview (rules.md 11.4)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import RuleBroken
from portal.domain.months import ZONES, local_date
from portal.domain.recognition.challenges import (
    Thing,
    check_counts,
    check_window,
    days_left,
    is_due,
    number,
    over_at,
    phase,
    same_days_before,
    team_number,
)

THINGS = st.lists(
    st.builds(
        Thing, st.sampled_from([f"activity:{n}" for n in range(12)]), st.sampled_from([None, "1", "2", "3"])
    ),
    max_size=15,
)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
METRICS = ("activities", "villages", "signups", "retention")


@given(st.lists(THINGS, max_size=6), st.sampled_from(METRICS))
def test_a_team_is_the_sum_of_its_members_and_a_village_counts_once(shares, metric):
    team = dict(enumerate(shares))
    own = {key: number(metric, things) for key, things in team.items()}
    found = team_number(metric, team)
    assert max(own.values(), default=0) <= found <= sum(own.values())
    if metric == "villages":
        assert found == len({one.village for things in shares for one in things} - {None})
    elif len({one.source for things in shares for one in things}) == sum(
        len({one.source for one in things}) for things in shares
    ):  # no work belongs to two members
        assert found == sum(own.values())


def test_the_same_work_counts_once():
    twice = [Thing("activity:a", "1"), Thing("activity:a", "1"), Thing("activity:b", "1")]
    assert number("activities", twice) == 2
    assert number("villages", twice) == 1


@given(DAYS, st.sampled_from(ZONES), st.integers(-200_000, 200_000))
def test_a_day_is_over_when_the_next_one_begins_in_its_zone(day, zone, seconds):
    at = over_at(day, zone) + timedelta(seconds=seconds)
    assert (at < over_at(day, zone)) == (local_date(at, zone) <= day)


def test_a_result_waits_for_the_last_zone():
    last = date(2026, 11, 7)
    eastern = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)  # midnight of the 11th in Jayapura
    western = datetime(2026, 11, 10, 17, 0, tzinfo=UTC)  # and in Jakarta
    assert is_due(last, 3, eastern, ["Asia/Jayapura"])
    assert not is_due(last, 3, eastern - timedelta(seconds=1), ["Asia/Jayapura"])
    assert not is_due(last, 3, eastern, ZONES)
    assert is_due(last, 3, western, ZONES)


def test_the_phases_follow_the_days():
    first, last = date(2026, 11, 3), date(2026, 11, 9)
    told = [phase(first, last, date(2026, 11, day), settled=False, cancelled=False) for day in (2, 3, 9, 10)]
    assert told == ["announced", "running", "running", "counting"]
    assert phase(first, last, last, settled=True, cancelled=False) == "over"
    assert phase(first, last, first, settled=False, cancelled=True) == "cancelled"
    assert [days_left(last, date(2026, 11, day)) for day in (3, 9, 10)] == [7, 1, 0]


@given(DAYS, st.integers(0, 91), DAYS, st.integers(0, 5))
def test_the_preview_looks_at_a_window_that_is_over_and_decided(first, length, today, days_after):
    last = first + timedelta(days=length)
    at = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    begin, end = same_days_before(first, last, at, "Asia/Jakarta", days_after=days_after)
    assert begin <= end < today - timedelta(days=days_after)
    assert end < last


def test_the_preview_of_a_whole_month_is_a_whole_month():
    at = datetime(2027, 3, 10, 5, tzinfo=UTC)
    found = same_days_before(date(2027, 4, 1), date(2027, 4, 30), at, "Asia/Jakarta", days_after=3)
    assert found == (date(2027, 2, 1), date(2027, 2, 28))


@pytest.mark.parametrize(
    ("metric", "of", "goal", "code"),
    [
        ("points", None, 5, "contests.metric"),
        ("activities", "party", 5, "contests.of"),
        ("signups", "3", 5, "contests.of"),
        ("retention", None, 5, "contests.of"),
        ("retention", "4", 5, "contests.of"),
        ("villages", None, 0, "contests.goal"),
        ("activities", "stand", 10_001, "contests.goal"),
    ],
)
def test_what_cannot_be_counted_is_refused(metric, of, goal, code):
    with pytest.raises(RuleBroken) as refused:
        check_counts(metric, of, goal)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 11, 10), date(2026, 11, 12), "contests.begun"),
        (date(2026, 11, 12), date(2026, 11, 11), "contests.ends_early"),
        (date(2026, 11, 12), date(2027, 2, 12), "contests.too_long"),
    ],
)
def test_a_window_lies_ahead_and_is_a_quarter_at_most(first, last, code):
    with pytest.raises(RuleBroken) as refused:
        check_window(first, last, date(2026, 11, 10))
    assert refused.value.code == code
    check_window(date(2026, 11, 12), date(2027, 2, 11), date(2026, 11, 10))
