"""Looking up regions by code and villages by name, in the packed list."""

import lzma
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from portal.domain.errors import RuleBroken

Level = Literal["province", "regency", "district", "village"]

_PACKED: Final = Path(__file__).with_name("data") / "regions.csv.xz"
_LEVELS: Final[dict[int, Level]] = {2: "province", 4: "regency", 6: "district", 10: "village"}
_CHILD_LENGTH: Final = {0: 2, 2: 4, 4: 6, 6: 10}
_VILLAGE: Final = 10
_BEHIND_DIGITS: Final = ":"
SHORTEST_SEARCH: Final = 2
_NUMBER: Final = re.compile(r"(?<![0-9])[0-9]{1,2}(?![0-9])")
# Names whose spelling in the list nobody uses.
_EVERYDAY: Final = {"Kutobatu": "Kuto Batu"}
_ONES: Final = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its Kemendagri code without dots, its level and its name."""

    code: str
    level: Level
    name: str

    @property
    def dotted(self) -> str:
        """Return the code as people write it: 16.71.07.1003."""
        parts = (self.code[:2], self.code[2:4], self.code[4:6], self.code[6:])
        return ".".join(part for part in parts if part)


@dataclass(frozen=True)
class _Regions:
    """The list in memory: one text of `code,name` lines sorted by code, and where each line begins."""

    text: str
    starts: "array[int]"

    def code_at(self, start: int) -> str:
        """Return the code of the line that begins there."""
        return self.text[start : self.text.index(",", start)]

    def region_at(self, number: int) -> Region:
        """Make the region of a line."""
        start = self.starts[number]
        code, _, name = self.text[start : self.text.index("\n", start)].partition(",")
        return Region(code, _LEVELS[len(code)], _everyday(name))

    def first_at(self, code: str) -> int:
        """Return the number of the first line whose code is this one or a later one."""
        return bisect_left(self.starts, code, key=self.code_at)

    def span(self, code: str) -> range:
        """Return the line numbers of a region and everything inside it; of the whole list for no code."""
        return range(self.first_at(code), self.first_at(code + _BEHIND_DIGITS))


@cache
def _regions() -> _Regions:
    """Unpack the list, once per process, at the first request."""
    text = lzma.decompress(_PACKED.read_bytes()).decode()
    starts = array("I", [0])
    position = text.find("\n") + 1
    while position < len(text):
        starts.append(position)
        position = text.find("\n", position) + 1
    return _Regions(text, starts)


@dataclass(frozen=True)
class _Squeezed:
    """The names without spaces and case, one per line in the list's order, for searching."""

    text: str
    starts: "array[int]"


