"""The process that opens an untrusted spreadsheet: it has little memory, little time and writes no file.

Run by path as `python -I sheet_child.py FILE MEGABYTES SECONDS`, so that it loads nothing of the portal. It
writes one JSON document a line: first {"ok": true, "merged": "A3:B4" or ""}, then blocks of rows; dates are
lists with one ISO text. A failure is {"refused": code} on a line of its own.
"""

import contextlib
import io
import json
import resource
import sys
from pathlib import Path

BLOCK = 500


def _limit(megabytes: int, seconds: int) -> None:
    """Take away what a bomb would need."""
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


def _tell(document: object) -> None:
    sys.stdout.write(json.dumps(document, default=_moment, ensure_ascii=False, separators=(",", ":")))
    sys.stdout.write("\n")


def main(path: str, megabytes: int, seconds: int) -> None:
    """Print the rows of the first sheet."""
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]  # a real file here
    from python_calamine import CalamineWorkbook, PasswordError

    _limit(megabytes, seconds)
    try:
        # Not from_path(): that trusts the name, which came from outside.
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes())).get_sheet_by_index(0)
        merged = [
            f"{_cell_name(*first)}:{_cell_name(*last)}" for first, last in sheet.merged_cell_ranges or []
        ]
        _tell({"ok": True, "merged": merged[0] if merged else ""})
        block = []
        for row in sheet.iter_rows():
            block.append(row)
            if len(block) == BLOCK:
                _tell(block)
                block = []
        if block:
            _tell(block)
    except PasswordError:
        _tell({"refused": "table.protected"})
    except MemoryError:
        _tell({"refused": "table.too_heavy"})
    except BaseException:  # noqa: BLE001 - whatever the decoder stumbles over; its panics are no Exception
        _tell({"refused": "table.broken_workbook"})


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
        sys.stdout.flush()
