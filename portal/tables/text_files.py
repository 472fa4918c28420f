"""CSV files in any of the common encodings and separators, streamed in constant memory."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal.tables.headings import Column, count_known
from portal.tables.problems import TableRefused

SEPARATORS: Final = (",", ";", "\t", "|")
_BOM_8: Final = b"\xef\xbb\xbf"
_BOMS_16: Final = (b"\xff\xfe", b"\xfe\xff")
# UTF-8 read as Windows-1252 shows these bytes, whole or cut short; real Windows-1252 text does not contain them.
_UTF8_TRACE = re.compile(rb"[\xc2\xc3]|\xe2\x80")
_UNDEFINED_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class TextFormat:
    """How a CSV file is written: its encoding, its separator, and whether a `sep=` line comes first."""

    encoding: str
    separator: str
    skipped: int


def detect(path: Path, columns: Sequence[Column]) -> TextFormat:
    """Find out how a file is written; refuse one that mixes encodings, naming the line."""
    encoding = _detect_encoding(path)
    with path.open(encoding=encoding, newline="") as lines:
        first = lines.readline(200)
    if declared := _SEP_LINE.fullmatch(first):
        return TextFormat(encoding, declared[1], 1)
    best = max(SEPARATORS, key=lambda separator: _fit(path, encoding, separator, columns))
    return TextFormat(encoding, best, 0)


def _fit(path: Path, encoding: str, separator: str, columns: Sequence[Column]) -> tuple[int, int]:
    """Measure how well a separator splits the first row into the headings that the import knows."""
    try:
        first = next((row for _line, row in rows(path, TextFormat(encoding, separator, 0)) if any(row)), [])
    except TableRefused:
        return 0, 0
    return count_known(first, columns), len(first)


def _detect_encoding(path: Path) -> str:
    """Return the encoding: UTF-16 by its byte order mark, else UTF-8, else Windows-1252; never a guess between two."""
    with path.open("rb") as file:
        head = file.read(4)
        if head[:2] in _BOMS_16:
            _check_utf_16(path)
            return "utf-16"
        file.seek(0)
        seen = _look_at_letters(file)
    if not seen.other:
        return "utf-8-sig"
    if seen.has_utf_8 or head.startswith(_BOM_8):
        raise TableRefused("table.mixed_encoding", {"line": seen.undefined or seen.other})
    return "cp1252"


@dataclass
class _Letters:
    """What the lines beyond ASCII show: the first line of each kind (0: none), and traces of UTF-8."""

    utf_8: int = 0
    other: int = 0
    undefined: int = 0  # neither UTF-8 nor Windows-1252
    traced: bool = False

    def look_at(self, number: int, line: bytes) -> None:
        """Look at a line."""
        if line.isascii():
            return  # but for a byte order mark
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            self.other = self.other or number
            self.traced = self.traced or _UTF8_TRACE.search(line) is not None
            if _UNDEFINED_1252.search(line):
                self.undefined = self.undefined or number
        else:
            self.utf_8 = self.utf_8 or number

    @property
    def has_utf_8(self) -> bool:
        """Tell whether some of the text is UTF-8, or no encoding that we take."""
        return bool(self.utf_8 or self.traced or self.undefined)


def _look_at_letters(lines: Iterable[bytes]) -> _Letters:
    seen = _Letters()
    for number, line in enumerate(lines, 1):
        if b"\x00" in line:
            raise TableRefused("table.binary", {"line": number})
        if not line.isascii():
            seen.look_at(number, line.removeprefix(_BOM_8) if number == 1 else line)
    return seen


def _check_utf_16(path: Path) -> None:
    number = 0
    try:
        with path.open(encoding="utf-16", newline="") as lines:
            for number, line in enumerate(lines, 1):
                if "\x00" in line:
                    raise TableRefused("table.binary", {"line": number})
    except UnicodeError:
        raise TableRefused("table.mixed_encoding", {"line": number + 1}) from None


def rows(path: Path, form: TextFormat) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line on which it begins; blank lines are skipped."""
    with path.open(encoding=form.encoding, newline="", buffering=io.DEFAULT_BUFFER_SIZE * 16) as lines:
        for _ in range(form.skipped):
            lines.readline()
        reader = csv.reader(lines, delimiter=form.separator, strict=True)
        begins = 1
        try:
            for row in reader:
                if row:
                    yield form.skipped + begins, row
                begins = reader.line_num + 1
        except csv.Error as error:
            line = form.skipped + begins
            if "field larger" in str(error):
                raise TableRefused("table.field_too_long", {"line": line}) from None
            raise TableRefused("table.broken_quotes", {"line": line}) from None
