"""Months, local dates and the calendar of a close (rules.md 1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from domain.strategies import DAYS, MONTHS
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import months
from portal.domain.errors import RuleBroken


@given(DAYS)
def test_every_day_lies_between_the_first_and_last_day_of_its_month(day: date) -> None:
    month = months.month_of(day)
    assert months.first_day(month) <= day <= months.last_day(month)
    assert months.parse_month(month) == month


@given(MONTHS)
def test_the_day_after_the_last_day_opens_the_next_month(month: str) -> None:
    assert months.month_of(months.last_day(month) + timedelta(days=1)) == months.next_month(month)
    assert months.previous_month(months.next_month(month)) == month


@given(MONTHS, st.integers(-100, 100))
def test_adding_months_and_counting_between_are_inverse(month: str, n: int) -> None:
    other = months.add_months(month, n)
    assert months.months_between(month, other) == n
    assert (other > month) == (n > 0)


@given(MONTHS, st.integers(-5, 30))
def test_a_range_holds_both_ends_and_nothing_if_it_runs_backwards(month: str, n: int) -> None:
    listed = months.month_range(month, months.add_months(month, n))
    assert len(listed) == max(0, n + 1)
    assert listed == sorted(set(listed))


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "202610", "2026-1", "26-10", "٢٠٢٦-10", "", "2026-10-01"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        months.parse_month(text)
    assert refusal.value.code == "month.malformed"


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2024, 5, 31), 3, date(2024, 2, 29)),
        (date(2026, 10, 18), 3, date(2026, 7, 18)),
        (date(2026, 1, 31), 1, date(2025, 12, 31)),
    ],
)
def test_going_back_months_keeps_the_day_or_takes_the_last_one(day: date, n: int, expected: date) -> None:
    assert months.subtract_months(day, n) == expected


def test_half_past_midnight_in_jayapura_is_december_while_jakarta_is_still_in_november() -> None:
    instant = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert months.local_date(instant, "Asia/Jayapura") == date(2026, 12, 1)
    assert months.local_date(instant, "Asia/Jakarta") == date(2026, 11, 30)
    assert months.has_begun("2026-12", instant, "Asia/Jayapura")
    assert not months.has_begun("2026-12", instant, "Asia/Makassar")
    assert not months.has_ended_everywhere("2026-11", instant)


def test_a_month_has_ended_everywhere_at_midnight_in_jakarta() -> None:
    midnight = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    assert months.has_ended_everywhere("2026-11", midnight)
    assert not months.has_ended_everywhere("2026-11", midnight - timedelta(microseconds=1))


@given(st.datetimes(min_value=datetime(2015, 1, 2), max_value=datetime(2039, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_month_that_ended_everywhere_has_been_followed_by_one_that_begun_everywhere(
    instant: datetime,
) -> None:
    month = months.previous_month(months.month_of(months.local_date(instant, "Asia/Jakarta")))
    assert months.has_ended_everywhere(month, instant)
    assert all(months.has_begun(months.next_month(month), instant, zone) for zone in months.ZONES)


def test_a_naive_instant_and_an_unknown_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        months.local_date(datetime(2026, 11, 30), "Asia/Jakarta")  # noqa: DTZ001
    with pytest.raises(RuleBroken) as refusal:
        months.local_date(datetime(2026, 11, 30, tzinfo=UTC), "Europe/Amsterdam")
    assert refusal.value.code == "zone.unknown"


def test_what_was_earned_in_a_closed_month_is_posted_in_the_oldest_open_one() -> None:
    assert months.posted_month(earned="2026-10", last_closed=None) == "2026-10"
    assert months.posted_month(earned="2026-10", last_closed="2026-09") == "2026-10"
    assert months.posted_month(earned="2026-10", last_closed="2026-10") == "2026-11"
    assert months.posted_month(earned="2019-03", last_closed="2026-10") == "2026-11"


@given(MONTHS, MONTHS | st.none())
def test_nothing_is_ever_posted_to_a_closed_month_nor_before_it_was_earned(
    earned: str, closed: str | None
) -> None:
    posted = months.posted_month(earned=earned, last_closed=closed)
    assert posted >= earned
    assert closed is None or posted > closed
    assert (posted == earned) == (closed is None or earned > closed)


def test_the_close_moment_is_two_in_the_morning_in_jakarta_on_the_close_day() -> None:
    assert months.close_moment("2026-10", 3) == datetime(2026, 11, 2, 19, 0, tzinfo=UTC)
    assert months.close_moment("2026-12", 3) == datetime(2027, 1, 2, 19, 0, tzinfo=UTC)


@given(MONTHS, st.integers(1, 28))
def test_a_month_has_always_ended_at_its_close_moment(month: str, close_day: int) -> None:
    assert months.has_ended_everywhere(month, months.close_moment(month, close_day))
