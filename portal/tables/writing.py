"""Exports as CSV or XLSX: complete or not at all, inert for spreadsheets, the same bytes for the same rows."""

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal

import xlsxwriter

from portal.domain.errors import RuleBroken

Type = Literal["text", "number", "date"]
MAX_SHEET_ROWS: Final = 1_048_575
# A spreadsheet takes a text that begins with one of these for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_AT_ONCE: Final = 500
_STARTS: Final = frozenset(_FORMULA_STARTS)
_WRITTEN_ALIKE: Final = frozenset({int, Decimal, date, type(None)})
_MADE: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - the date inside the file, fixed so that its bytes are


def write_table(
    path: Path | str, headings: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[Type]
) -> int:
    """Write rows to a .csv or .xlsx file and return how many; an old file is replaced once the new one is complete.

    `types` says for each column whether it holds "text" (codes and long numbers too), "number" (int or Decimal that
    a spreadsheet may add up) or "date". None is an empty cell.
    """
    target = Path(path)
    if len(types) != len(headings):
        raise ValueError("one type for each heading")
    writer = _WRITERS.get(target.suffix.lower())
    if writer is None:
        raise RuleBroken("table.unknown_ending", {"name": target.name})
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    partial = Path(name)
    try:
        count = writer(partial, headings, rows, types)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return count


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[Type]) -> bytes:
    """Return rows as the bytes of a CSV file, for a page that sends a small table."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "rows.csv"
        write_table(target, headings, rows, types)
        return target.read_bytes()


def inert(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _plain(value: object, kind: Type) -> str:
    """Write one value as CSV text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return inert(str(value)) if kind == "text" else str(value)


def _text_cell(value: object) -> str:
    """Write a value of a text column: nearly always a text, and nearly never one to make inert."""
    if type(value) is str:
        return "'" + value if value[:1] in _STARTS else value
    return _plain(value, "text")


def _column(values: Sequence[object], kind: Type) -> Iterable[object]:
    """Write a column of some rows; values that the CSV library writes alike, in C, stay as they are."""
    if kind == "text":
        return map(_text_cell, values)
    if _WRITTEN_ALIKE.issuperset(map(type, values)):
        return values
    return [_plain(value, kind) for value in values]


def _write_csv(
    path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[Type]
) -> int:
    """Write column by column for some rows at a time, which takes half as long as cell by cell."""
    count, stream = 0, iter(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        while some := list(islice(stream, _AT_ONCE)):
            count += len(some)
            columns = zip(zip(*some, strict=True), types, strict=True)
            writer.writerows(zip(*(_column(values, kind) for values, kind in columns), strict=True))
    return count


class _Remembering(io.FileIO):
    """A file that remembers the disk's first error: the zip library raises a second one, and one nobody can catch."""

    problem: OSError | None = None

    def write(self, data: Any) -> int:
        """Write, or remember the error."""
        try:
            return super().write(data)
        except OSError as problem:
            self.problem = self.problem or problem
            return len(data)


def _write_xlsx(
    path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[Type]
) -> int:
    with _Remembering(path, "w+b") as file:
        count = _write_sheet(file, headings, rows, types)
        if file.problem is not None:
            raise file.problem
    return count


def _write_sheet(
    file: io.FileIO, headings: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[Type]
) -> int:
    options = {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    count = 0
    with xlsxwriter.Workbook(file, {**options, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE})
        sheet = _Sheet(book, headings, types)
        for count, row in enumerate(rows, 1):
            if count > MAX_SHEET_ROWS:
                raise RuleBroken("table.too_many_rows", {"most": MAX_SHEET_ROWS})
            sheet.write(count, row)
    return count


class _Sheet:
    """A worksheet of typed columns under their headings."""

    def __init__(self, book: Any, headings: Sequence[str], types: Sequence[Type]) -> None:
        bold = book.add_format({"bold": True})
        self._text = book.add_format({"num_format": "@"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._types = types
        self._sheet = book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for place, (heading, kind) in enumerate(zip(headings, types, strict=True)):
            width, look = max(10, len(heading) + 2), self._text if kind == "text" else None
            self._sheet.set_column(place, place, width, look)
            self._sheet.write_string(0, place, heading, bold)

    def write(self, line: int, row: Sequence[Any]) -> None:
        """Write a row into a line; a typed cell is never run, so its text needs no apostrophe."""
        for place, (value, kind) in enumerate(zip(row, self._types, strict=True)):
            if value is None:
                continue
            if kind == "number":
                self._sheet.write_number(line, place, value)
            elif kind == "date" and isinstance(value, date):
                self._sheet.write_datetime(line, place, value, self._day)
            else:
                self._sheet.write_string(line, place, _plain(value, "number"), self._text)


_WRITERS: Final[dict[str, Callable[[Path, Sequence[str], Iterable[Sequence[Any]], Sequence[Type]], int]]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
}
