"""Optimistic changes: the WHERE clause of the statement decides, not an earlier read.

Objects in the session are not updated: refresh one before going on with it.
"""

from typing import Any, Final, cast

from sqlalchemy import CursorResult, Delete, Insert, TextClause, Update
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert, ReturningUpdate

from portal.database.extensions import db
from portal.domain.errors import RuleBroken

Writing = (
    TextClause | Update | Delete | Insert | ReturningUpdate[Any] | ReturningDelete[Any] | ReturningInsert[Any]
)
_AS_IT_IS: Final = {"synchronize_session": False, "preserve_rowcount": True}


def change(statement: Writing, values: dict[str, Any] | None = None) -> CursorResult[Any]:
    """Run an UPDATE, DELETE or INSERT; the result counts the rows (`rowcount`) or returns what RETURNING names."""
    done = db.session.execute(statement, values, execution_options=_AS_IT_IS)
    return cast("CursorResult[Any]", done)


def change_one(statement: Update | Delete, *, otherwise: RuleBroken) -> None:
    """Run a change that must affect exactly one row; raise `otherwise` if somebody else was faster."""
    if change(statement).rowcount != 1:
        raise otherwise
