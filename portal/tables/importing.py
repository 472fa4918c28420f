"""The runner of every import of rows: batch by batch, all bad rows reported by line, all or nothing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

from portal.database.bulk import batches
from portal.tables.headings import Column
from portal.tables.outcome import ImportResult
from portal.tables.reading import Row, Table, open_table

AT_ONCE: Final = 2000

Source = Path | str | IO[bytes]
Progress = Callable[[int], None]
Take = Callable[[Table, Sequence[Row]], tuple[int, int]]


def import_rows(
    source: Source,
    *,
    columns: Sequence[Column],
    take: Take,
    check: Callable[[Table], None] | None = None,
    progress: Progress | None = None,
    filename: str = "",
) -> tuple[ImportResult, str]:
    """Pass a file's rows to `take`, batch by batch; return the counts and the file's name.

    `take` stores the good rows, adds the bad ones to the table's problems, and returns how many rows it stored and
    how many it updated; the others count as skipped. `check` gets the table after all rows, unless some were bad.
    Raises TableRefused with the bad rows, by line; the caller's transaction then rolls back.
    """
    seen = stored = updated = 0
    with open_table(source, columns=columns, filename=filename) as table:
        for batch in batches(table, AT_ONCE):
            seen += len(batch)
            new, changed = take(table, batch)
            stored, updated = stored + new, updated + changed
            if progress:
                progress(seen)
        if check is not None and not table.problems:
            check(table)
        table.problems.errors.sort(key=lambda error: error.line)
        table.problems.refuse()
        return ImportResult(stored, updated, seen - stored - updated), table.filename
