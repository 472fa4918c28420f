"""Income tax on a statement (PPh 21, bukan pegawai; rules.md 6 Tax): exact, rounded down once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# The shipped table: Article 17 brackets per month, not accumulated. Loaded into the database as data.
DEFAULT_TAX: dict[str, Any] = {
    "base_percent": "50",
    "surcharge_percent": "20",
    "brackets": [
        {"up_to": 60_000_000, "rate": "5"},
        {"up_to": 250_000_000, "rate": "15"},
        {"up_to": 500_000_000, "rate": "25"},
        {"up_to": 5_000_000_000, "rate": "30"},
        {"up_to": None, "rate": "35"},
    ],
}

SCALE = 10_000  # percentages are kept as integers, in ten-thousandths
WHOLE = 100 * SCALE


@dataclass(frozen=True, slots=True)
class TaxTable:
    """A tax document, parsed: percentages in ten-thousandths, brackets as (from rupiah, additional rate).

    ``steps`` hold what each bracket adds to the rate of the one below, so that the tax is a sum over the brackets
    reached.
    """

    base: int
    surcharge: int
    steps: tuple[tuple[int, int], ...]


def _scaled(percentage: str) -> int:
    scaled = Decimal(percentage) * SCALE
    if scaled != scaled.to_integral_value():
        raise ValueError(percentage)
    return int(scaled)


def read_tax_table(document: Mapping[str, Any]) -> TaxTable:
    """Read a tax document; brackets are in ascending order and the last one is open (up_to null)."""
    steps = []
    lower, rate_below = 0, 0
    for bracket in document["brackets"]:
        rate = _scaled(bracket["rate"])
        steps.append((lower, rate - rate_below))
        rate_below = rate
        lower = bracket["up_to"] if bracket["up_to"] is not None else lower
    return TaxTable(_scaled(document["base_percent"]), _scaled(document["surcharge_percent"]), tuple(steps))


SHIPPED_TABLE = read_tax_table(DEFAULT_TAX)


def tax(taxable: int, npwp_valid: bool, table: TaxTable | Mapping[str, Any] = SHIPPED_TABLE) -> int:
    """Return the tax in rupiah on one tax object's taxable sum; 0 on zero or less.

    Base (50 %), brackets and the surcharge without a valid NPWP are exact; only the result is rounded, down.
    """
    if taxable <= 0:
        return 0
    read = table if isinstance(table, TaxTable) else read_tax_table(table)
    base = taxable * read.base  # in WHOLE-ths of a rupiah
    due = sum((base - lower * WHOLE) * rate for lower, rate in read.steps if base > lower * WHOLE)
    surcharge = WHOLE if npwp_valid else WHOLE + read.surcharge
    return due * surcharge // WHOLE**3


def taxable_by_object(sums: Sequence[tuple[str, int]], carried_in: int) -> list[tuple[str, int]]:
    """Return the taxable sum of each tax object; a debt carried in reduces the plan's first one (rules.md 6).

    ``sums``: (object, gross of its lines) in the plan's order. No sum goes below zero.
    """
    debt = min(0, carried_in)
    return [(code, max(0, amount + (debt if place == 0 else 0))) for place, (code, amount) in enumerate(sums)]
