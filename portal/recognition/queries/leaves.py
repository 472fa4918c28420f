"""Reads of leave: a cadre's own, and those that wait for the branch's decision."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, func, select

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.organisation.queries import in_scope
from portal.recognition.models import Leave

LIVE = ("asked", "approved")
PAGE = 50


def get_leave(leave_id: int, *, actor: Actor) -> Leave:
    """Return a leave in the actor's scope, a cadre's only their own; raise NotFound("recognition.no_such_leave")."""
    wanted = select(Leave).join(Cadre, Cadre.id == Leave.cadre_id)
    wanted = wanted.where(Leave.id == leave_id, in_scope(actor, Cadre.branch_id))
    if actor.role == "cadre":
        wanted = wanted.where(Leave.cadre_id == actor.cadre_id)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound("recognition.no_such_leave")
    return found


def list_leaves(cadre_id: int, *, limit: int = PAGE) -> Sequence[Leave]:
    """List a cadre's leaves, the latest first."""
    query = select(Leave).where(Leave.cadre_id == cadre_id).order_by(Leave.first_day.desc(), Leave.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def list_asked(actor: Actor) -> Sequence[Row[tuple[Leave, str, str]]]:
    """List the leaves in scope that wait for a decision, with code and name of the cadre, the oldest first."""
    query = (
        select(Leave, Cadre.code, Cadre.name)
        .join(Cadre, Cadre.id == Leave.cadre_id)
        .where(Leave.status == "asked", in_scope(actor, Cadre.branch_id))
        .order_by(Leave.asked_at, Leave.id)
    )
    return db.session.execute(query.limit(PAGE)).all()


def count_asked(actor: Actor) -> int:
    """Count the leaves in scope that wait for a decision."""
    query = select(func.count(Leave.id)).join(Cadre, Cadre.id == Leave.cadre_id)
    query = query.where(Leave.status == "asked", in_scope(actor, Cadre.branch_id))
    return db.session.execute(query).scalar_one()


def find_overlapping(cadre_id: int, first_day: date, last_day: date) -> Leave | None:
    """Return a live leave of a cadre that shares a day with a span, or None."""
    query = select(Leave).where(
        Leave.cadre_id == cadre_id,
        Leave.status.in_(LIVE),
        Leave.first_day <= last_day,
        Leave.last_day >= first_day,
    )
    return db.session.scalars(query.order_by(Leave.first_day).limit(1)).one_or_none()
