"""Versions of what boards show: a branch's, counted up by each transaction that changes its standings or names.

A page of ranks is unchanged while the versions behind it are. They are counted up in the transaction that changes
what they stand for, so they become visible with it, whatever other transactions are under way. The rows are changed
last of all and in order, just before the commit: locks last for a moment, and writers never deadlock.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.organisation.models import BoardVersion

EVERY: Final = 0  # the row of what every board may show: closes, and the names and offices of branches
_TOUCHED: Final = "boards.touched"


def touch_boards(branches: Iterable[int] = (EVERY,)) -> None:
    """Say that this transaction changes what boards show of some branches; by default, of all."""
    db.session().info.setdefault(_TOUCHED, set()).update(branches)


@event.listens_for(Session, "before_commit")
def _count_up(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint is released: the transaction goes on
    touched = session.info.pop(_TOUCHED, None)
    if not touched:
        return
    statement = insert_into(BoardVersion)
    version = BoardVersion.__table__.c.version
    statement = statement.on_conflict_do_update(index_elements=["branch_id"], set_={"version": version + 1})
    session.execute(statement, [{"branch_id": branch_id, "version": 1} for branch_id in sorted(touched)])


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_TOUCHED, None)
