"""Weekly streaks: worked examples, the edges of ISO years, and a slow reading of the rule beside (rules.md 11.2)."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from slowly import slow_streak

from portal.domain.recognition.streaks import (
    count_weeks,
    monday_of,
    month_of_week,
    streak_of,
)

WEEK = timedelta(days=7)


def streak(days, today, *, neutral=(), freezes=2):
    return streak_of(count_weeks(days), set(neutral), today, freezes)


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 10)), max_size=12),
    st.sets(st.integers(0, 70), max_size=12),
    st.integers(0, 420),
    st.integers(0, 3),
)
@settings(max_examples=400)
def test_the_streak_is_what_a_slow_reading_of_the_rule_says(runs, neutral, until, freezes):
    """Histories are runs of weeks, so that long streaks with gaps are common; 2015 has 53 weeks."""
    start = date(2014, 12, 22)
    days = [start + timedelta(days=first) + WEEK * n for first, length in runs for n in range(length)]
    away = {monday_of(start) + WEEK * n for n in neutral}
    today = start + timedelta(days=until)

    found = streak([day for day in days if day <= today], today, neutral=away, freezes=freezes)

    assert (found.number, found.longest) == slow_streak(days, away, today, freezes)
    assert len(found.longest_weeks) == found.longest
    assert sum(week.state == "counts" for week in found.weeks) == len(
        {monday_of(d) for d in days if d <= today}
    )


def test_one_report_keeps_a_week_and_ten_do_no_more():
    monday = date(2026, 10, 5)
    assert streak([monday], monday).number == streak([monday] * 10, monday).number == 1


def test_two_weeks_of_a_month_are_frozen_by_themselves_and_the_third_ends_the_streak():
    first, today = date(2026, 9, 28), date(2026, 11, 2)  # its Thursday is the first of October

    def after(count):
        return streak([first], first + WEEK * (count + 1))

    assert [after(count).number for count in (1, 2, 3)] == [1, 1, 0]
    assert [week.state for week in streak([first], today).weeks] == [
        *("counts", "frozen", "frozen", "empty", "empty", "running")
    ]


def test_frozen_weeks_of_a_new_month_are_counted_anew():
    first = date(2026, 10, 12)  # 19 and 26 October are frozen, 2 and 9 November as well
    assert streak([first], date(2026, 11, 16)).number == 1
    assert streak([first], date(2026, 11, 16)).freezes_left_this_month == 0
    assert streak([first], date(2026, 11, 23)).number == 0


def test_a_neutral_week_counts_when_there_was_work_and_costs_nothing_when_there_was_none():
    first = date(2026, 3, 2)
    days = [first, first + WEEK * 2]
    neutral = {first + WEEK * n for n in (1, 2, 3, 4)}
    found = streak(days, first + WEEK * 5, neutral=neutral, freezes=0)
    assert (found.number, [week.state for week in found.weeks]) == (
        2,
        ["counts", "neutral", "counts", "neutral", "neutral", "running"],
    )


def test_nothing_is_frozen_outside_a_streak():
    gone = date(2026, 10, 5)
    found = streak([gone, gone + WEEK * 4], gone + WEEK * 4)
    assert [week.state for week in found.weeks] == ["counts", "frozen", "frozen", "empty", "counts"]
    # The month's freezes are used up by the streak that ended.
    again = streak([gone, gone + WEEK * 3], gone + WEEK * 5, freezes=2)
    assert [week.state for week in again.weeks][:4] == ["counts", "frozen", "frozen", "counts"]


def test_the_running_week_adds_when_it_counts_and_never_ends_anything():
    first = date(2026, 10, 5)
    sunday = first + WEEK * 2 - timedelta(days=1)
    assert streak([first], sunday, freezes=0).number == 1
    assert streak([first, sunday], sunday, freezes=0).number == 2
    assert streak([first], sunday + timedelta(days=1), freezes=0).number == 0


def test_a_late_approval_repairs_a_streak_and_a_withdrawal_takes_it_back():
    first = date(2026, 10, 5)
    days = [first + WEEK * n for n in range(4)]
    today = days[-1]
    gap = [*days[:2], days[3]]
    assert streak(gap, today, freezes=0).number == 1
    assert streak(days, today, freezes=0).number == 4
    assert streak(gap, today, freezes=0).longest == 2


def test_weeks_belong_to_the_month_of_their_thursday():
    assert month_of_week(date(2026, 12, 28)) == "2026-12"
    assert month_of_week(date(2024, 12, 30)) == "2025-01"
    assert month_of_week(date(2024, 2, 26)) == "2024-02"  # its Thursday is the leap day
    assert monday_of(date(2027, 1, 3)) == date(2026, 12, 28)  # week 53 of 2026


def test_a_year_of_53_weeks_without_a_gap_is_a_streak_of_53():
    days = [date(2020, 1, 2) + WEEK * n for n in range(53)]
    assert (days[-1].isocalendar()[:2], streak(days, days[-1], freezes=0).number) == ((2020, 53), 53)


def test_how_many_weeks_may_be_frozen_is_asked_of_each_month():
    first = date(2026, 10, 5)
    found = streak([first], first + WEEK * 5, freezes=lambda month: 1 if month == "2026-10" else 2)
    assert [week.state for week in found.weeks] == ["counts", "frozen", "empty", "empty", "empty", "running"]


def test_nobody_who_never_worked_has_a_streak():
    found = streak([], date(2026, 10, 7))
    assert (found.number, found.longest, found.freezes_left_this_month) == (0, 0, 2)
    assert [week.state for week in found.weeks] == ["running"]
