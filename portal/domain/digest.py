"""The digest of a closed month: its file, block by block, and the file's SHA-256 (rules.md 7.1)."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from itertools import islice
from operator import gt
from typing import TYPE_CHECKING, Final

from portal.domain.errors import RuleBroken

if TYPE_CHECKING:
    from collections.abc import Callable

NO_DIGEST = "0" * 64  # stands for the month before the first close

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
BLOCKS = {"P": POSTED, "S": STANDINGS, "T": STATEMENTS, "H": HOSTS, "L": LINES}

# The formats named in the file's first line. A month keeps the format it was closed with; format 1 had no block H.
FORMAT = "portal-2"
FIRST_FORMAT = "portal-1"


def has_hosts(format_name: str) -> bool:
    """Tell whether a digest of this format has the block H."""
    return format_name != FIRST_FORMAT


Field = str | int | date | None

# What a code may not contain. Commas and line feeds separate fields and lines; the writer finds extra ones by count.
_FORBIDDEN: Final = re.compile("[\"'\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00]")


def check_code(text: str) -> str:
    """Return the code unchanged; raise RuleBroken("code.characters") for a comma, quote or line break."""
    if "," in text or "\n" in text or _FORBIDDEN.search(text):
        raise RuleBroken("code.characters", {"text": text[:40]})
    return text


def line_text(*fields: Field) -> str:
    """Write one line, without its line end. Forbidden characters are checked by the writer, for many lines at once."""
    return ",".join(["" if field is None else str(field) for field in fields])


class DigestWriter:
    """Takes the blocks of a digest file in order, as batches of sorted lines, and hashes them.

    `into` takes the file's bytes as they come; without it only the hash is kept. `lines` counts the lines written.
    """

    def __init__(
        self,
        month: str,
        previous: str | None,
        *,
        format_name: str = FORMAT,
        into: Callable[[bytes], object] | None = None,
    ) -> None:
        self._hash = hashlib.sha256()
        self._into = into
        self.lines = 0
        self._last = ""
        self._commas = 0
        self._write(f"{format_name},{month},{previous or NO_DIGEST}\n")

    def start(self, block: str) -> None:
        """Begin a block of BLOCKS."""
        self._last, self._commas = "", len(BLOCKS[block]) - 1
        self._write(f"{block}\n")

    def add(self, texts: list[str]) -> None:
        """Add sorted lines that follow those already added; raises ValueError otherwise, since that is a bug.

        Code points sort as their UTF-8 bytes do, so sorting the texts sorts the file.
        """
        if not texts:
            return
        joined = "\n".join(texts) + "\n"
        if joined.count(",") != self._commas * len(texts) or joined.count("\n") != len(texts):
            raise ValueError("a digest line holds a comma or a line break in a field")
        if _FORBIDDEN.search(joined):
            raise ValueError("a digest line holds a character that no code may hold")
        if texts[0] < self._last or any(map(gt, texts, islice(texts, 1, None))):
            raise ValueError("a digest block is not sorted bytewise")
        self._last = texts[-1]
        self._write(joined)

    def _write(self, text: str) -> None:
        data = text.encode()
        self.lines += text.count("\n")
        self._hash.update(data)
        if self._into is not None:
            self._into(data)

    def hexdigest(self) -> str:
        """Return the SHA-256 of what was written, in hex."""
        return self._hash.hexdigest()
