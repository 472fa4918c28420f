"""From cookie to actor: the server-side session behind each request, and the reader's language."""

from dataclasses import dataclass

from flask import Flask, g, request, session
from flask_login import UserMixin, current_user

from portal import clock, vault
from portal.domain.actors import Actor
from portal.extensions import login_manager
from portal.people import queries, services

LOCALES = ("id", "en")


@dataclass
class SignedIn(UserMixin):
    """What Flask-Login keeps for a request: the actor and the token of the session."""

    actor: Actor
    token: str

    def get_id(self) -> str:
        """Return the session's token; the cookie holds it signed."""
        return self.token


def load(token: str) -> SignedIn | None:
    """Return who is behind a token: one constant statement, checked at every request.

    That the session is in use is noted at most once a minute for staff and once an hour for cadres.
    """
    now = clock.now()
    mark = vault.fingerprint("session", token)
    presence = queries.find_presence(mark, at=now)
    if presence is None:
        g.ended = queries.find_ended(mark)  # whose session it was: what they typed is kept for them
        return None
    if presence.note_use and presence.actor.session_id is not None:
        services.note_use(session_id=presence.actor.session_id, at=now)
    return SignedIn(presence.actor, token)


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
    """Tell Flask-Login where its people come from."""
    del app
    login_manager.user_loader(load)
    login_manager.session_protection = None
