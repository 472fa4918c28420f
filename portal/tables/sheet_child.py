"""The process that opens an untrusted spreadsheet: with little memory and time, and without writing files.

Run by path as `python -I sheet_child.py FILE MEGABYTES SECONDS`, so that it loads nothing of the portal. It prints
one JSON document per line: first {"ok": true, "merged": "A3:B4" or "", "hidden": the first sheet's name if it is
hidden, "others": the name and the first filled row of each further sheet}, then blocks of rows; dates are lists
with one ISO text, and formula results are {"shown": text}. A failure is {"refused": code} on a line of its own.
"""

import contextlib
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

BLOCK = 500
CHUNK = 1 << 20
_FAILED = re.compile(
    rb'<(?:\w+:)?c ([^<>]*?t="e"[^<>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]{1,20})<', re.DOTALL
)
_FORMULA = re.compile(rb"<(?:\w+:)?c ([^<>]*)><(?:\w+:)?f[ />]")
_PLACE = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')


def _limit(megabytes: int, seconds: int) -> None:
    """Set the process's limits on memory, time and file size, against decompression bombs."""
    memory = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _moment(value: object) -> list[str]:
    """Write dates and times as a list with one text."""
    text = str(value)
    return [text.removesuffix(" 00:00:00")]


def _cell_name(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """Return the name of the part that holds the first sheet; "" if the links are unusual."""
    sheet = re.search(rb'<(?:\w+:)?sheet [^>]*?\w+:id="([^"]+)"', archive.read("xl/workbook.xml"))
    links = re.findall(rb"<(?:\w+:)?Relationship [^>]*>", archive.read("xl/_rels/workbook.xml.rels"))
    for link in links if sheet else ():
        target = re.search(rb'Target="([^"]+)"', link)
        if target and sheet and b'Id="' + sheet[1] + b'"' in link:
            name = target[1].decode()
            return name.removeprefix("/") if name.startswith("/") else f"xl/{name}"
    return ""


def _formulas(content: bytes) -> dict[int, dict[int, str]]:
    """Find the formula cells by row and column from 0: "" or, where the formula failed, the error shown.

    The decoder returns what was shown when the file was saved, and takes failed formulas for empty cells.
    """
    found: dict[int, dict[int, str]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = _first_sheet(archive)
        if name not in archive.namelist():
            return found
        rest = b""
        with archive.open(name) as stream:
            while chunk := stream.read(CHUNK):
                text = rest + chunk
                cut = text.rfind(b"</row>") + 1
                _collect_cells(found, text, cut)
                rest = text[cut:]
    return found


def _collect_cells(found: dict[int, dict[int, str]], text: bytes, cut: int) -> None:
    """Add the formula cells of the whole rows before a cut; then, over them, those that failed."""
    if b"<f" in text or b":f" in text:
        for cell in _FORMULA.finditer(text, 0, cut):
            _collect_cell(found, cell[1], "")
    if b't="e"' in text:
        for cell in _FAILED.finditer(text, 0, cut):
            _collect_cell(found, cell[1], cell[2].decode(errors="replace"))


def _collect_cell(found: dict[int, dict[int, str]], attributes: bytes, failed: str) -> None:
    """Add a cell by its position."""
    if place := _PLACE.search(attributes):
        found.setdefault(int(place[2]) - 1, {})[_column_number(place[1])] = failed


def _put_formulas(row: list[object], formulas: dict[int, str], left: int) -> None:
    """Mark the formula cells of a row."""
    for column, failed in formulas.items():
        place = column - left
        if place >= 0:
            row += [""] * (place + 1 - len(row))
            row[place] = failed or {"shown": str(row[place])}


def _further_sheets(book: object) -> list[tuple[str, list[str]]]:
    """Return the name and the first filled row of every sheet except the first."""
    found = []
    for number, name in enumerate(book.sheet_names):  # type: ignore[attr-defined] # a CalamineWorkbook
        if number:
            rows = book.get_sheet_by_index(number).iter_rows()  # type: ignore[attr-defined] # as above
            first: list[object] = next((row for row in rows if any(cell != "" for cell in row)), [])
            found.append((name, [str(cell)[:100] for cell in first[:200]]))
    return found


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _print_document(document: object) -> None:
    sys.stdout.write(json.dumps(document, default=_moment, ensure_ascii=False, separators=(",", ":")))
    sys.stdout.write("\n")


def _head(book: CalamineWorkbook, sheet: CalamineSheet) -> dict[str, object]:
    """Say what a person sees of the workbook besides the rows of its first sheet."""
    merged = [f"{_cell_name(*first)}:{_cell_name(*last)}" for first, last in sheet.merged_cell_ranges or []]
    first = book.sheets_metadata[0]
    hidden = "" if first.visible == SheetVisibleEnum.Visible else first.name
    others = _further_sheets(book)
    return {"ok": True, "merged": merged[0] if merged else "", "hidden": hidden, "others": others}


def _blocks(sheet: CalamineSheet, formulas: dict[int, dict[int, str]]) -> Iterator[list[list[object]]]:
    """Yield the rows in blocks, the formula cells marked."""
    left = sheet.start[1] if sheet.start else 0
    block: list[list[object]] = []
    for number, row in enumerate(sheet.iter_rows()):
        if number in formulas:
            _put_formulas(row, formulas[number], left)
        block.append(row)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def main(path: str, megabytes: int, seconds: int) -> None:
    """Print the rows of the first sheet; a failed formula becomes the text it shows, such as #REF!."""
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]  # a real file here
    _limit(megabytes, seconds)
    try:
        # Not from_path(): it trusts the file's name, which came from outside.
        content = Path(path).read_bytes()
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        formulas = _formulas(content)
        _print_document(_head(book, sheet))
        for block in _blocks(sheet, formulas):
            _print_document(block)
    except PasswordError:
        _print_document({"refused": "table.protected"})
    except MemoryError:
        _print_document({"refused": "table.too_heavy"})
    except BaseException:  # noqa: BLE001 - whatever the decoder stumbles over; its panics are no Exception
        _print_document({"refused": "table.broken_workbook"})


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
        sys.stdout.flush()
