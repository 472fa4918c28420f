"""Cadres: one, and the list of those in scope."""

from sqlalchemy import select

from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.extensions import db
from portal.people.models import Cadre
from portal.people.queries.scope import in_scope


def get_cadre(cadre_id: int, *, actor: Actor | None = None) -> Cadre:
    """Return a cadre; with an actor only one in scope, for a cadre only the own record."""
    wanted = select(Cadre).where(Cadre.id == cadre_id)
    if actor is not None:
        wanted = wanted.where(in_scope(actor, Cadre.branch_id))
        if actor.role == "cadre":
            wanted = wanted.where(Cadre.id == actor.cadre_id)
    cadre = db.session.scalars(wanted).one_or_none()
    if cadre is None:
        raise NotFound("people.no_such_cadre")
    return cadre


def find_cadre_by_code(code: str) -> Cadre | None:
    """Return the cadre with a code, or None."""
    return db.session.scalars(select(Cadre).where(Cadre.code == code)).one_or_none()
