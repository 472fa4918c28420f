"""From gross to what is paid and what is carried on (rules.md 6 Balance)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DEFAULT_MINIMUM_PAYOUT = 10_000  # rupiah; seeded as data


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of a statement, in rupiah: carried_out below zero is a debt, above zero a small net amount."""

    gross: int
    carried_in: int
    taxable: int
    tax: int
    net: int
    balance: int
    payable: int
    carried_out: int


def settle(gross: int, tax: Callable[[int], int], carried_in: int, minimum: int) -> Settlement:
    """Settle a statement; ``tax`` gives the tax on a taxable sum, ``minimum`` is the least that is paid.

    A debt carried in lowers what is taxed; a positive balance carried in was taxed already.
    """
    taxable = max(0, gross + min(0, carried_in))
    withheld = tax(taxable)
    net = gross - withheld
    balance = net + carried_in
    payable = balance if balance >= max(minimum, 0) else 0
    return Settlement(
        gross=gross,
        carried_in=carried_in,
        taxable=taxable,
        tax=withheld,
        net=net,
        balance=balance,
        payable=payable,
        carried_out=balance - payable,
    )
