"""The digest of a closed month: its text, line by line, and the SHA-256 of it (rules.md 7.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date

from portal.domain.errors import RuleBroken

NO_DIGEST = "0" * 64  # stands for the month before the first

# The fields of each block, in order; ``None`` is written empty, a date as YYYY-MM-DD.
POSTED = ("cadre_code", "kind", "source", "earned_on", "original_month", "points", "rule_version")
STANDINGS = ("scope", "scope_code", "rank", "cadre_code", "points", "validated_signups")
STATEMENTS = (
    "cadre_code",
    "plan",
    "gross",
    "tax",
    "net",
    "carried_in",
    "carried_out",
    "payable",
    "host_code",
    "host_amount",
)
HOSTS = ("cadre_code", "original_month", "host_code", "base", "amount")
LINES = ("cadre_code", "component", "original_month", "band", "base", "rate", "count", "amount")
BLOCKS = (("P", POSTED), ("S", STANDINGS), ("T", STATEMENTS), ("H", HOSTS), ("L", LINES))

# What the first line names. A month keeps the format that it was closed with; the first one had no block H.
FORMAT = "portal-2"
FIRST_FORMAT = "portal-1"


def has_hosts(format_name: str) -> bool:
    """Tell whether a digest of this format has the block H."""
    return format_name != FIRST_FORMAT


Field = str | int | date | None
Row = tuple[Field, ...]

_FORBIDDEN = frozenset(",\"'\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00")


def check_code(text: str) -> str:
    """Return the code unchanged; raise RuleBroken("code.characters") for a comma, quote or line break."""
    if not _FORBIDDEN.isdisjoint(text):
        raise RuleBroken("code.characters", {"text": text[:40]})
    return text


def _write(value: Field) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return check_code(value)
    if isinstance(value, bool | float):
        raise TypeError(value)
    return str(value)


def row_text(row: Row) -> str:
    """Write one row: fields joined by commas, without the line end."""
    return ",".join(map(_write, row))


def _block(name: str, width: int, rows: Iterable[Row], *, presorted: bool) -> Iterator[bytes]:
    yield f"{name}\n".encode()
    texts: list[bytes] = []
    before = b""
    for row in rows:
        if len(row) != width:
            raise ValueError((name, row))
        text = row_text(row).encode()
        if not presorted:
            texts.append(text)
            continue
        if text < before:
            raise ValueError(f"block {name} is not sorted bytewise")
        yield text + b"\n"
        before = text
    texts.sort()
    for text in texts:
        yield text + b"\n"


def digest_lines(
    month: str,
    previous_digest: str | None,
    posted: Iterable[Row],
    standings: Iterable[Row],
    statements: Iterable[Row],
    hosts: Iterable[Row],
    lines: Iterable[Row],
    *,
    presorted: bool = False,
) -> Iterator[bytes]:
    """Give the file's lines as bytes, line ends included, one block after the other.

    One block at a time is held to be sorted. With ``presorted`` nothing is held: rows must come in the
    order of their written lines' bytes, else ValueError.
    """
    yield f"{FORMAT},{month},{previous_digest or NO_DIGEST}\n".encode()
    for (name, fields), rows in zip(BLOCKS, (posted, standings, statements, hosts, lines), strict=True):
        yield from _block(name, len(fields), rows, presorted=presorted)


def digest_text(
    month: str,
    previous_digest: str | None,
    posted: Iterable[Row],
    standings: Iterable[Row],
    statements: Iterable[Row],
    hosts: Iterable[Row],
    lines: Iterable[Row],
) -> str:
    """Give the whole file: first line, then the blocks P, S, T, H, L, each sorted bytewise."""
    blocks = (posted, standings, statements, hosts, lines)
    return b"".join(digest_lines(month, previous_digest, *blocks)).decode()


def digest_of(lines: Iterable[bytes]) -> str:
    """Hash a file's lines as they come: SHA-256 in hex."""
    hasher = hashlib.sha256()
    for line in lines:
        hasher.update(line)
    return hasher.hexdigest()


def digest(text: str) -> str:
    """Hash a digest file's text: SHA-256 of its UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
