"""Putting a database of PostgreSQL back to its template by deleting rows: a fiftieth of the work of a new copy.

Only rows and counters are put back. Whatever else a test changed, a trigger, a column, a right, shows in the
catalogs: `is_emptied` answers False, and the database has to be copied anew.
"""

from typing import Any

import psycopg
from psycopg import sql

# Dead rows pile up: after so many tests a new copy is the quicker way.
ROUNDS = 50
CATALOGS = """
    pg_attrdef pg_attribute pg_class pg_constraint pg_default_acl pg_extension pg_index pg_inherits pg_policy pg_proc
    pg_publication pg_rewrite pg_sequence pg_trigger pg_type pg_largeobject_metadata
""".split()
# The temporary tables of an import stay with its connection, and are made anew by the next one.
PASSING = "(SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_')"
OF_PASSING = "(SELECT oid FROM pg_class WHERE relpersistence = 't')"
LEFT_OUT = {
    "pg_attrdef": f"adrelid IN {OF_PASSING}",
    "pg_attribute": f"attrelid IN {OF_PASSING}",
    "pg_class": "relpersistence = 't'",
    "pg_constraint": f"connamespace IN {PASSING}",
    "pg_index": f"indrelid IN {OF_PASSING}",
    "pg_sequence": f"seqrelid IN {OF_PASSING}",
    "pg_type": f"typnamespace IN {PASSING}",
}
SHAPE = " UNION ALL ".join(
    f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name} WHERE NOT ({LEFT_OUT.get(name, 'false')})"
    for name in CATALOGS
)
SETTINGS = "SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
SCHEMAS = "SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_' ORDER BY 1"
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
)
COUNTERS = (
    "SELECT schemaname, sequencename, start_value, last_value FROM pg_sequences"
    " WHERE schemaname !~ '^pg_temp_' ORDER BY 1, 2"
)
USED = f"SELECT * FROM ({TABLES}) AS named WHERE pg_relation_size(quote_ident(relname)::regclass) > 0"
# Idle connections stay: a new one costs more than most tests do, since it has to read the catalogs anew.
OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'"
)


class Emptying:
    """What a fresh copy of the template looks like, and the way back to it."""

    def __init__(self, address: str) -> None:
        self.rounds = 0
        self.connection = connection = psycopg.connect(address, autocommit=True)
        connection.execute("SET session_replication_role = replica")  # the guards allow no deletion
        self.shape = _read_shape(connection)
        self.counters = connection.execute(COUNTERS).fetchall()
        names = [name for (name,) in connection.execute(TABLES)]
        self.filled = {name: rows for name in names if (rows := _copy_out(connection, name))}
        self.versions = {name: _version(connection, name) for name in self.filled}

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    def is_emptied(self) -> bool:
        """Put the rows back; False where more than rows is changed, and a new copy is needed."""
        self.rounds += 1
        if self.rounds > ROUNDS:
            return False
        try:
            self.connection.execute(OTHERS)
            if _read_shape(self.connection) != self.shape:
                return False
            with self.connection.transaction():
                self._put_rows_back(self.connection)
                self._put_counters_back(self.connection)
        except psycopg.OperationalError:  # the test restarted the server
            return False
        return True

    def _put_rows_back(self, connection: Any) -> None:
        used = [name for (name,) in connection.execute(USED)]
        empty = [name for name in used if name not in self.filled]
        changed = [name for name in self.filled if _version(connection, name) != self.versions[name]]
        if empty or changed:
            deletions = [
                sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in (*empty, *changed)
            ]
            connection.execute(sql.SQL("; ").join(deletions))
        for name in changed:
            with connection.cursor().copy(_copy(name, "FROM STDIN")) as rows:
                rows.write(self.filled[name])
            self.versions[name] = _version(connection, name)

    def _put_counters_back(self, connection: Any) -> None:
        now = connection.execute(COUNTERS).fetchall()
        for (schema, name, start, wanted), counter in zip(self.counters, now, strict=True):
            if counter[3] != wanted:
                value = start if wanted is None else wanted
                words = (f'{schema}."{name}"', value, wanted is not None)
                connection.execute("SELECT setval(%s, %s, %s)", words)


def _read_shape(connection: Any) -> list[Any]:
    return [connection.execute(query).fetchall() for query in (SHAPE, SETTINGS, SCHEMAS)]


def _copy(name: str, direction: str) -> sql.Composed:
    return sql.SQL("COPY {} {} (FORMAT binary)").format(sql.Identifier(name), sql.SQL(direction))


def _copy_out(connection: Any, name: str) -> bytes:
    if not connection.execute(
        sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))
    ).fetchone()[0]:
        return b""
    with connection.cursor().copy(_copy(name, "TO STDOUT")) as rows:
        return b"".join(bytes(part) for part in rows)


def _version(connection: Any, name: str) -> tuple[Any, ...]:
    """Return what differs as soon as a row of the table was added, changed or deleted."""
    query = sql.SQL("SELECT count(*), max(xmin::text::bigint) FROM {}").format(sql.Identifier(name))
    return connection.execute(query).fetchone()
