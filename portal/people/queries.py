"""Reads of people."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.sql.elements import ColumnClause

from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.extensions import db
from portal.people.models import Branch, Cadre, User, UserSession

_ACTOR = (
    select(
        User.id,
        User.role,
        User.name,
        User.scope,
        User.branch_id,
        User.regional_office_id,
        User.locale,
        User.theme,
        User.must_change_password,
        UserSession.id.label("session_id"),
        UserSession.token_hash,
        UserSession.expires_at,
        Cadre.id.label("cadre_id"),
        Cadre.branch_id.label("cadre_branch_id"),
        Branch.time_zone,
    )
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Cadre, Cadre.user_id == User.id)
    .outerjoin(Branch, Branch.id == Cadre.branch_id)
    .where(UserSession.revoked_at.is_(None), User.is_active)
)


def find_actor_by_token(token_hash: bytes, *, at: datetime) -> Actor | None:
    """Return who is behind a session that is neither revoked nor expired, and whose account is active."""
    row = db.session.execute(_ACTOR.where(UserSession.token_hash == token_hash)).one_or_none()
    if row is None or row.expires_at <= at:
        return None
    return Actor(
        user_id=row.id,
        role=row.role,
        name=row.name,
        scope=row.scope,
        branch_id=row.cadre_branch_id or row.branch_id,
        region_id=row.regional_office_id,
        cadre_id=row.cadre_id,
        session_id=row.session_id,
        locale=row.locale or "",
        theme=row.theme,
        zone=row.time_zone or "Asia/Jakarta",
        must_change_password=row.must_change_password,
    )


def in_scope(actor: Actor, branch_id: ColumnClause[int] | ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a branch column lies in the actor's scope; cadres see their branch only."""
    if actor.scope == "nation" and actor.role != "cadre":
        return true()
    if actor.scope == "region" and actor.role != "cadre":
        return branch_id.in_(select(Branch.id).where(Branch.regional_office_id == actor.region_id))
    return branch_id == actor.branch_id


def get_operator() -> Actor:
    """Return the built-in actor of commands and scheduled jobs."""
    row = db.session.execute(select(User.id, User.name).where(User.role == "operator")).one_or_none()
    if row is None:
        raise NotFound("people.no_operator")
    return Actor(user_id=row.id, role="operator", name=row.name)


def get_actor_by_email(email: str) -> Actor:
    """Return the active person with this e-mail address, as an actor for a command."""
    user = db.session.execute(
        select(User).where(User.email == email.strip().lower(), User.is_active),
    ).scalar_one_or_none()
    if user is None:
        raise NotFound("people.no_such_email", {"email": email})
    cadre = db.session.execute(select(Cadre).where(Cadre.user_id == user.id)).scalar_one_or_none()
    return Actor(
        user_id=user.id,
        role=user.role,
        name=user.name,
        scope=user.scope,
        branch_id=cadre.branch_id if cadre else user.branch_id,
        region_id=user.regional_office_id,
        cadre_id=cadre.id if cadre else None,
    )
