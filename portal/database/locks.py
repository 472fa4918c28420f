"""Turns: what only one transaction at a time may do, beside the rows that it changes."""

from enum import IntEnum

from sqlalchemy import func, select

from portal.database.extensions import db


class Turn(IntEnum):
    """What is done one at a time, by the number of its lock: any number, but for ever the same."""

    APPLY_EXTRACT = 4_710_001
    TIE_UP_AUDIT = 4_710_002  # writers of events never take this lock
    KEEP_TASKS = 4_710_003
    IMPORT_TARGETS = 4_710_004
    APPROVE_POINTS_RULE = 4_710_035
    COUNT_RECOGNITION = 4_710_005
    PREPARE_BATCH = 8_119_650


def wait_for(turn: Turn) -> None:
    """Wait for this transaction's turn and keep it until it ends; on SQLite every writer has waited already."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(turn.value)))


def may_write_beside() -> bool:
    """Tell whether another connection of this process may write now: on SQLite not while this one holds the lock."""
    if not db.session().in_transaction() or db.engine.dialect.name != "sqlite":
        return True
    return db.session.connection().get_execution_options().get("sqlite_begin") == "DEFERRED"
