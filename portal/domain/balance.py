"""From gross to the amount paid and the amount carried forward (rules.md 6 Balance)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of a statement, in rupiah. A carried_out below zero is a debt, above zero too little to pay."""

    gross: int
    carried_in: int
    taxable: int
    tax: int
    net: int
    balance: int
    payable: int
    carried_out: int


def settle(gross: int, tax: Callable[[int], int], carried_in: int, minimum: int) -> Settlement:
    """Settle a statement; ``tax`` gives the tax on a taxable sum, ``minimum`` is the smallest amount that is paid.

    A debt carried in lowers the taxable sum. A positive balance carried in was taxed already.
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
