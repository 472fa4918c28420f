"""Whether the database answers, is migrated, and was sealed by the keys of this process."""

import logging
from functools import cache

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.config import PROJECT
from portal.database.extensions import db
from portal.keys.queries import find_fault

log = logging.getLogger("portal")


@cache
def head_revision() -> str:
    """Return the newest migration that this code has."""
    return ScriptDirectory(str(PROJECT / "migrations")).get_current_head() or ""


def check_database() -> str:
    """Return "ok", "not migrated" or "unreachable"."""
    try:
        found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except SQLAlchemyError:
        db.session.rollback()
        return "unreachable"
    return "ok" if found == head_revision() else "not migrated"


def check_keys() -> str:
    """Return "ok", or "wrong" if this process does not have the database's keys; the log says which."""
    try:
        fault = find_fault()
    except SQLAlchemyError:
        db.session.rollback()
        return "unknown"
    if fault is not None:
        log.error("%s", fault)
    return "ok" if fault is None else "wrong"
