"""From cookie to actor: the server-side session behind each request, and the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Request, g, request, session
from flask_login import UserMixin, current_user

from portal import clock, vault
from portal.accounts.queries.sessions import find_ended
from portal.accounts.services.sessions import touch_session, touch_token
from portal.accounts.services.throttle import TooManyTries, count_wrong_token
from portal.cadres.queries.actors import find_active_session, find_active_token
from portal.database.extensions import login_manager
from portal.database.transaction import transaction
from portal.domain.actors import Actor
from portal.web.problems import asked_by_program

LOCALES = ("id", "en")


@dataclass
class SignedIn(UserMixin):
    """What Flask-Login keeps during a request: the actor, the session's token, the versions of the actor's boards.

    `unread` is the number of messages that the bell shows, `moments` that of the moments no page has told. `scopes`
    is what a personal token is for, None for a browser's session.
    """

    actor: Actor
    token: str
    boards: str = ""
    unread: int = 0
    moments: int = 0
    scopes: frozenset[str] | None = None

    def get_id(self) -> str:
        """Return the session's token; the cookie contains it, signed."""
        return self.token


def load(token: str) -> SignedIn | None:
    """Return the person behind a token: one constant statement, run at every request.

    The session's last use is recorded at most once a minute for staff and once an hour for cadres.
    """
    if _bearer() is not None:
        return None  # a program that names its token acts by that alone
    now = clock.now()
    mark = vault.fingerprint("session", token)
    active = find_active_session(mark, at=now)
    if active is None:
        g.ended = find_ended(mark)  # the owner of the ended session: what they typed is kept for them
        return None
    if active.should_touch and active.actor.session_id is not None:
        touch_session(session_id=active.actor.session_id, at=now)
    return SignedIn(active.actor, token, active.boards, active.unread, active.moments)


def _bearer() -> str | None:
    """Return the personal token that a call of the interface names; anywhere else there is none."""
    given = request.authorization if asked_by_program() else None
    return (given.token or "") if given is not None and given.type == "bearer" else None


def load_by_token(_request: Request) -> SignedIn | None:
    """Return the person behind a personal token; a wrong one is counted, and guessing is slowed down."""
    token = _bearer()
    if token is None:
        return None
    now = clock.now()
    active = find_active_token(vault.fingerprint("token", token), at=now)
    if active is None:
        _count_wrong(now)
        return None
    if active.should_touch:
        touch_token(token_id=active.id, at=now)
    return SignedIn(active.actor, "", scopes=active.scopes)


def _count_wrong(at: datetime) -> None:
    """Count a wrong token; too many are answered where the call is let in, for errors too ask who is reading."""
    try:
        with transaction():
            count_wrong_token(address=request.remote_addr or "", at=at)
    except TooManyTries as problem:
        g.slowed_down = problem


def choose_locale() -> str:
    """Choose Indonesian unless the person or the browser asks for English."""
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    user = current_user
    if user and user.is_authenticated and user.actor.locale in LOCALES:
        return str(user.actor.locale)
    return request.accept_languages.best_match(LOCALES, default="id") or "id"


def init_app(app: Flask) -> None:
    """Tell Flask-Login how to load people."""
    del app
    login_manager.user_loader(load)
    login_manager.request_loader(load_by_token)
    login_manager.session_protection = None
