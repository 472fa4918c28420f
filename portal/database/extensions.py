"""The Flask extensions, created once and bound to the app by create_app()."""

import sqlite3
from types import ModuleType
from typing import Any

from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from portal.database import limits, queue
from portal.database.columns import Base

try:
    import pysqlite3.dbapi2 as _bundled

    sqlite_module: ModuleType = _bundled
except ImportError:  # wheels exist for Linux x86-64 only
    sqlite_module = sqlite3

db = SQLAlchemy(metadata=Base.metadata)
csrf = CSRFProtect()
babel = Babel()
login_manager = LoginManager()

PREPARED = (
    300  # statements that a connection to PostgreSQL keeps prepared: those of all pages, some 70 kB each
)

# Versions of SQLite whose write-ahead log can be corrupted when two connections write.
WAL_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Tell whether this SQLite may use the write-ahead log with several writers."""
    return version >= WAL_FIXED[0] or any(version[:2] == fix[:2] and version >= fix for fix in WAL_FIXED[1:])


def engine_options(url: str) -> dict[str, Any]:
    """Return the engine options for a database address."""
    # Error messages go to the log, so they leave out the values, which may be personal numbers.
    if url.startswith("sqlite"):
        connect_args: dict[str, Any] = {
            "timeout": limits.lock_milliseconds() / 1000,
            "check_same_thread": False,
        }
        return {"module": sqlite_module, "hide_parameters": True, "connect_args": connect_args}
    return {
        "hide_parameters": True,
        "pool_size": 8,
        "max_overflow": 8,
        "pool_timeout": limits.POOL_SECONDS,
        "connect_args": {
            **limits.NETWORK,
            # Machine code for a statement takes longer to make than any page may take.
            "options": "-c timezone=UTC -c lock_timeout=10000 -c jit=off"
            " -c statement_timeout={} -c idle_in_transaction_session_timeout={}".format(
                *limits.SERVER_MILLISECONDS["act"]
            ),
        },
    }


def prepare_engine(engine: Engine) -> None:
    """Set the pragmas of every SQLite connection, and begin write transactions immediately, in turn.

    By default SQLAlchemy begins lazily, which loses updates: a transaction that will write asks for BEGIN IMMEDIATE
    through the execution option `sqlite_begin`. Time limits for pages are in limits.py.
    """
    limits.watch(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
        event.listen(engine, "checkin", _detach)
        queue.watch(engine)
    else:
        event.listen(engine, "connect", _keep_prepared)


def _keep_prepared(connection: Any, _record: Any) -> None:
    connection.prepared_max = PREPARED


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    journal = "WAL" if wal_is_safe(sqlite_module.sqlite_version_info) else "DELETE"
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "temp_store=MEMORY",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    if mode == "IMMEDIATE":
        queue.enter(connection)
    try:
        connection.exec_driver_sql(f"BEGIN {mode}")
    except BaseException:
        queue.leave(connection.info)
        raise


def _detach(connection: Any, record: Any) -> None:
    """Take off what an act attached (shelf.py): a transaction that has read a file cannot do so itself."""
    for name in record.info.pop("attached", ()):
        connection.execute(f"DETACH {name}")
