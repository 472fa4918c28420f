"""Signing in without the form: a real session row in the cookie, and POSTs with a real CSRF token."""

from typing import Any

from flask import g
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from portal import clock
from portal.people.models import Cadre, User
from portal.people.services import open_session
from portal.transaction import transaction


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
    """Return a token that fits the client's session, as a form would carry it."""
    with client.application.test_request_context():
        from flask import session

        with client.session_transaction() as cookie:
            session.update(cookie)
            token = generate_csrf()
            cookie["csrf_token"] = session["csrf_token"]
        g.pop("csrf_token", None)
    return token


def post(client: FlaskClient, url: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
    """POST a form with a real CSRF token."""
    return client.post(url, data={"csrf_token": csrf_token(client)} | (data or {}), **options)
