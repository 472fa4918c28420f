"""Standing on an older revision of the schema, with rows that plain SQL puts in, and seeing what is there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Inspector, MetaData, Table, create_engine, inspect, select, text
from sqlalchemy.types import JSON, Boolean, Date, DateTime, Integer, LargeBinary, String

from portal.config import PROJECT
from portal.database.extensions import db, engine_options

# What a required column holds when its value does not matter, by its type; else a number.
NEUTRAL = (
    (Boolean, False),
    (DateTime, datetime(2026, 10, 12, 1, 2, 3, 500, tzinfo=UTC)),
    (Date, date(2026, 10, 12)),
    (LargeBinary, b"x"),
    (JSON, {}),
    (String, "x"),
)


def alembic_settings(url: str) -> Config:
    """Return the settings of Alembic's commands for a database."""
    settings = Config()
    settings.set_main_option("script_location", str(PROJECT / "migrations"))
    settings.attributes["url"] = url
    return settings


class Migrated:
    """A database whose schema goes up and down; statements run as its owner."""

    def __init__(self, database: Any) -> None:
        self.settings = alembic_settings(database.owner)
        self.engine = create_engine(database.owner, **engine_options(database.owner))

    def up(self, target: str) -> None:
        self._go(command.upgrade, target)

    def down(self, target: str) -> None:
        self._go(command.downgrade, target)

    def _go(self, act: Any, target: str) -> None:
        """Let nothing else hold a table, and forget what was read of the other schema."""
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()
        self.engine.dispose()
        act(self.settings, target)

    def store(self, name: str, **values: Any) -> Any:
        """Store a row and return its key; required columns that are not given hold something that does not matter."""
        with self.engine.begin() as connection:
            table = Table(name, MetaData(), autoload_with=connection)
            row = dict(_neutral(connection, table)) | values
            return connection.execute(table.insert().values(row).returning(*table.primary_key)).first()[0]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds, as plain tuples."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def whole(self, name: str) -> list[dict[str, Any]]:
        """Return all rows of a table with all columns it has now."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()]

    def tables(self) -> list[str]:
        """List the tables, each after those that it refers to."""
        with self.engine.connect() as connection:
            known = inspect(connection).get_sorted_table_and_fkc_names()
        return [name for name, _ in known if name not in {None, "alembic_version"}]


def _neutral(connection: Connection, table: Table) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        counted = column.name == "id" and isinstance(column.type, Integer)
        if column.nullable or column.server_default is not None or counted:
            continue
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column
            yield column.name, connection.execute(select(target).order_by(target).limit(1)).scalar()
        else:
            yield column.name, next((value for kind, value in NEUTRAL if isinstance(column.type, kind)), 1)


def read_schema(connection: Connection, schema: str | None = None) -> set[str]:
    """Return what the database says of its tables, one fact a line; the order of columns is none."""
    found = inspect(connection)
    facts = {
        "column": (found.get_multi_columns, _column),
        "key": (found.get_multi_pk_constraint, lambda _, key: (key["name"], key["constrained_columns"])),
        "reference": (found.get_multi_foreign_keys, _reference),
        "unique": (found.get_multi_unique_constraints, lambda _, one: (one["name"], one["column_names"])),
        "check": (found.get_multi_check_constraints, lambda _, one: (one["name"], one["sqltext"])),
        "index": (found.get_multi_indexes, _index),
    }
    return {
        f"{name} {kind} {describe(found, one)}"
        for kind, (read, describe) in facts.items()
        for (_, name), said in read(schema=schema).items()
        for one in (said if isinstance(said, list) else [said])
        if name != "alembic_version"
    }


def _column(found: Inspector, column: Any) -> tuple[Any, ...]:
    default = column["default"] and column["default"].replace("modelled.", "")
    return column["name"], column["type"].compile(found.dialect), column["nullable"], default


def _reference(found: Inspector, one: Any) -> tuple[Any, ...]:
    # SQLAlchemy reads no name of a reference that stands within its column, as SQLite's ALTER TABLE writes it.
    name = one["name"] if found.dialect.name == "postgresql" else None
    return name, one["constrained_columns"], one["referred_table"], one["referred_columns"], one["options"]


def _index(_: Inspector, one: Any) -> tuple[Any, ...]:
    where = {key: str(value) for key, value in one["dialect_options"].items() if key.endswith("_where")}
    return one["name"], one["column_names"], bool(one["unique"]), where
