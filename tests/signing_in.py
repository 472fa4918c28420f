"""Signing in without the form: a real session row in the cookie, and POSTs with a real CSRF token."""

from typing import Any

from flask import session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature
from werkzeug.test import TestResponse

from portal import clock
from portal.accounts.models import User
from portal.accounts.services.sessions import open_session
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction


class Browser(FlaskClient):
    """A browser whose requests see nothing of the test's own context: neither its person nor its transaction.

    The test's session ends its transaction first, so that it sees afterwards what the request changed.
    """

    def open(self, *args: Any, **options: Any) -> TestResponse:
        db.session.rollback()
        with self.application.app_context():
            return super().open(*args, **options)


def sign_in(client: FlaskClient, person: User | Cadre) -> FlaskClient:
    """Put a fresh session of this person into the client's cookie."""
    user_id = person.user_id if isinstance(person, Cadre) else person.id
    if user_id is None:
        raise AssertionError(f"{person} has no account")
    with transaction():
        token = open_session(user_id=user_id, at=clock.now(), address="127.0.0.1", device="tests")
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def csrf_token(client: FlaskClient) -> str:
    """Return a token that fits the client's session, as a form would carry it; the same one while the session fits."""
    app = client.application
    kept, token = getattr(client, "csrf_kept", ("", ""))
    if kept and _in_cookie(client) == kept:
        return token
    with app.app_context(), app.test_request_context(), client.session_transaction() as cookie:
        session.update(cookie)
        token = generate_csrf()
        cookie["csrf_token"] = session["csrf_token"]
        client.csrf_kept = (session["csrf_token"], token)
    return token


def _in_cookie(client: FlaskClient) -> str:
    app = client.application
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    try:
        signer = app.session_interface.get_signing_serializer(app)
        return signer.loads(cookie.value).get("csrf_token", "") if cookie else ""
    except BadSignature:
        return ""


def post(client: FlaskClient, url: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
    """POST a form with a real CSRF token."""
    return client.post(url, data={"csrf_token": csrf_token(client)} | (data or {}), **options)
