"""What an import did."""

from dataclasses import dataclass

from portal.tables.problems import RowError


@dataclass(frozen=True)
class ImportResult:
    """Counts of rows: stored anew, updated, skipped because they were there already; and what was bad."""

    stored: int = 0
    updated: int = 0
    skipped: int = 0
    problems: tuple[RowError, ...] = ()
