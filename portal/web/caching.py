"""Answers that are the same for everybody: browsers and caches may keep them, and no session is bound to them."""

from typing import Any

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in a cookie, which an answer for everybody neither sets nor depends on."""

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Store the session in the answer's cookie, unless a cache may hand the answer to somebody else."""
        if not g.get("for_everybody", False):
            super().save_session(app, session, response)


def for_everybody(response: Response, *, seconds: int) -> Response:
    """Let browsers and caches keep an answer for a while, then ask whether it is still the same.

    Only the address and the language that the browser prefers may have decided what it says.
    """
    g.for_everybody = True
    response.add_etag(weak=True)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.vary.add("Accept-Language")
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Use these sessions."""
    app.session_interface = Sessions()