def _squeeze(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


@cache
def _squeezed() -> _Squeezed:
    names = [_squeeze(line.partition(",")[2]) for line in _regions().text.splitlines()]
    starts = array("I", [0])
    for name in names[:-1]:
        starts.append(starts[-1] + len(name) + 1)
    return _Squeezed("\n".join(names) + "\n", starts)


@lru_cache(maxsize=4096)
def find_region(code: str) -> Region | None:
    """Return the region with a code of 2, 4, 6 or 10 digits without dots, or None."""
    regions = _regions()
    number = regions.first_at(code)
    if number == len(regions.starts) or regions.code_at(regions.starts[number]) != code:
        return None
    return regions.region_at(number)


def region_name(code: str) -> str:
    """Return the name of a region; the code itself if it is unknown."""
    region = find_region(code)
    return region.name if region is not None else code


def region_path(code: str) -> tuple[Region, ...]:
    """Return province, regency, district and village of a code, as far down as the code goes and is known."""
    found = (find_region(code[:length]) for length in _LEVELS if length <= len(code))
    return tuple(region for region in found if region is not None)


def place_line(code: str) -> str:
    """Say where a region lies: "Sukarami, Sukarami, Kota Palembang"; the code itself if it is unknown."""
    path = region_path(code)
    return ", ".join(region.name for region in reversed(path[1:] or path)) or code


@lru_cache(maxsize=512)
def children(code: str = "") -> tuple[Region, ...]:
    """Return the regions directly inside one, by code; without a code, the provinces."""
    length = _CHILD_LENGTH.get(len(code))
    if length is None or (code and find_region(code) is None):
        return ()
    regions = _regions()
    return tuple(
        regions.region_at(number)
        for number in regions.span(code)
        if len(regions.code_at(regions.starts[number])) == length
    )


@lru_cache(maxsize=1024)
def count_villages(code: str) -> int:
    """Count the villages inside a region; a village holds itself."""
    regions = _regions()
    return sum(len(regions.code_at(regions.starts[number])) == _VILLAGE for number in regions.span(code))


@lru_cache(maxsize=512)
def villages_in(code: str) -> tuple[Region, ...]:
    """Return the villages inside a region by code; a village holds itself."""
    regions = _regions()
    found = (regions.region_at(number) for number in regions.span(code))
    return tuple(region for region in found if region.level == "village")


def search_villages(text: str, *, within: str | None = None, limit: int = 20) -> list[Region]:
    """Find villages by name or by the beginning of their code, inside a region if one is given.

    Case, spaces and punctuation do not matter, and numbers may be spelled out. Equal names come first, then names
    that begin with the text, then names that contain it; each group by code. Fewer than two letters find nothing.
    Last come names that contain it only in the list's spelling: "ulu" is in "Tiga-puluh Ilir", not in 30 Ilir.
    """
    needle = _squeeze(text)
    if len(needle) < SHORTEST_SEARCH:
        return []
    regions = _regions()
    span = regions.span(within or "")
    if needle.isdecimal() and len(needle) > SHORTEST_SEARCH:
        inside = regions.span(needle)
        span_of_code = range(max(span.start, inside.start), min(span.stop, inside.stop))
        by_code = [region for region in map(regions.region_at, span_of_code) if region.level == "village"]
        if by_code:
            return by_code[:limit]
    needles = {needle, _squeeze(_NUMBER.sub(lambda found: _spelled(found[0]), text))}
    ranked = sorted({(rank, number) for each in needles for number, rank in _matching_villages(each, span)})
    return [regions.region_at(number) for _rank, number in ranked[:limit]]


def _spelled(found: str) -> str:
    """Spell out a number up to 99 as the official names do: "16 Ilir" is "Enam-belas Ilir" in the list."""
    tens, ones = divmod(int(found), 10)
    if tens == 0:
        return _ONES[ones]
    if tens == 1:
        return {0: "sepuluh", 1: "sebelas"}.get(ones, f"{_ONES[ones]} belas")
    return f"{_ONES[tens]} puluh {_ONES[ones] if ones else ''}".rstrip()


@cache
def _numbers() -> dict[str, str]:
    return {_spelled(str(number)): str(number) for number in range(1, 100)}


def _everyday(name: str) -> str:
    """Write a name as people do: the list's "Enam-belas Ilir" is 16 Ilir, its "Kutobatu" is Kuto Batu."""
    words = name.split()
    figures: list[str] = []
    while words and (figure := _numbers().get(words[0].lower().replace("-", " "))):
        figures.append(figure)
        words.pop(0)
    if figures and words and words[0] in {"Ilir", "Ulu"}:
        return f"{'-'.join(figures)} {' '.join(words)}"
    return _EVERYDAY.get(name, name)


def _matching_villages(needle: str, span: range) -> Iterator[tuple[int, int]]:
    """Yield the line number of each village that contains the needle, and its rank (see search_villages)."""
    regions, names = _regions(), _squeezed()
    if not span:
        return
    end = names.starts[span.stop] if span.stop < len(names.starts) else len(names.text)
    position = names.text.find(needle, names.starts[span.start], end)
    while position >= 0:
        number = bisect_left(names.starts, position + 1) - 1
        stop = names.text.index("\n", position)
        if len(regions.code_at(regions.starts[number])) == _VILLAGE:
            whole = stop - names.starts[number] == len(needle)
            begins = position == names.starts[number]
            seen = begins or needle in _squeeze(regions.region_at(number).name)
            yield number, 0 if whole else 1 if begins else 2 if seen else 3
        position = names.text.find(needle, stop, end)


def normalise_village(text: str) -> str:
    """Return the 10 digits of a village code, dots optional; RuleBroken if there is no such village."""
    code = text.strip().replace(".", "")
    region = find_region(code) if len(code) == _VILLAGE else None
    if region is None:
        raise RuleBroken("place.unknown_village", {"code": text.strip()[:20]})
    return code


def district_of_nik(first6: str) -> Region | None:
    """Return the district that issued a NIK; None for a retired code, which is still valid."""
    region = find_region(first6[:6])
    return region if region is not None and region.level == "district" else None
