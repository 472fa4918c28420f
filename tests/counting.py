"""Counting what a page asks of the database, at the driver: statements, and on PostgreSQL also round trips.

Whatever way a page takes, the ORM, a cursor or a pipeline, it shows here.
"""

import itertools
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import pq
from sqlalchemy import event

from portal.database.extensions import db

# What begins, checks and ends a transaction is no statement of the page; to PostgreSQL each is a round trip all the same.
_FRAME = re.compile(r"(BEGIN|COMMIT|ROLLBACK|PRAGMA|--|;?$)", re.IGNORECASE)
_MESSAGE = re.compile(r'^([FB])\t\d+\t(\w+)\t?(?: "(.*?)"?)?$')


@dataclass(frozen=True)
class Asked:
    """What one call asked for; no round trips on SQLite, which is in the same process."""

    statements: int
    round_trips: int


@contextmanager
def counting() -> Iterator[Callable[[Callable[[], Any]], Asked]]:
    """Give what counts one call at a time; connections made before are closed, so that all of them are watched."""
    sqlite = db.engine.dialect.name == "sqlite"
    with tempfile.NamedTemporaryFile("r") as trace:
        statements: list[str] = []

        def watch(connection: Any, _record: Any) -> None:
            if sqlite:
                connection.set_trace_callback(statements.append)
            else:
                connection.pgconn.trace(os.open(trace.name, os.O_WRONLY | os.O_APPEND))
                connection.pgconn.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)

        def count(act: Callable[[], Any]) -> Asked:
            statements.clear()
            trace.seek(0, os.SEEK_END)
            act()
            if sqlite:
                return Asked(sum(not _FRAME.match(each) for each in statements), 0)
            return _read(trace.read())

        _reconnect()
        event.listen(db.engine, "connect", watch)
        try:
            yield count
        finally:
            event.remove(db.engine, "connect", watch)
            _reconnect()


def _reconnect() -> None:
    db.session.rollback()
    db.engine.dispose()


def _read(trace: str) -> Asked:
    """Read libpq's trace: F is what we send, B what comes back; we wait whenever we have sent something."""
    messages = [found.groups() for line in trace.splitlines() if (found := _MESSAGE.match(line))]
    asked = sum(
        sender == "F" and (kind == "Execute" or (kind == "Query" and not _FRAME.match(text or "")))
        for sender, kind, text in messages
    )
    turns = [sender for sender, _ in itertools.groupby(messages, key=lambda message: message[0])]
    return Asked(asked, turns.count("F"))
