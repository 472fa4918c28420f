"""Lines arranged as pages show them: one item per component and earned month, with its arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from flask_babel import gettext as _

from portal.texts.formats import bulan, rupiah
from portal.texts.incentives import (
    Condition,
    LineLike,
    is_late,
    line_arithmetic,
    line_condition,
    line_note,
    line_plan,
    line_result,
    line_title,
)


class Part(NamedTuple):
    """One product of an item: 20 × Rp15.000, what it counts, and the result in rupiah."""

    text: str
    note: str
    result: int


class Link(NamedTuple):
    """Where the evidence of a line is, and how much there is."""

    line_no: int
    things: int


@dataclass(frozen=True)
class Item:
    """A row of a statement that opens to show its arithmetic; amounts in rupiah. `posted`: for a closed month."""

    title: str
    note: str
    amount: int
    parts: list[Part]
    condition: Condition | None
    plan: str
    original_month: str
    late: bool
    posted: int
    links: list[Link] = field(default_factory=list)

    @property
    def result(self) -> int:
        """Add up the parts."""
        return sum(part.result for part in self.parts)


def arrange(lines: Sequence[LineLike], evidence: Mapping[int, int] | None = None) -> list[Item]:
    """Arrange lines in their order; the packs of a fee are grouped. `evidence` counts by line number."""
    numbered = list(enumerate(lines, start=1))
    grouped = groupby(numbered, key=lambda pair: _key(pair[1]))
    return [_item(list(group), evidence or {}) for _name, group in grouped]


def _key(line: LineLike) -> tuple[str, str, str]:
    band = "" if line.component == "acquisition_fee" else line.band
    return line.component, line.original_month, band


def _item(numbered: list[tuple[int, LineLike]], evidence: Mapping[int, int]) -> Item:
    lines = [line for _number, line in numbered]
    first, late = lines[0], any(is_late(line) for line in lines)
    return Item(
        title=line_title(first),
        note=_describe(lines, late=late),
        amount=sum(line.amount for line in lines),
        parts=[Part(line_arithmetic(line), line_note(line), line_result(line)) for line in lines],
        condition=line_condition(first),
        plan=line_plan(first),
        original_month=first.original_month,
        late=late,
        posted=sum(int((line.details or {}).get("posted", 0)) for line in lines),
        links=[Link(number, evidence[number]) for number, _line in numbered if evidence.get(number)],
    )


def _describe(lines: list[LineLike], *, late: bool) -> str:
    first = lines[0]
    if late:
        return str(_("susulan %(month)s", month=bulan(first.original_month)))
    if first.component == "acquisition_fee":
        count = sum(line.count or 0 for line in lines)
        return str(_("%(count)s peserta baru", count=count))
    if first.base is not None:
        return str(_("%(rate)s dari %(base)s", rate=_rate(first), base=rupiah(first.base)))
    return line_note(first)


def _rate(line: LineLike) -> str:
    return line_arithmetic(line).split(" × ")[0]
