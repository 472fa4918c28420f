"""Whether the database answers and is migrated."""

from functools import cache

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.config import PROJECT
from portal.extensions import db


@cache
def head_revision() -> str:
    """Return the newest migration that this code knows."""
    return ScriptDirectory(str(PROJECT / "migrations")).get_current_head() or ""


def check_database() -> str:
    """Return "ok", "not migrated" or "unreachable"."""
    try:
        found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except SQLAlchemyError:
        db.session.rollback()
        return "unreachable"
    return "ok" if found == head_revision() else "not migrated"
