"""Payout batches and the references of their rows (rules.md 8)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.domain.errors import NotAllowed, RuleBroken

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ID_PLACES = 8  # room for 36^8 statements
_ATTEMPT_PLACES = 2

# A rejected batch is dissolved: its statements are payable again. Settled: every row is paid or failed.
BATCH: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("prepared", "approve"): "approved",
        ("prepared", "reject"): "rejected",
        ("approved", "settle"): "settled",
    }
)
PAYMENT: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("in_batch", "pay"): "paid",
        ("in_batch", "fail"): "failed",
        ("in_batch", "dissolve"): "dissolved",
    }
)
MACHINES = MappingProxyType({"batch": BATCH, "payment": PAYMENT})


def check_payout_transition(machine: str, state: str, act: str) -> str:
    """Return the new state of a batch or payment; raise RuleBroken("state.not_possible") otherwise."""
    new = MACHINES[machine].get((state, act))
    if new is None:
        raise RuleBroken("state.not_possible", {"machine": machine, "state": state, "act": act})
    return new


def check_approver(*, prepared_by: int, approver: int) -> None:
    """Raise NotAllowed("payouts.own_batch") unless somebody other than its preparer decides on a batch."""
    if prepared_by == approver:
        raise NotAllowed("payouts.own_batch")


def payout_context(*, reference: str, bank_code: str, holder: str) -> str:
    """Return the context that seals an account number to its payment's row: it opens in no other."""
    return f"payouts:{reference}:{bank_code}:{holder}"


def base36(number: int, places: int) -> str:
    """Write a number in base 36 with leading zeros; ValueError if it needs more places."""
    text = ""
    rest = number
    while rest > 0:
        rest, digit = divmod(rest, 36)
        text = _DIGITS[digit] + text
    if number < 0 or len(text) > places:
        raise ValueError(number)
    return text.rjust(places, "0")


def payout_reference(month: str, statement_id: int, attempt: int = 1) -> str:
    """Make a row's reference: 16 characters, never used twice.

    PK, YYMM, statement, attempt. ``attempt`` counts the payouts of one statement: 1 for the first, 2 after one that
    failed or was dissolved.
    """
    if attempt < 1:
        raise ValueError(attempt)
    year_month = month[2:4] + month[5:7]
    return f"PK{year_month}{base36(statement_id, _ID_PLACES)}{base36(attempt, _ATTEMPT_PLACES)}"


def check_totals(*, count: int, total: int, amounts: list[int]) -> None:
    """Raise RuleBroken("payouts.totals_differ") unless count and control total equal the rows."""
    if (count, total) != (len(amounts), sum(amounts)):
        raise RuleBroken(
            "payouts.totals_differ",
            {"count": count, "total": total, "rows": len(amounts), "sum": sum(amounts)},
        )
