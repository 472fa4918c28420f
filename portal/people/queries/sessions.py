"""Who is behind a session or a command, and the devices somebody is signed in on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from portal.bulk import plain_rows
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.extensions import db
from portal.people.models import Branch, Cadre, User, UserSession

# How long a session lives at most, how long it survives unused, and how often its use is noted: staff work at
# shared desks, cadres on their own phone, and a read of theirs must not turn into a write more than hourly. Who
# chose to be remembered on this device is so for REMEMBERED; else the cookie ends with the browser.
LIFETIME = {True: timedelta(hours=12), False: timedelta(days=30)}
IDLE = {True: timedelta(minutes=30), False: timedelta(days=14)}
REMEMBERED = timedelta(days=30)
NOTED_EVERY = {True: timedelta(minutes=1), False: timedelta(hours=1)}

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
        UserSession.expires_at,
        UserSession.last_seen_at,
        UserSession.remembered,
        Cadre.id.label("cadre_id"),
        Cadre.branch_id.label("cadre_branch_id"),
        Branch.time_zone,
    )
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Cadre, Cadre.user_id == User.id)
    .outerjoin(Branch, Branch.id == Cadre.branch_id)
    .where(UserSession.revoked_at.is_(None), User.is_active, UserSession.token_hash == bindparam("token"))
)


@dataclass(frozen=True)
class Presence:
    """The actor behind a session, and whether it is time to note that the session is in use."""

    actor: Actor
    note_use: bool


def find_presence(token_hash: bytes, *, at: datetime) -> Presence | None:
    """Return who is behind a session that is neither revoked, expired nor idle, with an active account."""
    row = plain_rows(_ACTOR, {"token": token_hash}).one_or_none()
    if row is None:
        return None
    staff = row.role != "cadre"
    if row.expires_at <= at or row.last_seen_at + (REMEMBERED if row.remembered else IDLE[staff]) <= at:
        return None
    actor = Actor(
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
    return Presence(actor, note_use=row.last_seen_at + NOTED_EVERY[staff] <= at)


def find_ended(token_hash: bytes) -> int | None:
    """Return whose session a token was that no longer lets anybody in; None if there was none, or no account."""
    return db.session.execute(
        select(User.id)
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.token_hash == token_hash, User.is_active),
    ).scalar_one_or_none()


def find_actor_by_token(token_hash: bytes, *, at: datetime) -> Actor | None:
    """Return the actor behind a session's token, or None."""
    presence = find_presence(token_hash, at=at)
    return None if presence is None else presence.actor


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


def list_sessions(user_id: int, *, at: datetime) -> Sequence[UserSession]:
    """List the devices somebody is signed in on, the last used first."""
    return db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > at)
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc()),
    ).all()
