"""What an import did."""

from dataclasses import dataclass

from portal.tables.problems import RowError


@dataclass(frozen=True)
class ImportResult:
    """Counts of an import: rows stored, updated, skipped because they were already there; and the bad ones."""

    stored: int = 0
    updated: int = 0
    skipped: int = 0
    problems: tuple[RowError, ...] = ()
