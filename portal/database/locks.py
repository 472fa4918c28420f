"""Turns: what only one transaction at a time may do, beside the rows that it changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from sqlalchemy import func, select

from portal.database import queue
from portal.database.extensions import db, has_written

_UNLOCKED = "unlocked"


class Turn(IntEnum):
    """What is done one at a time, by the number of its lock: any number, but for ever the same."""

    APPLY_EXTRACT = 4_710_001
    TIE_UP_AUDIT = 4_710_002  # writers of events never take this lock
    KEEP_TASKS = 4_710_003
    PREPARE_BATCH = 8_119_650


def wait_for(turn: Turn) -> None:
    """Wait for this transaction's turn and keep it until it ends; on SQLite every writer has waited already."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(turn.value)))


@contextmanager
def without_lock() -> Iterator[None]:
    """Let others write on SQLite while the block fills temporary tables; what was read before is to be read again.

    Only a transaction that has written nothing yet lets go of the lock. PostgreSQL needs none.
    """
    connection = db.session.connection()
    if connection.dialect.name != "sqlite" or connection.in_nested_transaction() or has_written(connection):
        with db.session.begin_nested():  # a file that is refused half-way does not spoil the transaction
            yield
        return
    connection.exec_driver_sql("COMMIT")
    queue.leave(connection.info)  # whoever waits behind, this process's own report of progress too, may write
    connection.exec_driver_sql("BEGIN")
    connection.info[_UNLOCKED] = True
    try:
        yield
    finally:
        del connection.info[_UNLOCKED]
        connection.exec_driver_sql("COMMIT")
        queue.enter(connection)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        db.session.expire_all()


def may_write_beside() -> bool:
    """Tell whether another connection of this process may write now: on SQLite not while this one holds the lock."""
    connection = db.session.connection()
    return connection.dialect.name != "sqlite" or _UNLOCKED in connection.info
