"""Several small lists in one statement: the database packs each list as JSON, so that all come in one answer.

A page of one cadre needs a dozen facts of a few rows each; asked for one by one, the asking costs more than the
answers. The statement is written once per database and its text never changes, so it stays prepared.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import (
    CTE,
    BindParameter,
    Boolean,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    Subquery,
    TextualSelect,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON, TypeEngine

from portal.database.extensions import db

Lists = Mapping[str, list[Any]]


class is_listed(FunctionElement[bool]):  # noqa: N801 - used like a function of SQL
    """The condition that a text or number is in a list, given as JSON: the statement is the same for any length."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002 - named as SQLAlchemy calls it
        """Stand in a condition as it is: with SQLAlchemy's "= 1" behind it, SQLite would use no index."""
        return self


@compiles(is_listed, "sqlite")
def _listed_sqlite(element: Any, compiler: Any, **words: Any) -> str:
    one, listed = (compiler.process(part, **words) for part in element.clauses)
    return f"{one} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - both are compiled by SQLAlchemy


@compiles(is_listed, "postgresql")
def _listed_postgresql(element: Any, compiler: Any, **words: Any) -> str:
    one, listed = (compiler.process(part, **words) for part in element.clauses)
    kind = "BIGINT" if isinstance(next(iter(element.clauses)).type, Integer) else "TEXT"
    each = f"CAST(json_array_elements_text(CAST({listed} AS JSON)) AS {kind})"
    return f"{one} = ANY(ARRAY(SELECT {each}))"


def given(name: str, kind: type[TypeEngine[Any]]) -> BindParameter[Any]:
    """Return a value that each reading gives under this name."""
    return bindparam(name, type_=kind, required=False)


class _Written:
    """The statement as one database takes it: its text, its constants, and what converts the given values."""

    def __init__(
        self, shared: tuple[CTE, ...], queries: Mapping[str, Select[Any] | TextualSelect], dialect: Dialect
    ) -> None:
        lists = (_packed(query.subquery(f"listed_{name}"), dialect) for name, query in queries.items())
        kind: Any = type(dialect)
        style: Dialect = kind(paramstyle="named" if dialect.name == "sqlite" else "pyformat")
        compiled = (
            select(*lists)
            .add_cte(*shared)
            .compile(dialect=style, compile_kwargs={"render_postcompile": True})
        )
        self.text = compiled.string
        self.constants = {name: value for name, value in compiled.params.items() if value is not None}
        self.converts: dict[str, Callable[[Any], Any]] = {}
        for name, bind in compiled.binds.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None:
                self.converts[name] = convert
        for name in self.constants.keys() & self.converts.keys():
            self.constants[name] = self.converts[name](self.constants[name])

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return all values for the driver."""
        converts = self.converts
        return self.constants | {
            name: converts[name](value) if name in converts else value for name, value in given.items()
        }


def _row_maker(name: str, columns: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    """Return what makes a row with named values."""
    kind: Any = namedtuple(name, columns)  # type: ignore[misc] # noqa: PYI024 - the select names them
    maker: Callable[[Iterable[Any]], Any] = kind._make
    return maker


class Together:
    """Some selects, read in one statement: each gives a list of rows, named as its columns are.

    JSON knows texts, whole numbers and null: dates come as texts, truth values may come as 0 and 1, `instant` reads
    instants, and bytes do not belong here. All of them may read from what they have in common (`shared`), which is read
    once.
    """

    def __init__(self, *shared: CTE, **queries: Select[Any] | TextualSelect) -> None:
        self._shared, self._queries = shared, queries
        self._rows = {
            name: _row_maker(name, query.selected_columns.keys()) for name, query in queries.items()
        }
        self._written: dict[str, _Written] = {}

    def read(self, **values: Any) -> Lists:
        """Run the statement with these values; the rows of a list are in the order of its select."""
        db.session.flush()
        connection = db.session.connection()
        written = self._written.get(connection.dialect.name)
        if written is None:
            written = self._written[connection.dialect.name] = _Written(
                self._shared, self._queries, connection.dialect
            )
        found = connection.exec_driver_sql(written.text, written.values(values)).one()
        return {
            name: [row(given) for given in (json.loads(packed) if isinstance(packed, str) else packed)]
            for packed, (name, row) in zip(found, self._rows.items(), strict=True)
        }


def instant(packed: str | None) -> datetime | None:
    """Read an instant as the databases pack it; SQLite stores it without its zone, which is UTC."""
    if packed is None:
        return None
    read = datetime.fromisoformat(packed)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _packed(rows: Subquery, dialect: Dialect) -> ColumnElement[Any]:
    columns = list(rows.c)
    if dialect.name == "sqlite":
        packed: ColumnElement[Any] = func.json_group_array(func.json_array(*columns))
    else:
        listed = func.json_agg(func.json_build_array(*columns))
        packed = func.coalesce(listed, cast(literal_column("'[]'"), JSON))
    return select(packed).scalar_subquery().label(rows.name)
