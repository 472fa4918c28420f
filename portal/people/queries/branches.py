"""Branches, regional offices and host bodies."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select

from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.extensions import db
from portal.people.models import Branch, Cadre, HostBody, RegionalOffice
from portal.people.queries.scope import in_scope


def get_branch(branch_id: int, *, actor: Actor | None = None) -> Branch:
    """Return a branch; with an actor only one that lies in the actor's scope."""
    wanted = select(Branch).where(Branch.id == branch_id)
    if actor is not None:
        wanted = wanted.where(in_scope(actor, Branch.id))
    branch = db.session.scalars(wanted).one_or_none()
    if branch is None:
        raise NotFound("people.no_such_branch")
    return branch


def find_branch_by_code(code: str) -> Branch | None:
    """Return the branch with a code, or None."""
    return db.session.scalars(select(Branch).where(Branch.code == code)).one_or_none()


def list_branches(actor: Actor) -> Sequence[Branch]:
    """List the branches in the actor's scope by code."""
    return db.session.scalars(select(Branch).where(in_scope(actor, Branch.id)).order_by(Branch.code)).all()


def list_branches_with_counts(actor: Actor) -> Sequence[Row[tuple[Branch, str, int]]]:
    """List the branches in the actor's scope with their regional office's name and number of cadres."""
    cadres = select(func.count()).where(Cadre.branch_id == Branch.id).scalar_subquery()
    return db.session.execute(
        select(Branch, RegionalOffice.name.label("office"), cadres.label("cadres"))
        .join(RegionalOffice, RegionalOffice.id == Branch.regional_office_id)
        .where(in_scope(actor, Branch.id))
        .order_by(Branch.code),
    ).all()


def list_regional_offices() -> Sequence[RegionalOffice]:
    """List the regional offices by code."""
    return db.session.scalars(select(RegionalOffice).order_by(RegionalOffice.code)).all()


def get_host_body(host_id: int) -> HostBody:
    """Return a host body."""
    host = db.session.get(HostBody, host_id)
    if host is None:
        raise NotFound("people.no_such_host")
    return host


def list_host_bodies_with_counts() -> Sequence[Row[tuple[HostBody, int]]]:
    """List the host bodies with their number of cadres."""
    cadres = select(func.count()).where(Cadre.host_body_id == HostBody.id).scalar_subquery()
    return db.session.execute(select(HostBody, cadres.label("cadres")).order_by(HostBody.code)).all()


def list_host_bodies() -> Sequence[HostBody]:
    """List the host bodies by code."""
    return db.session.scalars(select(HostBody).order_by(HostBody.code)).all()
