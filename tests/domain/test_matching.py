"""Matching, verdicts on registrations, numbering, statuses, expiry (rules.md 2 and 5)."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from domain.strategies import DAYS, MONTHS
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.matching import (
    Person,
    ReportedWorker,
    Tier,
    choose_match,
    earns,
    number_contributions,
    participant_status,
    registration_verdict,
    tier,
    waiting_reason,
)
from portal.domain.months import add_months

SITI = ReportedWorker(b"nik", b"kpj", date(1985, 7, 5), "Siti Aminah")
ROW = Person(b"nik", b"kpj", date(1985, 7, 5), "SITI AMINAH")
REPORTED = date(2026, 10, 22)


def test_nik_birth_date_and_a_like_name_match_by_themselves() -> None:
    assert tier(SITI, replace(ROW, kpj_hash=None, name="SITI AMINA")) is Tier.T1


def test_a_card_number_with_birth_date_or_name_matches_by_itself() -> None:
    other_nik = replace(ROW, nik_hash=b"other")
    assert tier(SITI, replace(other_nik, name="BUDI SANTOSO")) is Tier.T2
    assert tier(SITI, replace(other_nik, birth_date=date(1990, 1, 1))) is Tier.T2
    assert tier(SITI, replace(other_nik, birth_date=date(1990, 1, 1), name="BUDI SANTOSO")) is None


def test_a_nik_alone_never_matches_and_says_why_it_waits() -> None:
    no_card = replace(ROW, kpj_hash=None)
    borrowed = replace(no_card, birth_date=date(1990, 1, 1))
    assert tier(SITI, borrowed) is None
    assert waiting_reason(SITI, borrowed) == "match.nik_only"
    assert tier(SITI, replace(no_card, name="BUDI SANTOSO")) is None
    assert waiting_reason(SITI, replace(ROW, nik_hash=b"other")) == "match.kpj_only"
    assert waiting_reason(SITI, replace(no_card, nik_hash=b"other")) == "match.none"


COMPARED = st.one_of(
    st.tuples(st.integers(), st.sampled_from(Tier), st.just("")),
    st.tuples(st.integers(), st.none(), st.sampled_from(["match.nik_only", "match.kpj_only"])),
)


def test_the_nik_decides_before_the_card_and_several_cards_wait_for_a_person() -> None:
    by_nik, by_card, other_card = ("a", Tier.T1, ""), ("b", Tier.T2, ""), ("c", Tier.T2, "")
    only_nik, only_card = ("d", None, "match.nik_only"), ("e", None, "match.kpj_only")
    assert choose_match([by_card, other_card, by_nik]) == ("a", "T1")
    assert choose_match([only_nik, by_card]) == ("b", "T2")
    assert choose_match([by_card, other_card]) == (None, "match.several")
    assert choose_match([only_card, only_nik]) == (None, "match.nik_only")
    assert choose_match([]) == (None, "")


@given(st.lists(COMPARED, max_size=6, unique_by=lambda one: one[0]))
def test_a_match_is_one_of_those_compared_or_a_reason(compared: list[tuple[int, Tier | None, str]]) -> None:
    person, said = choose_match(compared)
    assert (person, said) in {(one, level) for one, level, _ in compared} or (
        person is None and (said == "match.several" or said in {"", *(reason for _, _, reason in compared)})
    )


def test_two_empty_card_numbers_are_not_equal() -> None:
    without = replace(SITI, kpj_hash=None)
    stranger = replace(ROW, nik_hash=b"other", kpj_hash=None)
    assert tier(without, stranger) is None
    assert waiting_reason(without, stranger) == "match.none"


def verdict(registered: date, *payments: tuple[date, str]) -> str:
    return registration_verdict(
        reported_on=REPORTED, first_registered_on=registered, earlier_payments=payments
    )


@pytest.mark.parametrize(
    ("registered", "expected"),
    [
        (date(2026, 10, 18), "reactivated"),
        (date(2026, 10, 19), "new"),
        (date(2026, 10, 22), "new"),
        (date(2026, 12, 21), "new"),
        (date(2026, 12, 22), "too_late"),
    ],
)
def test_new_is_registered_from_3_days_before_to_60_days_after(registered: date, expected: str) -> None:
    assert verdict(registered) == expected


@pytest.mark.parametrize(
    ("paid_on", "blth", "expected"),
    [
        (date(2026, 10, 18), "2026-10", "already_member"),  # the last day of the three months
        (date(2026, 7, 19), "2026-07", "already_member"),  # their first
        (date(2026, 7, 18), "2026-07", "reactivated"),  # the day before
        (date(2026, 10, 19), "2026-10", "reactivated"),  # within the cadre's own window
        (date(2026, 1, 5), "2026-11", "already_member"),  # paid ahead, still covering
        (date(2026, 1, 5), "2026-10", "reactivated"),  # paid ahead, not beyond the month of the sign-up
    ],
)
def test_who_paid_lately_or_ahead_is_already_a_member(paid_on: date, blth: str, expected: str) -> None:
    assert verdict(date(2020, 1, 1), (paid_on, blth)) == expected


@given(DAYS, st.integers(-400, 400), st.lists(st.tuples(DAYS, MONTHS), max_size=6))
def test_payments_never_change_who_is_new_or_late(
    reported: date, offset: int, paid: list[tuple[date, str]]
) -> None:
    registered = reported + timedelta(days=offset)
    found = registration_verdict(reported_on=reported, first_registered_on=registered, earlier_payments=paid)
    if offset < -3:
        assert found in {"reactivated", "already_member"}
    else:
        assert found == ("new" if offset <= 60 else "too_late")


ROWS = st.lists(st.tuples(DAYS, MONTHS), max_size=8, unique_by=lambda row: row[1]).map(
    lambda rows: [(n, *row) for n, row in enumerate(rows)]
)


@given(ROWS, DAYS, st.randoms())
def test_numbers_run_from_1_without_gaps_in_any_order_of_rows(rows: list, reported: date, chance) -> None:
    numbered = number_contributions(rows, reported_on=reported)
    assert [number for _, number in numbered] == list(range(1, len(numbered) + 1))
    counted = {key for key, paid_on, _ in rows if paid_on >= reported - timedelta(days=3)}
    assert {key for key, _ in numbered} == counted
    chance.shuffle(rows)
    assert number_contributions(rows, reported_on=reported) == numbered


def test_numbering_goes_by_payment_then_month_and_earlier_rows_belong_to_nobody() -> None:
    rows = [
        ("nov", date(2026, 11, 3), "2026-11"),
        ("jan", date(2026, 10, 20), "2027-01"),
        ("oct", date(2026, 10, 20), "2026-10"),
        ("sep", date(2026, 10, 18), "2026-09"),
        ("dec", date(2026, 11, 3), "2026-12"),
    ]
    expected = [("oct", 1), ("jan", 2), ("nov", 3), ("dec", 4)]
    for order in permutations(rows):
        assert number_contributions(order, reported_on=REPORTED) == expected


def test_what_was_paid_before_the_floor_month_does_not_count() -> None:
    rows = [
        ("a", date(2026, 9, 1), "2026-09"),
        ("b", date(2026, 11, 1), "2026-10"),
        ("c", date(2026, 12, 1), "2026-12"),
    ]
    numbered = number_contributions(rows, reported_on=date(2026, 8, 1), floor_month="2026-11")
    assert numbered == [("b", 1), ("c", 2)]


def test_number_60_is_the_last_that_earns() -> None:
    assert [earns(n) for n in (0, 1, 60, 61)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("last_paid", "status"),
    [
        ("2027-05", "active"),
        ("2026-10", "active"),
        ("2026-09", "active"),
        ("2026-08", "grace"),
        ("2026-07", "grace"),
        ("2026-06", "lapsed"),
        (None, "lapsed"),
    ],
)
def test_a_participant_is_active_then_in_grace_then_lapsed(last_paid: str | None, status: str) -> None:
    assert participant_status(as_of_month="2026-10", last_paid_month=last_paid) == status


@given(MONTHS, MONTHS)
def test_a_later_payment_never_makes_a_status_worse(as_of: str, paid: str) -> None:
    order = ["lapsed", "grace", "active"]
    before = participant_status(as_of_month=as_of, last_paid_month=paid)
    after = participant_status(as_of_month=as_of, last_paid_month=add_months(paid, 1))
    assert order.index(after) >= order.index(before)
