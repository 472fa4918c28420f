"""Parsers of single cells: each takes a filled cell and returns its value, or raises BadCell with a code."""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Final

from portal.domain.nik import looks_like_spreadsheet_number
from portal.tables.cells import BROKEN, DateCell, NumberCell, TruthCell
from portal.tables.headings import Parser
from portal.tables.problems import BadCell

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
_SHOWN: Final = 40

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_CLOCK = re.compile(r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")
_YEAR_FIRST_MONTH = re.compile(r"([0-9]{4})-?([0-9]{2})")
_MONTH_FIRST = re.compile(r"([0-9]{1,2})[-/]([0-9]{4})")
_PLAIN = re.compile(r"[0-9]{1,15}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:(\.)[0-9]{3}(?:\.[0-9]{3})*|(,)[0-9]{3}(?:,[0-9]{3})*)")
_DIGITS = re.compile(r"[+-]?[0-9]{1,18}")
_SPREADSHEET_TEXT = re.compile(r'="([^"]*)"')
# Soft hyphen, zero-width and direction marks: invisible, yet they make equal names differ.
_INVISIBLE: Final = dict.fromkeys(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
)
_TRUE: Final = frozenset({"true", "ya", "1"})
_FALSE: Final = frozenset({"false", "tidak", "0"})


def _refuse(code: str, cell: str) -> BadCell:
    """Make the refusal that shows the reader what is in the cell."""
    if cell.strip() in BROKEN:
        code = "cell.broken_formula"
    shown = "".join(letter if letter.isprintable() else "·" for letter in cell[:_SHOWN])
    return BadCell(code, {"value": shown})


def clean(cell: str) -> str:
    """Trim a cell, turn line breaks and odd spaces into single spaces, drop invisible characters."""
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell.strip()
    kept = unicodedata.normalize("NFC", cell).translate(_INVISIBLE)
    joined = " ".join(kept.split())
    if not joined.isprintable():
        raise _refuse("cell.control_character", joined)
    return joined


def text(limit: int = 200) -> Parser:
    """Make the parser of a text of limited length."""

    def parse(cell: str) -> str:
        cleaned = clean(cell)
        if len(cleaned) > limit:
            raise BadCell("cell.too_long", {"limit": limit, "length": len(cleaned)})
        if cleaned[0:1] == "#" and cleaned in BROKEN:
            raise _refuse("cell.broken_formula", cleaned)
        return cleaned

    return parse


def code(limit: int = 64) -> Parser:
    """Make the parser of a code: a short text without comma, quote or line break (rules.md 7.1)."""

    def parse(cell: str) -> str:
        if type(cell) is str and cell.isalnum() and len(cell) <= limit:
            return cell
        if any(letter in cell.strip() for letter in ",'\"\r\n\t"):
            raise _refuse("cell.bad_code", cell.strip())
        if isinstance(cell, DateCell | TruthCell) or (isinstance(cell, NumberCell) and not cell.isdigit()):
            raise _refuse("cell.not_text", cell)
        return str(short(cell))

    short = text(limit)
    return parse


def _date(year: str, month: str, day_of_month: str, cell: str) -> date:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise _refuse("cell.year_out_of_range", cell)
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError:
        raise _refuse("cell.no_such_day", cell) from None


@lru_cache(maxsize=8192)
def _day(cell: str) -> date:
    if found := _ISO_DAY.match(cell):
        if found.end() != len(cell) and not _CLOCK.fullmatch(cell, found.end()):
            raise _refuse("cell.not_a_day", cell)
        return _date(found[1], found[2], found[3], cell)
    if found := _DAY_FIRST.fullmatch(cell):
        return _date(found[3], found[2], found[1], cell)
    raise _refuse("cell.not_a_day", cell)


def day(cell: str) -> date:
    """Parse a day: YYYY-MM-DD, DD/MM/YYYY or a real spreadsheet date; a bare number is never guessed."""
    if type(cell) is not str and not isinstance(cell, DateCell):
        raise _refuse("cell.not_a_day", cell)
    return _day(cell.strip())


@lru_cache(maxsize=8192)
def _month(cell: str) -> str:
    if found := _YEAR_FIRST_MONTH.fullmatch(cell):
        year, number = found[1], found[2]
    elif found := _MONTH_FIRST.fullmatch(cell):
        year, number = found[2], found[1]
    elif _ISO_DAY.match(cell) or _DAY_FIRST.match(cell):
        return _day(cell).isoformat()[:7]
    else:
        raise _refuse("cell.not_a_month", cell)
    return _date(year, number, "1", cell).isoformat()[:7]


def month(cell: str) -> str:
    """Parse a month to 'YYYY-MM': YYYY-MM, YYYYMM (a number too), MM-YYYY, MM/YYYY, or a date in it."""
    if type(cell) is TruthCell:
        raise _refuse("cell.not_a_month", cell)
    return _month(cell.strip())


@lru_cache(maxsize=8192)
def _rupiah(cell: str) -> int:
    bare = clean(cell)
    if bare[:2].casefold() == "rp":
        bare = bare[2:].lstrip(". ")
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", "")
    if not _PLAIN.fullmatch(bare):
        raise _refuse("cell.not_rupiah", cell)
    return int(bare)


def rupiah(cell: str) -> int:
    """Parse whole rupiah, never negative: 16800, 16.800, 16,800 or Rp16.800; no decimals, no exponents."""
    if type(cell) is str:
        return _rupiah(cell)
    if type(cell) is NumberCell:
        # A fraction such as 16.5 is printed with a point: it must not be taken for groups of three.
        if not _PLAIN.fullmatch(cell):
            raise _refuse("cell.not_rupiah", cell)
        return int(cell)
    raise _refuse("cell.not_rupiah", cell)


def integer(least: int = 0, most: int = 10**9) -> Parser:
    """Make the parser of a whole number between two bounds; groups of three are not accepted."""

    def parse(cell: str) -> int:
        stripped = cell.strip()
        if isinstance(cell, DateCell | TruthCell) or not _DIGITS.fullmatch(stripped):
            raise _refuse("cell.not_whole", cell)
        number = int(stripped)
        if not least <= number <= most:
            raise BadCell("cell.out_of_bounds", {"value": number, "least": least, "most": most})
        return number

    return parse


def boolean(cell: str) -> bool:
    """Parse true/false, ya/tidak or 1/0."""
    word = cell.strip().casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _refuse("cell.not_yes_or_no", cell)


def identifier(limit: int = 40) -> Parser:
    """Make the parser of a NIK, KPJ, phone or account: text that must keep every digit.

    A spreadsheet number is refused even if it looks right: its 16th digit is already lost. The apostrophe and the
    ="…" that people use against that are removed. The finding does not show the value.
    """

    def parse(cell: str) -> str:
        if type(cell) is str and cell.isdecimal() and cell.isascii() and len(cell) <= limit:
            return cell
        return _typed_as_text(cell, limit)

    return parse


def _typed_as_text(cell: str, limit: int) -> str:
    if isinstance(cell, NumberCell | DateCell | TruthCell):
        raise BadCell("cell.number_lost_digits")
    text = _unguarded(cell)
    if looks_like_spreadsheet_number(text):
        raise BadCell("cell.number_lost_digits")
    if len(text) > limit:
        raise BadCell("cell.too_long", {"limit": limit, "length": len(text)})
    if text in BROKEN:
        raise _refuse("cell.broken_formula", text)
    if not text:
        raise BadCell("cell.missing")
    return text


def _unguarded(cell: str) -> str:
    """Remove the apostrophe or ="…" that people put around a number."""
    text = clean(cell)
    if wrapped := _SPREADSHEET_TEXT.fullmatch(text):
        text = wrapped[1].strip()
    return text.lstrip("'’`").strip()


def choice(options: dict[str, str] | tuple[str, ...]) -> Parser:
    """Make the parser of one word out of several, ignoring case; a dict maps words to codes."""
    table = options if isinstance(options, dict) else {option: option for option in options}
    folded = {" ".join(word.casefold().split()): value for word, value in table.items()}
    allowed = ", ".join(table)

    def parse(cell: str) -> str:
        value = folded.get(cell) or folded.get(" ".join(cell.casefold().split()))
        if value is None:
            raise BadCell("cell.not_a_choice", {"value": clean(cell)[:_SHOWN], "choices": allowed})
        return value

    return parse
