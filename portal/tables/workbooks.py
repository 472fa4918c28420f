"""XLSX files: checked from outside before anything opens them, then read by a process with limits."""

import contextlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from portal.tables.cells import cell_of
from portal.tables.problems import TableRefused

MAX_PARTS: Final = 2_000
MAX_BYTES: Final = 1_000_000_000
MAX_RATIO: Final = 100
RATIO_FROM: Final = 20_000_000
MEMORY_MEGABYTES: Final = 1_536
CPU_SECONDS: Final = 120
_CHILD: Final = Path(__file__).with_name("sheet_child.py")
_ENCRYPTED: Final = 1
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_NAME: Final = "EncryptedPackage".encode("utf-16-le")
_HEAD: Final = 4_096


def refuse_other_formats(path: Path, head: bytes) -> bool:
    """Tell whether a file is a zip that may be a workbook; refuse anything that is neither that nor text."""
    if head.startswith(b"PK"):
        return True
    if head.startswith(_OLE):
        protected = _ENCRYPTED_NAME in path.read_bytes()
        raise TableRefused("table.protected" if protected else "table.old_workbook")
    if head.startswith((b"%PDF", b"<", b"\xef\xbb\xbf<", b"{\\rtf", b"\x1f\x8b", b"BZh", b"7z", b"Rar!")):
        raise TableRefused("table.not_a_table")
    return False


def check_workbook(path: Path) -> None:
    """Refuse bombs, macros, strange names and other kinds of zip before any decoder sees the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            _check_kind({part.filename for part in parts})
            if b"macroenabled" in archive.read("[Content_Types].xml").lower():
                raise TableRefused("table.macros")
            _check_markup(archive, parts)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError):
        raise TableRefused("table.broken_workbook") from None
    except (NotImplementedError, RuntimeError, zipfile.zlib.error):  # type: ignore[attr-defined]  # it imports zlib
        raise TableRefused("table.broken_workbook") from None


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_BYTES:
        raise TableRefused("table.too_heavy")
    names = [part.filename.casefold() for part in parts]
    if len(set(names)) != len(names):
        raise TableRefused("table.broken_workbook")
    for part, name in zip(parts, names, strict=True):
        _check_part(part, name)


def _check_part(part: zipfile.ZipInfo, name: str) -> None:
    if part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1):
        raise TableRefused("table.too_heavy")
    if part.flag_bits & _ENCRYPTED:
        raise TableRefused("table.protected")
    if _leads_outside(name):
        raise TableRefused("table.broken_workbook")
    if "vbaproject" in name or name.startswith(("xl/macrosheets/", "xl/dialogsheets/")):
        raise TableRefused("table.macros")


def _leads_outside(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name


def _check_kind(names: set[str]) -> None:
    if "xl/workbook.xml" in names and "[Content_Types].xml" in names:
        return
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise TableRefused("table.old_workbook")
    raise TableRefused("table.not_a_table")


def _check_markup(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Refuse document types and entities: no spreadsheet program writes them."""
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                head = stream.read(_HEAD).replace(b"\x00", b"").upper()
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise TableRefused("table.broken_workbook")


def rows(path: Path, is_data: Callable[[list[str]], bool]) -> Iterator[tuple[int, list[str]]]:
    """Yield each filled row of the first sheet, with its number as the spreadsheet shows it.

    Refused: a hidden first sheet, and further sheets whose first row `is_data`: nobody would notice that the portal
    read something other than what they saw.
    """
    command = [sys.executable, "-I", str(_CHILD), str(path), str(MEMORY_MEGABYTES), str(CPU_SECONDS)]
    with subprocess.Popen(  # noqa: S603 - our own program, the path is the only word from outside
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as child:
        try:
            yield from _rows(child, is_data)
        finally:
            with contextlib.suppress(OSError):
                child.kill()


def _documents(child: "subprocess.Popen[bytes]") -> Iterator[Any]:
    """Yield what the child prints; if it died of its limits, the file is too heavy."""
    if child.stdout is None:
        return
    for line in child.stdout:
        try:
            document = json.loads(line)
        except ValueError:
            raise TableRefused("table.too_heavy") from None
        if isinstance(document, dict) and "refused" in document:
            raise TableRefused(str(document["refused"]))
        yield document
    if child.wait() != 0:
        raise TableRefused("table.too_heavy")


def _refuse_unseen(document: dict[str, Any], is_data: Callable[[list[str]], bool]) -> None:
    """Refuse a workbook whose data is not what a person sees as its one table."""
    if document.get("merged"):
        raise TableRefused("table.merged_cells", {"cells": document["merged"]})
    if document.get("hidden"):
        raise TableRefused("table.hidden_sheet", {"sheet": document["hidden"]})
    if data := [name for name, first in document.get("others", ()) if is_data(first)]:
        raise TableRefused("table.more_sheets", {"sheets": ", ".join(data[:5])})


def _rows(
    child: "subprocess.Popen[bytes]", is_data: Callable[[list[str]], bool]
) -> Iterator[tuple[int, list[str]]]:
    number = 0
    for document in _documents(child):
        if isinstance(document, dict):
            _refuse_unseen(document, is_data)
            continue
        for values in document:
            number += 1
            cells = [value if type(value) is str else cell_of(value) for value in values]
            if any(cells):
                yield number, cells
