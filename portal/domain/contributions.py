"""What a worker pays each month, and what the family gets for it, from dated tables (rules.md 13)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from portal.domain.contribution_schema import PROGRAMMES
from portal.domain.contribution_tables import Book, Bracket, Relief, Table, share_of
from portal.domain.errors import RuleBroken
from portal.domain.months import add_months

MAX_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Declared:
    """What a worker says: income a month in rupiah, programmes, sector, and who pays."""

    income: int
    programmes: tuple[str, ...]
    sector: str = "other"
    payer: str = "mandiri"


@dataclass(frozen=True, slots=True)
class Part:
    """One programme's part of a month: the full amount and the relief on it, in rupiah."""

    programme: str
    full: int
    relief: int

    @property
    def due(self) -> int:
        """Return what is paid for this programme."""
        return self.full - self.relief


@dataclass(frozen=True, slots=True)
class MonthDue:
    """The contribution of one month: its bracket, its parts, and the relief that was granted."""

    month: str
    bracket: Bracket
    parts: tuple[Part, ...]
    granted: tuple[Relief, ...]

    @property
    def full(self) -> int:
        """Return what the month costs without relief."""
        return sum(part.full for part in self.parts)

    @property
    def relief(self) -> int:
        """Return the relief on all parts."""
        return sum(part.relief for part in self.parts)

    @property
    def due(self) -> int:
        """Return what is paid for the month."""
        return self.full - self.relief


@dataclass(frozen=True, slots=True)
class Contribution:
    """The months paid at once, in order, and what they come to."""

    months: tuple[MonthDue, ...]

    @property
    def total(self) -> int:
        """Return the sum of all months."""
        return sum(month.due for month in self.months)


@dataclass(frozen=True, slots=True)
class Benefits:
    """What a family gets, in rupiah, for a base and the month asked about; each with its condition.

    Wage replacement is of one month. `savings` is what is put aside in a month, without its yield.
    """

    wage_full: int
    wage_full_months: int
    wage_later: int
    disability: int
    disability_wages: int
    death_at_work: int
    death_wages: int
    death: int
    waiting_months: int
    death_while_waiting: int
    scholarship: int
    children: int
    scholarship_after_months: int
    savings: int
    savings_age: int

    def saved_after(self, years: int) -> int:
        """Return what is put aside in so many years, without its yield."""
        return self.savings * 12 * years


def _rounded(amount: Fraction) -> int:
    """Round to whole rupiah, half up."""
    return int(amount + Fraction(1, 2))


def _grants(relief: Relief, month: str, declared: Declared) -> bool:
    return (
        relief.first <= month <= relief.last
        and relief.sector == declared.sector
        and declared.payer in relief.payers
    )


def due_in(book: Book, month: str, declared: Declared) -> MonthDue:
    """Return the contribution of one month: paid ahead or not, each month has its own price."""
    table = book.held_in(month)
    bracket = table.bracket_of(declared.income)
    granted = tuple(relief for relief in table.reliefs if _grants(relief, month, declared))
    parts = []
    for programme in sorted(declared.programmes, key=PROGRAMMES.index):
        rate = table.rates.get(programme)
        full = table.jkm if rate is None else _rounded(bracket.base * rate)
        share = sum((one.share for one in granted if programme in one.programmes), Fraction(0))
        parts.append(Part(programme, full, _rounded(full * share)))
    used = tuple(one for one in granted if one.programmes & set(declared.programmes))
    return MonthDue(month, bracket, tuple(parts), used)


def due_for(book: Book, declared: Declared, *, first: str, months: int) -> Contribution:
    """Return the contribution of so many months paid at once, from a first month on."""
    if not 1 <= months <= MAX_MONTHS:
        raise RuleBroken("contributions.months", {"most": MAX_MONTHS})
    return Contribution(tuple(due_in(book, add_months(first, n), declared) for n in range(months)))


def next_price(book: Book, declared: Declared, *, after: str) -> MonthDue | None:
    """Return the first later month that costs something else than the given one; None if none is known."""
    now = due_in(book, after, declared).due
    later = (due_in(book, month, declared) for month in book.turns() if month > after)
    return next((month for month in later if month.due != now), None)


def benefits_of(table: Table, bracket: Bracket) -> Benefits:
    """Return what a family gets for a bracket's base."""
    known = table.document["benefits"]
    work, death, study = known["JKK"], known["JKM"], known["scholarship"]
    base = bracket.base
    return Benefits(
        wage_full=base,
        wage_full_months=work["wage_full_months"],
        wage_later=_rounded(base * share_of(work["wage_later_percent"])),
        disability=base * work["disability_wages"],
        disability_wages=work["disability_wages"],
        death_at_work=base * work["death_wages"],
        death_wages=work["death_wages"],
        death=death["sum"],
        waiting_months=death["waiting_months"],
        death_while_waiting=death["sum_while_waiting"],
        scholarship=study["sum"],
        children=study["children"],
        scholarship_after_months=study["after_months"],
        savings=_rounded(base * table.rates["JHT"]),
        savings_age=known["JHT"]["age"],
    )
