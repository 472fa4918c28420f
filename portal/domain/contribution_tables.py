"""Contribution tables as dated data: brackets, rates, windows of relief (rules.md 13)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from portal.domain.errors import RuleBroken
from portal.domain.months import next_month

MAX_INCOME = 999_999_999  # what is more was mistyped


@dataclass(frozen=True, slots=True)
class Bracket:
    """Incomes from `first` to `last` rupiah (None: no end) and the base that stands for all of them."""

    first: int
    last: int | None
    base: int


@dataclass(frozen=True, slots=True)
class Relief:
    """A part of some programmes that is not asked for in a window of months, from one sector and some payers."""

    code: str
    source: str
    sector: str
    programmes: frozenset[str]
    payers: frozenset[str]
    share: Fraction
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Table:
    """A contribution table, parsed; `rates` are shares of the base, `jkm` is a fixed amount in rupiah."""

    valid_from: str
    brackets: tuple[Bracket, ...]
    rates: Mapping[str, Fraction]
    jkm: int
    reliefs: tuple[Relief, ...]
    document: Mapping[str, Any]

    def bracket_of(self, income: int) -> Bracket:
        """Return the bracket of a declared monthly income; raise RuleBroken for one that nobody declares."""
        if not 0 < income <= MAX_INCOME:
            raise RuleBroken("contributions.income", {"most": MAX_INCOME})
        return self.brackets[bisect_right(self.brackets, income, key=lambda one: one.first) - 1]


class Book:
    """All versions of the table: a month takes the last one that holds by then.

    Of two that hold from the same month the later given corrects the other.
    """

    def __init__(self, tables: Iterable[Table]) -> None:
        """Keep the tables in the order in which they begin to hold."""
        self._tables = {table.valid_from: table for table in sorted(tables, key=lambda one: one.valid_from)}
        self._begins = list(self._tables)

    def held_in(self, month: str) -> Table:
        """Return the table of a month; raise RuleBroken for a month before the first one."""
        place = bisect_right(self._begins, month)
        if not place:
            raise RuleBroken("contributions.no_table", {"month": month})
        return self._tables[self._begins[place - 1]]

    def turns(self) -> list[str]:
        """List the months in which a price may change: a table or a relief begins, or a relief is over."""
        reliefs = [relief for table in self._tables.values() for relief in table.reliefs]
        found = {*self._begins, *(one.first for one in reliefs), *(next_month(one.last) for one in reliefs)}
        return sorted(found)


def share_of(percent: str) -> Fraction:
    """Read a percentage as a share."""
    return Fraction(percent) / 100


def read_table(document: Mapping[str, Any]) -> Table:
    """Read a document that satisfies the schema."""
    reliefs = tuple(
        Relief(
            code=one["code"],
            source=one["source"],
            sector=one["sector"],
            programmes=frozenset(one["programmes"]),
            payers=frozenset(one["payers"]),
            share=share_of(one["percent"]),
            first=one["from"],
            last=one["until"],
        )
        for one in document["reliefs"]
    )
    return Table(
        valid_from=document["valid_from"],
        brackets=tuple(Bracket(one["from"], one["to"], one["base"]) for one in document["brackets"]),
        rates={programme: share_of(percent) for programme, percent in document["rates"].items()},
        jkm=document["JKM"],
        reliefs=reliefs,
        document=document,
    )


def check_table(table: Table) -> None:
    """Raise RuleBroken for what a schema cannot express: brackets that leave a gap or fall, reliefs that meet."""
    if table.brackets[0].first != 0:
        raise RuleBroken("contributions.first_bracket")
    if table.brackets[-1].last is not None:
        raise RuleBroken("contributions.last_bracket")
    for below, above in pairwise(table.brackets):
        _check_order(below, above)
    for number, relief in enumerate(table.reliefs):
        _check_relief(relief, table.reliefs[:number])


def _check_order(below: Bracket, above: Bracket) -> None:
    if below.last is None or not below.first <= below.last < above.first or below.base > above.base:
        raise RuleBroken("contributions.bracket_order", {"income": above.first})


def _check_relief(relief: Relief, others: Sequence[Relief]) -> None:
    if relief.last < relief.first:
        raise RuleBroken("contributions.relief_ends_first", {"code": relief.code})
    if any(_meet(relief, other) for other in others):
        raise RuleBroken("contributions.reliefs_meet", {"code": relief.code})


def _meet(one: Relief, other: Relief) -> bool:
    """Tell whether two reliefs could both be granted for one programme and month."""
    return (
        one.sector == other.sector
        and bool(one.programmes & other.programmes)
        and bool(one.payers & other.payers)
        and one.first <= other.last
        and other.first <= one.last
    )


def sources_of(table: Table) -> list[str]:
    """List the sources that a table names, each once, in the order of their weight; a part names several with ;."""
    known = table.document["benefits"].values()
    named = [
        table.document["source"],
        *(one.source for one in table.reliefs),
        *(one["source"] for one in known),
    ]
    return list(dict.fromkeys(source.strip() for text in named for source in text.split(";")))
