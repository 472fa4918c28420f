"""Personal tokens: made at the command line and shown once, revoked by their owner or there."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from portal import audit, vault
from portal.accounts.models import AccessToken
from portal.accounts.queries.users import get_user
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import TOKEN_SCOPES, Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.names import clean_text

PREFIX = "pk_"  # so that who finds one knows what it is
MAX_DAYS = 366


@dataclass(frozen=True)
class MadeToken:
    """A new token; `secret` is shown once and stored nowhere."""

    row: AccessToken
    secret: str


def create_token(*, user_id: int, name: str, scopes: Collection[str], days: int, by: Signature) -> MadeToken:
    """Make a token for a person; it can never do more than the person may."""
    user = get_user(user_id)
    wanted = [scope for scope in TOKEN_SCOPES if scope in scopes]
    if not wanted or set(scopes) - set(TOKEN_SCOPES):
        raise RuleBroken("tokens.scopes", {"scopes": ", ".join(TOKEN_SCOPES)})
    if not 1 <= days <= MAX_DAYS:
        raise RuleBroken("tokens.days", {"most": MAX_DAYS})
    if not user.is_active or user.role == "operator":
        raise RuleBroken("tokens.no_account")
    secret = PREFIX + secrets.token_urlsafe(32)
    row = AccessToken(
        token_hash=vault.fingerprint("token", secret),
        user_id=user.id,
        name=clean_text(name, limit=80) or ", ".join(wanted),
        scopes=wanted,
        created_at=by.at,
        created_by=by.actor.user_id,
        expires_at=by.at + timedelta(days=days),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        by=by,
        act="token.made",
        subject=audit.Subject("user", user.id, user.branch_id),
        details={"token": row.id, "scopes": ", ".join(wanted), "days": days},
    )
    return MadeToken(row, secret)


def revoke_token(*, token_id: int, user_id: int, by: Signature) -> None:
    """Revoke one of a person's tokens; revoking it again changes nothing and is not found."""
    revoking = update(AccessToken).where(
        AccessToken.id == token_id, AccessToken.user_id == user_id, AccessToken.revoked_at.is_(None)
    )
    if change(revoking.values(revoked_at=by.at)).rowcount == 0:
        raise NotFound("tokens.no_such")
    audit.record(
        by=by,
        act="token.revoked",
        subject=audit.Subject("user", user_id, get_user(user_id).branch_id),
        details={"token": token_id},
    )
