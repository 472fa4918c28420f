"""Rows made ready in a file beside the database, so that its write lock is held only while they are moved in.

SQLite lets one connection write at a time, but into attached files each may write for itself: a long act computes its
rows there, under a snapshot that keeps nobody out, and its transactions only copy them. The file outlives each of them,
and holds the rows on disk: temporary tables of this SQLite are kept in memory. PostgreSQL has temporary tables on disk.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Table, insert, select

from portal.database import bulk
from portal.database.extensions import db

_NAME: Final = "shelf"
_CACHE: Final = -16_000  # KiB, negative as SQLite counts it: joins look rows up in no order


class ChangedMeanwhileError(Exception):
    """What was made ready for an act stands on something that has changed since."""


class Shelf:
    """Tables in a file of its own, or temporary ones of this connection where there is no file.

    Copies of the database's tables have none of their constraints: those are checked when rows move in.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._kept: list[tuple[Table, Table]] = []

    def make(self, name: str, columns: Sequence[Column[Any]]) -> Table:
        """Make an empty table."""
        if self._path is None:
            return bulk.temporary(name, columns)
        self.attach()
        table = bulk.table_of(name, columns, schema=_NAME)
        table.create(db.session.connection())
        return table

    def open(self, tables: Sequence[Table]) -> list[Table]:
        """Make empty copies of some tables, in this transaction, and return them in order."""
        self.attach()
        self._kept = [(table, _copy_of(table)) for table in tables]
        copies = [copy for _, copy in self._kept]
        for copy in copies:
            copy.create(db.session.connection())
        return copies

    def move_in(self) -> None:
        """Insert the rows of every copy into its table, in the order they were put here."""
        self.attach()
        for table, copy in self._kept:
            names = [column.name for column in copy.columns]
            db.session.connection().execute(insert(table).from_select(names, select(*copy.columns)))

    def attach(self) -> None:
        """Make the tables readable in this transaction."""
        connection = db.session.connection()
        attached = connection.info.setdefault("attached", set())
        if self._path is not None and _NAME not in attached:
            connection.exec_driver_sql(f"ATTACH ? AS {_NAME}", (str(self._path),))
            connection.exec_driver_sql(f"PRAGMA {_NAME}.cache_size = {_CACHE}")
            attached.add(_NAME)


def _copy_of(table: Table) -> Table:
    columns: list[Column[Any]] = [
        Column(one.name, one.type, primary_key=one.name == "id") for one in table.columns
    ]
    return bulk.table_of(table.name, columns, schema=_NAME)


@contextmanager
def shelf() -> Iterator[Shelf]:
    """Give an empty shelf, and delete it afterwards."""
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:
        yield Shelf(Path(folder) / "rows.db")
