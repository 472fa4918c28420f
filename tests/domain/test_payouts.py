"""Payout batches and references (rules.md 8)."""

import pytest
from domain.strategies import MONTHS
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import payouts
from portal.domain.errors import NotAllowed, RuleBroken

KEYS = st.tuples(MONTHS, st.integers(1, 36**8 - 1), st.integers(1, 36**2 - 1))


def test_a_reference_is_readable_and_short_enough() -> None:
    assert payouts.payout_reference("2026-10", 12345) == "PK2610000009IX01"
    assert payouts.payout_reference("2026-10", 12345, attempt=2) == "PK2610000009IX02"


@given(KEYS, KEYS)
def test_two_payments_never_share_a_reference(a: tuple, b: tuple) -> None:
    first, second = payouts.payout_reference(*a), payouts.payout_reference(*b)
    assert (first == second) == ((a[0][2:], *a[1:]) == (b[0][2:], *b[1:]))
    assert len(first) <= 19
    assert first.isascii()
    assert first.isalnum()


@pytest.mark.parametrize(("statement", "attempt"), [(-1, 1), (36**8, 1), (1, 0), (1, 36**2)])
def test_what_does_not_fit_is_refused_not_cut(statement: int, attempt: int) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        payouts.payout_reference("2026-10", statement, attempt)


@given(st.integers(0, 36**8 - 1))
def test_base_36_can_be_read_back(number: int) -> None:
    assert int(payouts.base36(number, 8), 36) == number


def test_a_batch_is_decided_by_another_than_who_prepared_it() -> None:
    payouts.check_approver(prepared_by=1, approver=2)
    with pytest.raises(NotAllowed, match=r"payouts\.own_batch"):
        payouts.check_approver(prepared_by=1, approver=1)


@pytest.mark.parametrize(
    ("machine", "state", "act", "new"),
    [
        ("batch", "prepared", "approve", "approved"),
        ("batch", "prepared", "reject", "rejected"),
        ("batch", "approved", "settle", "settled"),
        ("payment", "in_batch", "pay", "paid"),
        ("payment", "in_batch", "fail", "failed"),
        ("payment", "in_batch", "dissolve", "dissolved"),
    ],
)
def test_batches_and_payments_go_their_way(machine: str, state: str, act: str, new: str) -> None:
    assert payouts.check_payout_transition(machine, state, act) == new


@pytest.mark.parametrize(
    ("machine", "state", "act"),
    [("payment", "paid", "fail"), ("payment", "failed", "pay"), ("batch", "rejected", "approve")],
)
def test_nothing_paid_or_decided_is_decided_again(machine: str, state: str, act: str) -> None:
    with pytest.raises(RuleBroken, match=r"state\.not_possible"):
        payouts.check_payout_transition(machine, state, act)


def test_count_and_control_total_equal_the_rows() -> None:
    payouts.check_totals(count=2, total=30, amounts=[10, 20])
    with pytest.raises(RuleBroken, match=r"payouts\.totals_differ"):
        payouts.check_totals(count=2, total=31, amounts=[10, 20])
