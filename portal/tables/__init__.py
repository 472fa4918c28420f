"""CSV and XLSX in and out: untrusted files read row by row, exports written whole or not at all."""

from portal.tables.headings import Column
from portal.tables.outcome import ImportResult
from portal.tables.problems import BadCell, Problems, RowError, TableRefused
from portal.tables.reading import Row, Table, open_table
from portal.tables.rounding import RoundedNumbers
from portal.tables.writing import write_table

__all__ = [
    "BadCell",
    "Column",
    "ImportResult",
    "Problems",
    "RoundedNumbers",
    "Row",
    "RowError",
    "Table",
    "TableRefused",
    "open_table",
    "write_table",
]
