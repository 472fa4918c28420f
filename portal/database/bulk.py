"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite; never a model object per row."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CursorResult,
    Date,
    Executable,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCLASS

from portal.database.columns import Instant
from portal.database.extensions import db

AT_ONCE = 5000
_FEW = 200  # for fewer rows a prepared statement is quicker than a temporary table
Rows = Iterable[Sequence[Any]]
_Convert = Callable[[Any], Any] | None
_TABLES: dict[Any, Table] = {}


def batches(rows: Iterable[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """Cut a stream into lists of at most this many items."""
    stream = iter(rows)
    while batch := list(islice(stream, size)):
        yield batch


def plain_rows(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """Run a select of columns without the ORM's loading: half the time for many rows. Does not flush the session."""
    return db.session.connection().execute(statement, values)


@contextmanager
def looked_up() -> Iterator[None]:
    """Have PostgreSQL find rows by index while a long act takes some thousand of many.

    Its planner would read the whole table for each step: half a nation's sign-ups, a hundred times. Ends with the
    block, or with the transaction.
    """
    _allow_whole_tables("off")
    yield
    _allow_whole_tables("on")


def _allow_whole_tables(allowed: str) -> None:
    if db.session.get_bind().dialect.name == "postgresql":
        ways = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
        until_the_end = True
        db.session.execute(select(*(func.set_config(way, allowed, until_the_end) for way in ways)))


def one_of(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """Return the condition that a key is one of many, sent as one value: thousands of parameters cost more."""
    wanted = sorted(ids)
    if db.session.get_bind().dialect.name == "sqlite":
        return column.in_(select(func.json_each(json.dumps(wanted)).table_valued("value").c.value))  # type: ignore[no-any-return] # SQLAlchemy types the comparison as Any
    return column == func.any(literal(wanted, ARRAY(BigInteger)))  # type: ignore[no-any-return] # SQLAlchemy types the comparison as Any


def listed(ids: Iterable[int]) -> ColumnElement[int]:
    """Return keys as a column to select from, sent as one value."""
    wanted = sorted(ids)
    if db.session.get_bind().dialect.name == "sqlite":
        found: ColumnElement[int] = func.json_each(json.dumps(wanted)).table_valued("value").c.value
        return found
    return func.unnest(literal(wanted, ARRAY(BigInteger))).column_valued("key")


def later_of(one: Any, other: Any) -> ColumnElement[Any]:
    """Return the later of two days of a row."""
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    found: ColumnElement[Any] = (func.max if sqlite else func.greatest)(one, other, type_=Date)
    return found


def month_of(day: Any) -> ColumnElement[str]:
    """Return the month of a day of a row."""
    return func.substr(cast(day, Text), 1, 7)


def table_of(name: str, columns: Sequence[Column[Any]], **options: Any) -> Table:
    """Return the table of these columns, the same object each time.

    SQLAlchemy compiles every statement anew for a table that it has not seen, and keeps what nobody asks for again.
    """
    shape = tuple((one.name, repr(one.type), one.primary_key, one.autoincrement) for one in columns)
    key = (name, shape, repr(options))
    if key not in _TABLES:
        _TABLES[key] = Table(name, MetaData(), *columns, **options)
    return _TABLES[key]


def temporary(name: str, columns: Sequence[Column[Any]]) -> Table:
    """Make an empty temporary table on this connection, replacing one of the same name."""
    table = table_of(name, columns, prefixes=["TEMPORARY"])
    connection = db.session.connection()
    connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    table.create(connection)
    return table


def index(table: Table, column: str) -> None:
    """Index a column of a table of an act's own, once it has its rows."""
    place = f"{table.schema}." if table.schema else ""
    statement = f"CREATE INDEX {place}{table.name}_{column} ON {table.name} ({column})"
    db.session.execute(text(statement))


def analyse(table: Table) -> None:
    """Analyse a temporary table for PostgreSQL, which never does so by itself."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text(f"ANALYZE {table.name}"))


def fill(table: Table, names: Sequence[str], rows: Rows) -> int:
    """Insert rows, given as tuples in the order of the names, and return how many."""
    connection = db.session.connection()
    if not names:
        raise ValueError("name the columns")
    given = _converted(rows, [table.c[name] for name in names], connection.dialect)
    cursor = connection.connection.cursor()
    count = 0
    try:
        listed = ", ".join(names)
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(names))
            statement = f"INSERT INTO {table.fullname} ({listed}) VALUES ({marks})"  # noqa: S608 - our own names
            for batch in batches(given):
                cursor.executemany(statement, batch)
                count += len(batch)
            return count
        with cursor.copy(f"COPY {table.fullname} ({listed}) FROM STDIN") as copy:
            for row in given:
                copy.write_row(row)
                count += 1
        return count
    finally:
        cursor.close()


def free_ids(count: int, *tables: Table) -> Sequence[int]:
    """Return so many ids for new rows of a table, in order; on SQLite, above those of all the tables given.

    There nobody else writes meanwhile; PostgreSQL's sequence gives each id once.
    """
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        newest = (connection.execute(select(func.max(table.c.id))).scalar_one() or 0 for table in tables)
        first = max(newest) + 1
        return range(first, first + count)
    sequence = cast(func.pg_get_serial_sequence(tables[0].name, "id"), REGCLASS)
    drawn = select(func.nextval(select(sequence).scalar_subquery()))  # looked up once, not for each id
    numbers = func.generate_series(1, count).table_valued("value")
    return sorted(connection.execute(drawn.select_from(numbers)).scalars())


def update_many(table: Table, names: Sequence[str], rows: Rows) -> int:
    """Update rows by their id: each given tuple is the id, then the new values in the order of the names."""
    connection = db.session.connection()
    stream = iter(rows)
    first = list(islice(stream, _FEW))
    rows = chain(first, stream)
    if connection.dialect.name == "sqlite":
        return _update_each(table, names, rows)
    if len(first) < _FEW:
        statement = update(table).where(table.c.id == bindparam("key"))
        statement = statement.values({name: bindparam(f"new_{name}") for name in names})
        keys = ["key", *(f"new_{name}" for name in names)]
        if first:
            connection.execute(statement, [dict(zip(keys, row, strict=True)) for row in first])
        return len(first)
    columns = [Column("id", table.c.id.type, primary_key=True)]
    columns += [Column(name, table.c[name].type) for name in names]
    staged = temporary("changed_rows", columns)
    count = fill(staged, ["id", *names], rows)
    if count:
        values = {name: staged.c[name] for name in names}
        connection.execute(update(table).where(table.c.id == staged.c.id).values(values))
    connection.execute(text("DROP TABLE changed_rows"))
    return count


def _update_each(table: Table, names: Sequence[str], rows: Rows) -> int:
    """Run one prepared UPDATE for all rows; SQLAlchemy's parameter dictionaries cost more than the writes."""
    connection = db.session.connection()
    columns = [table.c[name] for name in names]
    moved = ((*row[1:], row[0]) for row in rows)
    given = _converted(moved, [*columns, table.c.id], connection.dialect)
    values = ", ".join(f"{name} = ?" for name in names)
    statement = f"UPDATE {table.name} SET {values} WHERE id = ?"  # noqa: S608 - our own names
    cursor = connection.connection.cursor()
    count = 0
    try:
        for batch in batches(given):
            cursor.executemany(statement, batch)
            count += len(batch)
        return count
    finally:
        cursor.close()


def _convert(column: Column[Any], dialect: Any) -> _Convert:
    """Return the function that converts a Python value for the driver; None if it needs no conversion."""
    if isinstance(column.type, LargeBinary):
        return None  # both drivers take bytes
    if dialect.name == "sqlite" and isinstance(column.type, Date):
        return date.isoformat  # SQLAlchemy's own formatting costs four times as much
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is not None and isinstance(column.type, Instant):
        return lru_cache(maxsize=64)(convert)  # the rows of one act share their instants
    return convert


def _converted(rows: Rows, columns: Sequence[Column[Any]], dialect: Any) -> Rows:
    """Convert the values of the columns that need it for the driver."""
    found = ((place, _convert(column, dialect)) for place, column in enumerate(columns))
    converts = [(place, convert) for place, convert in found if convert is not None]
    return (_row(row, converts) for row in rows) if converts else rows


def _row(row: Sequence[Any], converts: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for place, convert in converts:
        if values[place] is not None:
            values[place] = convert(values[place])
    return values
