"""Comparing a column without its index, where SQLite would take the index of a state that half the nation is in."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class unindexed(FunctionElement[Any]):  # noqa: N801 - used like a function of SQL
    """A column, compared without its index on SQLite, which knows no statistics; PostgreSQL's own choice stands."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unindexed, "sqlite")
def _plain_sqlite(element: Any, compiler: Any, **words: Any) -> str:
    return f"+{compiler.process(next(iter(element.clauses)), **words)}"


@compiles(unindexed, "postgresql")
def _plain_postgresql(element: Any, compiler: Any, **words: Any) -> str:
    return str(compiler.process(next(iter(element.clauses)), **words))
