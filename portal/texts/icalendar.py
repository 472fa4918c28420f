"""Calendars as phones read them: events in the iCalendar format (RFC 5545)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_OCTETS: Final = 75
_ESCAPED: Final[Mapping[str, str]] = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_BREAKS: Final = re.compile(r"\r\n?")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of a calendar; `uid` never changes, `sequence` grows with each change."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    text: str
    url: str
    cancelled: bool


def write_calendar(name: str, entries: Iterable[Entry]) -> str:
    """Write a calendar: lines end with CR and LF, and none is longer than 75 octets."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Portal Kader//Agenda//ID",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for entry in entries:
        lines += _entry(entry)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _entry(entry: Entry) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_instant(entry.changed_at)}",
        f"LAST-MODIFIED:{_instant(entry.changed_at)}",
        f"DTSTART:{_instant(entry.starts_at)}",
        f"DTEND:{_instant(entry.ends_at)}",
        f"SUMMARY:{_text(entry.title)}",
        f"LOCATION:{_text(entry.place)}",
        f"DESCRIPTION:{_text(entry.text)}",
        f"URL:{entry.url}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Escape what means something in a value."""
    plain = _UNPRINTABLE.sub(" ", _BREAKS.sub("\n", text))
    return "".join(_ESCAPED.get(sign, sign) for sign in plain)


def _folded(line: str) -> Iterator[str]:
    """Cut a line into parts of at most 75 octets, never within a sign; each further part begins with a blank."""
    part, octets = "", 0
    for sign in line:
        size = len(sign.encode())
        if octets + size > _OCTETS:
            yield part
            part, octets = " ", 1
        part, octets = part + sign, octets + size
    yield part
