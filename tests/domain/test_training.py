"""Exams drawn by a seed, codes of a minute, certificates and activation (rules.md 10)."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.training import (
    Candidate,
    Question,
    certificate_state,
    code_holds,
    code_of,
    draw,
    initials,
    is_adult,
    is_ending,
    mark,
    next_try,
    obstacles_to_activation,
    paid_since,
    presence,
    submits_until,
    valid_until,
)

SEEDS = st.text("0123456789abcdef", min_size=1, max_size=32)
BANK = [
    Question(f"{lesson}-{n}", lesson, "?", ("a", "b", "c", "d"), "Because.")
    for lesson in "satu dua tiga empat lima".split()
    for n in range(8)
]
NOON = datetime(2026, 7, 18, 5, tzinfo=UTC)
TODAY = date(2026, 11, 30)
SECRET = b"s" * 32


@given(SEEDS, st.integers(1, 40))
def test_a_seed_always_draws_the_same_exam_of_so_many_different_questions(seed, n):
    drawn = draw(seed, BANK, n)

    assert drawn == draw(seed, reversed(BANK), n)
    assert len({asked.question.code for asked in drawn}) == n
    assert all(sorted(asked.order) == [0, 1, 2, 3] for asked in drawn)


@given(SEEDS)
def test_no_lesson_is_asked_two_questions_more_than_another(seed):
    counts = Counter(asked.question.lesson for asked in draw(seed, BANK, 12))

    assert max(counts.values()) - min(counts.values()) <= 1
    assert len(counts) == 5


def test_seeds_differ_and_a_bank_that_is_too_small_is_asked_whole():
    exams = {tuple(a.question.code for a in draw(str(seed), BANK, 20)) for seed in range(50)}
    assert len(exams) == 50
    assert len({asked.order for seed in range(20) for asked in draw(str(seed), BANK, 40)}) == 24
    assert len(draw("a", BANK[:3], 20)) == 3


def test_one_exam_is_as_it_was_drawn_for_the_first_time():
    """Written down once: an attempt of today must show the same questions in every later version of the portal."""
    assert [asked.question.code for asked in draw("2026", BANK, 5)] == [
        "lima-4", "dua-2", "satu-1", "empat-3", "tiga-7",
    ]  # fmt: skip
    assert [asked.order for asked in draw("2026", BANK, 2)] == [(2, 3, 0, 1), (1, 2, 3, 0)]


@given(st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 100))
def test_a_score_counts_right_answers_and_passes_at_the_mark(chosen, pass_mark):
    found = mark(chosen, pass_mark=pass_mark)

    assert found.right == chosen.count(0)
    assert found.score == found.right * 100 // len(chosen)
    assert found.passed == (found.right / len(chosen) >= pass_mark / 100 - 1e-12)


def test_fourteen_of_twenty_pass_and_thirteen_do_not():
    assert mark([0] * 14 + [1] * 6, pass_mark=70).passed
    assert not mark([0] * 13 + [None] * 7, pass_mark=70).passed
    assert not mark([], pass_mark=1).passed


def test_a_fourth_try_waits_until_the_first_of_three_is_thirty_days_old():
    begun = [NOON, NOON + timedelta(days=1), NOON + timedelta(days=5)]

    assert next_try(begun[:2], now=NOON + timedelta(days=6), tries=3, days=30) is None
    assert next_try(begun, now=NOON + timedelta(days=6), tries=3, days=30) == NOON + timedelta(days=30)
    assert next_try(begun, now=NOON + timedelta(days=30), tries=3, days=30) is None
    assert next_try(begun, now=NOON + timedelta(days=6), tries=4, days=30) is None


@given(st.integers(0, 10**6))
def test_a_code_holds_in_its_minute_and_the_next_one(second):
    at = NOON + timedelta(seconds=second)
    code = code_of(SECRET, at)

    assert len(code) == 6
    assert code.isdigit()
    assert code_holds(SECRET, code, at)
    assert code_holds(SECRET, code, at + timedelta(seconds=60))
    assert not code_holds(SECRET, code, at + timedelta(seconds=180)) or code in {
        code_of(SECRET, at + timedelta(seconds=s)) for s in (120, 180)
    }


def test_codes_change_with_minute_and_secret_and_anything_else_is_refused():
    codes = {code_of(SECRET, NOON + timedelta(minutes=n)) for n in range(100)}
    assert len(codes) > 95
    assert code_of(SECRET, NOON) != code_of(b"t" * 32, NOON)
    for wrong in ("", "12345", "1234567", "١٢٣٤٥٦", "abcdef", code_of(SECRET, NOON)[:5]):
        assert not code_holds(SECRET, wrong, NOON)


def test_a_session_tells_who_was_there_late_excused_or_missing():
    hours = {"starts_at": NOON, "ends_at": NOON + timedelta(hours=4), "late_minutes": 15}

    def stood(attended=None, *, excused=False, now=NOON + timedelta(hours=1)):
        return presence(attended_at=attended, excused=excused, now=now, **hours)

    assert stood(NOON + timedelta(minutes=15)) == "present"
    assert stood(NOON + timedelta(minutes=15, seconds=1)) == "late"
    assert stood(excused=True) == "excused"
    assert stood() == "open"
    assert stood(now=NOON + timedelta(hours=5)) == "absent"


@pytest.mark.parametrize(
    ("issued", "until"),
    [("2026-07-19", "2028-07-19"), ("2026-08-31", "2028-08-31"), ("2028-02-29", "2030-02-28")],
)
def test_a_certificate_holds_for_24_months_that_day_included(issued, until):
    assert valid_until(date.fromisoformat(issued), 24) == date.fromisoformat(until)


def test_a_certificate_runs_out_and_sixty_days_later_nothing_may_be_submitted():
    until = date(2026, 11, 30)

    def stands(today):
        return certificate_state(until=until, grace_days=60, today=today)

    assert stands(until - timedelta(days=60)) == "valid"
    assert stands(until - timedelta(days=59)) == "ending"
    assert stands(until) == "ending"
    assert stands(until + timedelta(days=1)) == "expired"
    assert stands(submits_until(until, 60)) == "expired"
    assert stands(submits_until(until, 60) + timedelta(days=1)) == "ended"
    for day in range(-70, 70):
        today = until + timedelta(days=day)
        assert is_ending(until, submits_until(until, 60), today) == (stands(today) != "valid")
    assert not is_ending(None, None, until)


def test_who_is_born_on_29_february_is_of_age_on_1_march():
    assert is_adult(date(2008, 11, 30), TODAY)
    assert not is_adult(date(2008, 12, 1), TODAY)
    assert not is_adult(date(2008, 2, 29), date(2026, 2, 28))
    assert is_adult(date(2008, 2, 29), date(2026, 3, 1))


READY = Candidate(
    certified_until=date(2028, 7, 19), birth_date=date(1990, 1, 1), nik_known=True, paid_on=date(2026, 8, 30)
)


@pytest.mark.parametrize(
    ("change", "obstacles"),
    [
        ({}, []),
        ({"certified_until": None}, ["not_certified"]),
        ({"certified_until": date(2026, 11, 29)}, ["certificate_over"]),
        ({"certified_until": TODAY}, []),
        ({"birth_date": None}, ["no_birth_date"]),
        ({"birth_date": date(2008, 12, 1)}, ["too_young"]),
        ({"nik_known": False, "paid_on": None}, ["no_nik"]),
        ({"paid_on": None}, ["not_paying"]),
        ({"paid_on": date(2026, 8, 29)}, ["not_paying"]),
        (
            {"certified_until": None, "birth_date": None, "paid_on": None},
            ["not_certified", "no_birth_date", "not_paying"],
        ),
    ],
)
def test_a_candidate_is_told_everything_that_stands_in_the_way(change, obstacles):
    assert obstacles_to_activation(replace(READY, **change), today=TODAY) == obstacles


def test_a_payment_counts_for_three_months():
    assert paid_since(TODAY) == date(2026, 8, 30)


def test_initials_of_a_name():
    assert initials("Siti Aminah binti Ahmad") == "S. A. B. A."
    assert initials("(x) Nyimas") == "N."
