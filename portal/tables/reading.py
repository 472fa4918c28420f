"""Opening an untrusted CSV or XLSX file and iterating over its rows, with each cell parsed or reported as bad."""

import shutil
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from portal.tables import text_files, workbooks
from portal.tables.cells import FormulaCell
from portal.tables.headings import Column, Parser, count_known, match_headings
from portal.tables.problems import BadCell, Problems, TableRefused

MAX_FILE_BYTES: Final = 50_000_000
MAX_ROWS: Final = 2_000_000
MAX_COLUMNS: Final = 200
# If the first row holds no headings, the heading row is looked for down to this row.
_TITLE_ROWS: Final = 10
# What a program writes in place of letters that it could not read.
_BROKEN_LETTER: Final = "\ufffd"
# So many texts of a column that repeats are remembered.
_REMEMBERED: Final = 20_000
_Plan = list[tuple[str, int, Any, bool]]


@dataclass(frozen=True, slots=True)
class Row:
    """One good row: its line in the file and the parsed value of each column (None: empty)."""

    line: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


class Table(AbstractContextManager["Table"]):
    """An opened file. Iterate it for the good rows; the bad ones are in `problems`.

    Every iteration reads the file anew with fresh problems. Use it in a `with` statement, or close() it: the copy
    on disk of a streamed file lives until then.
    """

    def __init__(
        self, path: Path, columns: Sequence[Column], *, filename: str, copy: IO[bytes] | None = None
    ) -> None:
        self.path = path
        self.columns = tuple(columns)
        self.filename = filename
        self.problems = Problems()
        self._copy = copy
        head = _head(path)
        self.format = "xlsx" if workbooks.refuse_other_formats(path, head) else "csv"
        if self.format == "xlsx":
            if filename.lower().endswith((".xlsm", ".xltm")):
                raise TableRefused("table.macros")
            workbooks.check_workbook(path)
        else:
            self._text = text_files.detect(path, self.columns)
        self.headings = self._read_headings()
        while not self.headings[-1].strip():
            self.headings.pop()
        self.found = match_headings(self.headings, self.columns)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the copy of a streamed file."""
        if self._copy is not None:
            self._copy.close()

    def cells(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the raw rows, headings included; cells that a spreadsheet typed are str subclasses."""
        if self.format == "xlsx":
            return workbooks.rows(self.path, lambda first: count_known(first, self.columns) > 1)
        return text_files.rows(self.path, self._text)

    def _read_headings(self) -> list[str]:
        """Return the first row that holds anything; if the headings are further down, say so."""
        with closing(self._filled()) as rows:
            _, first = next(rows, (0, []))
            if not first:
                raise TableRefused("table.empty")
            if len(first) > MAX_COLUMNS:
                raise TableRefused("table.too_many_columns", {"count": len(first), "most": MAX_COLUMNS})
            if not count_known(first, self.columns):
                self._refuse_headings_in(islice(rows, _TITLE_ROWS))
        return first

    def _refuse_headings_in(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        for line, cells in rows:
            if count_known(cells, self.columns) > 1:
                raise TableRefused("table.headings_not_first", {"line": line})

    def _filled(self) -> Generator[tuple[int, list[str]]]:
        for line, cells in self.cells():
            if (cells[0] and not cells[0].isspace()) or any(cell.strip() for cell in cells):
                yield line, cells

    def __iter__(self) -> Iterator[Row]:
        """Yield the good rows; add the bad ones to `problems`; refuse a file without any row."""
        self.problems = Problems()
        plan: _Plan = [
            (column.name, self.found.get(column.name, -1), self._parser(column), column.required)
            for column in self.columns
        ]
        width = len(self.headings)
        rows = self._filled()
        next(rows, None)  # the headings
        count = 0
        for count, (line, cells) in enumerate(rows, 1):
            if count > MAX_ROWS:
                raise TableRefused("table.too_many_rows", {"most": MAX_ROWS})
            if len(cells) != width and not self._fits(line, cells, width):
                continue
            values = self._parse(line, cells, plan)
            if values is not None:
                yield Row(line, values)
        if not count:
            raise TableRefused("table.empty")

    def _parser(self, column: Column) -> Parser:
        """Return a column's parser, one that remembers where that is safe.

        A cell that a spreadsheet typed equals the text that it shows, and yet may mean something else.
        """
        if column.repeats and self.format == "csv":
            return lru_cache(_REMEMBERED)(column.kind)
        return column.kind

    def _fits(self, line: int, cells: list[str], width: int) -> bool:
        """Report a row whose width differs from the heading row's; empty cells after it do no harm."""
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            return True
        code = "row.too_many_cells" if len(cells) > width else "row.too_few_cells"
        self.problems.add(line, "", code, {"count": len(cells), "expected": width})
        return False

    def _parse(self, line: int, cells: list[str], plan: _Plan) -> dict[str, Any] | None:
        """Parse the cells of one row; None if any of them is bad."""
        values: dict[str, Any] = {}
        good = True
        for name, place, parse, required in plan:
            cell = cells[place] if place >= 0 else ""
            if not cell or cell.isspace():
                values[name] = None
                if required:
                    self.problems.add(line, name, "cell.missing")
                    good = False
                continue
            try:
                _refuse_unsure(cell)
                values[name] = parse(cell)
            except BadCell as bad:
                self.problems.add(line, bad.column or name, bad.code, bad.values)
                good = False
        return values if good else None


def _refuse_unsure(cell: str) -> None:
    """Refuse a cell whose text may not be what its author wrote: a formula's, or one with broken letters."""
    if type(cell) is FormulaCell:
        raise BadCell("cell.formula")
    if _BROKEN_LETTER in cell:
        raise BadCell("cell.broken_letters", {"value": cell.strip()[:40]})


def open_table(source: Path | str | IO[bytes], *, columns: Sequence[Column], filename: str = "") -> Table:
    """Open a CSV or XLSX file, told apart by content; raise TableRefused if the file as a whole is unusable."""
    if isinstance(source, str | Path):
        path = Path(source)
        if not path.is_file():
            raise TableRefused("table.no_such_file", {"name": path.name})
        return Table(path, columns, filename=filename or path.name)
    copy = tempfile.NamedTemporaryFile(prefix="portal-upload-")  # noqa: SIM115 - the table closes it
    try:
        shutil.copyfileobj(_Capped(source), copy)
        copy.flush()
        return Table(Path(copy.name), columns, filename=filename, copy=copy)
    except BaseException:
        copy.close()
        raise


class _Capped:
    """A stream that refuses to yield more than the largest file we take."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = MAX_FILE_BYTES

    def read(self, size: int = -1) -> bytes:
        """Read, and count the bytes."""
        block = self._stream.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise TableRefused("table.too_large", {"most": MAX_FILE_BYTES // 1_000_000})
        return block


def _head(path: Path) -> bytes:
    """Return the first bytes of a file of an acceptable size."""
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise TableRefused("table.too_large", {"most": MAX_FILE_BYTES // 1_000_000})
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise TableRefused("table.empty")
    return head
