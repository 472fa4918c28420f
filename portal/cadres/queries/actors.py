"""The actor behind a session or a command: the account, and the cadre whose account it is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, cast, func, literal_column, select, union_all

from portal.accounts.models import AccessToken, User, UserSession
from portal.accounts.queries.sessions import REMEMBERED
from portal.accounts.queries.users import actor_of
from portal.cadres.models import Cadre, CadreTerm
from portal.database.bulk import plain_rows
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.organisation.boards import EVERY
from portal.organisation.models import BoardVersion, Branch

IDLE = {True: timedelta(minutes=30), False: timedelta(days=14)}
TOUCH_EVERY = {True: timedelta(minutes=1), False: timedelta(hours=1)}
TOKEN_TOUCH = timedelta(minutes=10)
_BRANCHES = select(CadreTerm.branch_id).where(CadreTerm.cadre_id == Cadre.id).correlate(Cadre)
_VERSION = cast(BoardVersion.branch_id, String) + ":" + cast(BoardVersion.version, String)
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
        User.unread,
        User.moments,
        UserSession.id.label("session_id"),
        UserSession.expires_at,
        UserSession.last_seen_at,
        UserSession.remembered,
        Cadre.id.label("cadre_id"),
        Cadre.branch_id.label("cadre_branch_id"),
        Branch.time_zone,
        select(func.aggregate_strings(_VERSION, " "))
        .where(BoardVersion.branch_id.in_(union_all(select(literal_column(str(EVERY))), _BRANCHES)))
        .scalar_subquery()
        .label("boards"),
    )
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Cadre, Cadre.user_id == User.id)
    .outerjoin(Branch, Branch.id == Cadre.branch_id)
    .where(UserSession.revoked_at.is_(None), User.is_active, UserSession.token_hash == bindparam("token"))
)


@dataclass(frozen=True)
class ActiveSession:
    """The actor behind a session, and whether it is time to record the session's use.

    `boards`: the versions of the boards of the branches that a cadre ever belonged to, and of what all boards share;
    equal as long as nothing changed that a page about such a branch shows (organisation/boards.py). `unread`: how
    many messages they have not read; `moments`: how many moments no page has told them.
    """

    actor: Actor
    should_touch: bool
    boards: str
    unread: int
    moments: int


def find_active_session(token_hash: bytes, *, at: datetime) -> ActiveSession | None:
    """Return who is behind a session that is not revoked, expired or idle and whose account is active."""
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
    should_touch = row.last_seen_at + TOUCH_EVERY[staff] <= at
    return ActiveSession(actor, should_touch, row.boards or "", row.unread, row.moments)


@dataclass(frozen=True)
class ActiveToken:
    """The actor behind a personal token, what it is for, and whether it is time to record its use."""

    id: int
    actor: Actor
    scopes: frozenset[str]
    should_touch: bool


def find_active_token(token_hash: bytes, *, at: datetime) -> ActiveToken | None:
    """Return who is behind a token that is not revoked or expired and whose account is active."""
    query = (
        select(AccessToken, User, Cadre.id.label("cadre_id"), Cadre.branch_id, Branch.time_zone)
        .join(User, User.id == AccessToken.user_id)
        .outerjoin(Cadre, Cadre.user_id == User.id)
        .outerjoin(Branch, Branch.id == Cadre.branch_id)
        .where(AccessToken.token_hash == token_hash, AccessToken.revoked_at.is_(None))
        .where(AccessToken.expires_at > at, User.is_active)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    token, user = row[0], row[1]
    actor = replace(
        actor_of(user),
        cadre_id=row.cadre_id,
        branch_id=row.branch_id or user.branch_id,
        zone=row.time_zone or "Asia/Jakarta",
        must_change_password=user.must_change_password,
    )
    stale = token.last_used_at is None or token.last_used_at + TOKEN_TOUCH <= at
    return ActiveToken(token.id, actor, frozenset(token.scopes), stale)


def get_actor_by_email(email: str) -> Actor:
    """Return the active person with this e-mail address, as an actor for a command."""
    user = db.session.execute(
        select(User).where(User.email == email.strip().lower(), User.is_active),
    ).scalar_one_or_none()
    if user is None:
        raise NotFound("people.no_such_email", {"email": email})
    cadre = db.session.execute(select(Cadre).where(Cadre.user_id == user.id)).scalar_one_or_none()
    actor = actor_of(user)
    return actor if cadre is None else replace(actor, branch_id=cadre.branch_id, cadre_id=cadre.id)
