"""Headings: which column of a file is which, without regard to case, spaces and punctuation."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from portal.tables.problems import TableRefused

Parser = Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """A column that an import reads.

    `kind` is a parser of portal.tables.values. `required`: the heading must be there and every cell filled.
    `expected`: the heading must be there, cells may be empty. Otherwise the whole column may be missing.
    An empty or missing cell is None. `repeats`: few different texts fill the column, so each is parsed once; not for
    texts that must not be kept in memory.
    """

    name: str
    kind: Parser
    aliases: tuple[str, ...] = ()
    required: bool = False
    expected: bool = False
    repeats: bool = False

    def keys(self) -> set[str]:
        """Return the headings that mean this column, normalised."""
        return {normalise_heading(text) for text in (self.name, *self.aliases)}


@lru_cache(maxsize=1024)
def normalise_heading(text: str) -> str:
    """Keep letters and digits only, folded: "Tgl. Lahir", "TGL_LAHIR" and "tgllahir" are one heading."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def count_known(cells: Iterable[str], columns: Sequence[Column]) -> int:
    """Count the cells that are headings of these columns."""
    known = set[str]().union(*(column.keys() for column in columns))
    return sum(normalise_heading(cell) in known for cell in cells)


def _places_by_heading(cells: Iterable[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        places.setdefault(normalise_heading(cell), []).append(place)
    return places


def match_headings(cells: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Return each found column's position in the row; refuse a file that lacks or repeats a heading."""
    places = _places_by_heading(cells)
    found: dict[str, int] = {}
    missing = []
    for column in columns:
        here = sorted(place for key in column.keys() for place in places.get(key, ()))  # noqa: SIM118 - no dict
        if len(here) > 1:
            values = {"heading": cells[here[0]].strip()[:60], "other": cells[here[1]].strip()[:60]}
            raise TableRefused("table.heading_twice", values)
        if here:
            found[column.name] = here[0]
        elif column.required or column.expected:
            missing.append((column.aliases or (column.name,))[0])
    if missing:
        raise TableRefused("table.headings_missing", {"headings": ", ".join(missing)})
    return found
