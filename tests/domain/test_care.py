"""Participant care in pure functions: until when somebody is protected, whose they are, what comes next (rules.md 12)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.care import (
    LastTalk,
    Move,
    check_hand_over,
    check_outcome,
    check_reminder,
    donor_ends_soon,
    holder_on,
    lapses_on,
    may_be_reminded,
    newest_due_month,
    next_step,
    paid_until,
    percent,
    still_holds,
    task_begins_on,
)
from portal.domain.errors import RuleBroken
from portal.domain.matching import participant_status
from portal.domain.months import add_months, first_day, last_day, month_of, next_month

TODAY = date(2026, 10, 22)
MONTHS = st.integers(0, 400).map(lambda n: add_months("2015-01", n))
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def test_the_worked_example_of_the_page():
    assert paid_until("2026-10") == date(2026, 10, 31)
    assert task_begins_on("2026-10") == date(2026, 10, 21)
    assert lapses_on("2026-10") == date(2027, 2, 1)


@given(MONTHS, st.integers(0, 6))
def test_somebody_lapses_in_the_first_month_whose_extract_says_so(paid, grace):
    month = month_of(lapses_on(paid, grace))

    assert (
        participant_status(as_of_month=month, last_paid_month=paid, grace_months=grace) == "lapsed"
        or grace < 1
    )
    before = add_months(month, -1)
    assert participant_status(as_of_month=before, last_paid_month=paid, grace_months=grace) != "lapsed"


@given(DAYS, st.integers(0, 90))
def test_the_newest_due_month_is_the_last_one_whose_task_has_begun(today, lead):
    month = newest_due_month(today, lead)

    assert task_begins_on(month, lead) <= today < task_begins_on(next_month(month), lead)


@given(st.lists(st.tuples(MONTHS, st.integers(2, 9)), max_size=6), DAYS)
def test_a_payment_is_whose_who_held_the_participant_on_its_day(moves, day):
    recorded = [Move(*move) for move in moves]

    holder = holder_on(1, recorded, day)

    begun = [move for move in recorded if first_day(move.from_month) <= day]
    if not begun:
        assert holder == 1
    else:
        newest = max(move.from_month for move in begun)
        assert holder == [move.to_cadre_id for move in begun if move.from_month == newest][-1]


def test_a_hand_over_to_the_same_cadre_or_from_before_another_is_refused():
    with pytest.raises(RuleBroken, match=r"care\.same_cadre"):
        check_hand_over(from_month="2026-11", present=1, to_cadre_id=1, moves=[])
    with pytest.raises(RuleBroken, match=r"care\.handed_over_later"):
        check_hand_over(from_month="2026-11", present=1, to_cadre_id=2, moves=[Move("2026-12", 3)])
    check_hand_over(from_month="2026-12", present=3, to_cadre_id=2, moves=[Move("2026-12", 3)])


def test_the_same_reminder_goes_out_once_in_seven_days():
    check_reminder(None, TODAY)
    check_reminder(TODAY - timedelta(days=7), TODAY)
    with pytest.raises(RuleBroken) as refused:
        check_reminder(TODAY - timedelta(days=6), TODAY)

    assert refused.value.values == {"day": "2026-10-23", "days": 7}


def test_a_promise_needs_a_day_that_is_of_use_and_nothing_else_has_one():
    assert check_outcome("promised", date(2026, 10, 27), TODAY) == date(2026, 10, 27)
    assert check_outcome("promised", TODAY, TODAY) == TODAY
    assert check_outcome("moved", date(2026, 10, 27), TODAY) is None
    for day, code in (
        (None, "care.promise_without_day"),
        (date(2026, 10, 21), "care.promise_day"),
        (date(2027, 1, 1), "care.promise_day"),
    ):
        with pytest.raises(RuleBroken, match=code):
            check_outcome("promised", day, TODAY)
    with pytest.raises(RuleBroken, match=r"care\.outcome_unknown"):
        check_outcome("rich", None, TODAY)


@pytest.mark.parametrize(
    ("talk", "step"),
    [
        (None, "remind"),
        (("died", None), "claim"),
        (("refuses", None), "respect"),
        (("promised", date(2026, 10, 27)), "wait"),
        (("promised", TODAY), "promise"),
        (("says_paid", None), "wait"),
        (("not_reached", None), "remind"),
        (("moved", None), "remind"),
    ],
)
def test_the_next_step_with_a_task_follows_the_last_talk(talk, step):
    last = LastTalk(talk[0], TODAY, talk[1]) if talk else None

    assert next_step(status="active", has_task=True, donor_ends=False, talk=last, today=TODAY) == step


@pytest.mark.parametrize(
    ("outcome", "said_at", "paid_now", "holds"),
    [
        ("promised", "2026-09", "2026-09", True),
        ("promised", "2026-09", "2026-10", False),
        ("says_paid", "", "2026-10", False),
        ("refuses", "2026-09", "2026-10", False),
        ("refuses", "2026-09", None, True),
        ("died", "2026-09", "2026-12", True),
        ("promised", None, "2026-12", True),
    ],
)
def test_a_later_month_paid_answers_all_but_a_death(outcome, said_at, paid_now, holds):
    talk = LastTalk(outcome, TODAY, TODAY if outcome == "promised" else None, said_at)

    assert still_holds(talk, paid_now) == (talk if holds else None)
    assert still_holds(None, paid_now) is None


def test_the_next_step_without_a_task():
    rest = {"has_task": False, "talk": None, "today": TODAY}

    assert next_step(status="active", donor_ends=True, **rest) == "donor"
    assert next_step(status="lapsed", donor_ends=False, **rest) == "again"
    assert next_step(status="active", donor_ends=False, **rest) == "none"
    kept = LastTalk("promised", TODAY, TODAY)
    assert next_step(status="active", has_task=False, donor_ends=False, talk=kept, today=TODAY) == "none"


def test_nobody_is_reminded_after_a_death_or_a_plain_no():
    assert may_be_reminded(None)
    assert may_be_reminded(LastTalk("not_reached", TODAY))
    assert not may_be_reminded(LastTalk("died", TODAY))
    assert not may_be_reminded(LastTalk("refuses", TODAY))


def test_a_donors_months_are_looked_at_a_month_before_they_end():
    assert donor_ends_soon("2026-10", "donatur", date(2026, 10, 1))
    assert not donor_ends_soon("2026-10", "donatur", date(2026, 9, 30))
    assert not donor_ends_soon("2026-10", "donatur", date(2026, 11, 1))
    assert not donor_ends_soon("2026-10", "mandiri", date(2026, 10, 22))


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_share_is_rounded_half_up(part, whole):
    assert percent(part, 0) == 0
    if whole:
        assert abs(percent(part, whole) - 100 * part / whole) <= 0.5
    assert percent(38, 50) == 76
    assert percent(1, 200) == 1
    assert last_day("2026-02") == date(2026, 2, 28)
