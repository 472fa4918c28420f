"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite; never a model object per row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

from sqlalchemy import Column, CursorResult, Date, Executable, MetaData, Table, bindparam, text, update

from portal.extensions import db

BATCH = 5000
_FEW = 200  # below this a prepared statement is quicker than a temporary table
Rows = Iterable[Sequence[Any]]
_Convert = Callable[[Any], Any] | None


def batches(rows: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Cut a stream into lists of at most so many."""
    stream = iter(rows)
    while batch := list(islice(stream, size)):
        yield batch


def plain_rows(statement: Executable) -> CursorResult[Any]:
    """Run a select of columns past the ORM's loading: half the time for many rows. Nothing is flushed first."""
    return db.session.connection().execute(statement)


def temporary(name: str, columns: Sequence[Column[Any]]) -> Table:
    """Make an empty temporary table of this connection, in place of one of the same name."""
    table = Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])
    connection = db.session.connection()
    connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    table.create(connection)
    return table


def fill(table: Table, names: Sequence[str], rows: Rows) -> int:
    """Insert rows, given as tuples in the order of the names, and return how many."""
    connection = db.session.connection()
    if not names:
        raise ValueError("name the columns")
    converts = [_convert(table.c[name], connection.dialect) for name in names]
    plain = not any(converts)
    given = rows if plain else (_converted(row, converts) for row in rows)
    cursor = connection.connection.cursor()
    count = 0
    try:
        listed = ", ".join(names)
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(names))
            statement = f"INSERT INTO {table.name} ({listed}) VALUES ({marks})"  # noqa: S608 - our own names
            for batch in batches(given):
                cursor.executemany(statement, batch)
                count += len(batch)
            return count
        with cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
            for row in given:
                copy.write_row(row)
                count += 1
        return count
    finally:
        cursor.close()


def update_many(table: Table, names: Sequence[str], rows: Rows) -> int:
    """Update rows by their id: each given tuple is the id, then the new values in the order of the names."""
    connection = db.session.connection()
    stream = iter(rows)
    first = list(islice(stream, _FEW))
    rows = chain(first, stream)
    if connection.dialect.name == "sqlite" or len(first) < _FEW:
        statement = update(table).where(table.c.id == bindparam("key"))
        statement = statement.values({name: bindparam(f"new_{name}") for name in names})
        keys = ["key", *(f"new_{name}" for name in names)]
        count = 0
        for batch in batches(rows):
            connection.execute(statement, [dict(zip(keys, row, strict=True)) for row in batch])
            count += len(batch)
        return count
    columns = [Column("id", table.c.id.type, primary_key=True)]
    columns += [Column(name, table.c[name].type) for name in names]
    staged = temporary("changed_rows", columns)
    count = fill(staged, ["id", *names], rows)
    if count:
        values = {name: staged.c[name] for name in names}
        connection.execute(update(table).where(table.c.id == staged.c.id).values(values))
    connection.execute(text("DROP TABLE changed_rows"))
    return count


def _convert(column: Column[Any], dialect: Any) -> _Convert:
    """Return what brings a Python value into the driver's form; None if it is that already."""
    if dialect.name == "sqlite" and isinstance(column.type, Date):
        return date.isoformat  # the library's own formatting costs four times as much
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _converted(row: Sequence[Any], converts: Sequence[_Convert]) -> list[Any]:
    return [
        value if convert is None or value is None else convert(value)
        for value, convert in zip(row, converts, strict=True)
    ]
