"""The national identity number (NIK): normalising, checking, reading and masking it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from portal.domain.errors import RuleBroken

LENGTH = 16
BULLET = "•"
WOMEN_OFFSET = 40  # added to the day of birth in a woman's NIK
OLDEST_YEAR = 1920  # two-digit years are read as 1920 to 2019: no younger person can be a worker

# Today's provinces, and retired codes that live on in the numbers issued under them (54: Timor Timur).
PROVINCES = frozenset(
    str(code)
    for span in (range(11, 20), (21,), range(31, 37), range(51, 55), range(61, 66), range(71, 77), (81, 82))
    for code in span
) | frozenset(str(code) for code in range(91, 97))

_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212\u00ad\u200b-\u200f\u2060\ufeff]+")
_DIGITS = re.compile(r"[0-9]+")
_SPREADSHEET = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+|[0-9]+[.,]0")
_SERIES = "1234567890123456"


@dataclass(frozen=True, slots=True)
class NikParts:
    """What a NIK says: the district that issued it, birth date (None if no such day), sex, serial."""

    district: str
    birth_date: date | None
    sex: str
    serial: str


def strip_separators(text: str) -> str:
    """Remove what people type between digits: white space, dots, dashes, invisible characters."""
    return _SEPARATORS.sub("", text)


def normalise_nik(text: str) -> str:
    """Strip separators; raise RuleBroken("nik.letters") if anything but ASCII digits is left."""
    if (
        text.isascii() and text.isdigit()
    ):  # nothing to strip: most are so, and extracts hold hundred thousands
        return text
    nik = strip_separators(text)
    _refuse_other_than_digits(nik)
    return nik


def _refuse_other_than_digits(nik: str) -> None:
    if nik and not _DIGITS.fullmatch(nik):
        raise RuleBroken("nik.letters")


def looks_like_spreadsheet_number(text: str) -> bool:
    """Recognise a NIK, KPJ, phone or account that a spreadsheet turned into a number (3,27E+15 or 327.0)."""
    return _SPREADSHEET.fullmatch(text.strip()) is not None


def _day_month(nik: str) -> tuple[int, int]:
    day, month = int(nik[6:8]), int(nik[8:10])
    return (day - WOMEN_OFFSET if day > WOMEN_OFFSET else day), month


def check_nik(nik: str, *, birth_date: date | None) -> list[str]:
    """Refuse an impossible NIK and return warning codes for an odd one.

    Refused: nik.letters, nik.length (have, need), nik.repeated, nik.region (00), nik.date (day outside 1-31 and
    41-71, month outside 1-12), nik.serial (0000). An unknown region, 01 to 10 included, and a birth date that
    differs from the given one are only warnings: a NIK is kept for life even when it is wrong.
    """
    if not (nik.isascii() and nik.isdigit()):
        _refuse_other_than_digits(nik)
    if len(nik) != LENGTH:
        raise RuleBroken("nik.length", {"have": len(nik), "need": LENGTH})
    if len(set(nik)) == 1 or nik == _SERIES:
        raise RuleBroken("nik.repeated")
    _refuse_impossible_parts(nik)
    return _list_oddities(nik, birth_date)


def _refuse_impossible_parts(nik: str) -> None:
    """Refuse a region, day of birth or serial that is never given out."""
    if nik[:2] == "00":
        raise RuleBroken("nik.region", {"region": nik[:2]})
    day, month = _day_month(nik)
    if not (1 <= day <= 31 and 1 <= month <= 12):
        raise RuleBroken("nik.date", {"day": nik[6:8], "month": nik[8:10]})
    if nik[12:] == "0000":
        raise RuleBroken("nik.serial")


def _list_oddities(nik: str, birth_date: date | None) -> list[str]:
    """List the warnings about a possible NIK."""
    found = []
    if birth_date is not None and not _says_birth(nik, birth_date):
        found.append("nik.birth_date_differs")
    if nik[:2] not in PROVINCES:
        found.append("nik.unknown_region")
    return found


def _says_birth(nik: str, birth: date) -> bool:
    return (*_day_month(nik), int(nik[10:12])) == (birth.day, birth.month, birth.year % 100)


def nik_parts(nik: str) -> NikParts:
    """Read a NIK that passed check_nik; the century is the one that makes the year 1920 to 2019."""
    day, month = _day_month(nik)
    year = 1900 + int(nik[10:12])
    try:
        born = date(year if year >= OLDEST_YEAR else year + 100, month, day)
    except ValueError:
        born = None
    sex = "female" if int(nik[6:8]) > WOMEN_OFFSET else "male"
    return NikParts(district=nik[:6], birth_date=born, sex=sex, serial=nik[12:])


def mask(text: str, *, first: int, last: int) -> str:
    """Keep the first and last characters and put a bullet for each one between; hide short texts completely."""
    hidden = len(text) - first - last
    if hidden <= 0:
        return BULLET * len(text)
    return text[:first] + BULLET * hidden + text[len(text) - last :]


def mask_nik(nik: str) -> str:
    """Mask a NIK: 1671••••••••••03 (rules.md 9.1)."""
    return mask(nik, first=4, last=2)


def mask_phone(phone: str) -> str:
    """Mask a stored phone number in the form people read: 0812••••••03 (rules.md 9.1)."""
    return mask("0" + phone[3:] if phone.startswith("+62") else phone, first=4, last=2)
