"""The signed cookie by which a browser is known to have signed in before (domain/throttle.py).

It opens nothing: it only keeps strangers who guess an account's password from shutting this browser out.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal.domain.throttle import Device

LIFE = timedelta(days=400)  # the longest that browsers keep a cookie
MOST = 20  # accounts on a shared computer; who signed in longest ago makes room


def _name() -> str:
    return "__Host-portal-device" if current_app.config["SESSION_COOKIE_SECURE"] else "portal-device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="portal device")


def read_device() -> Device | None:
    """Return what this browser's cookie says; None without one, or with one that we did not sign."""
    try:
        value: Any = _signer().loads(request.cookies.get(_name(), ""))
        accounts = {int(user): datetime.fromtimestamp(at, UTC) for user, at in value["u"]}
        return Device(str(value["d"]), accounts)
    except (BadSignature, KeyError, TypeError, ValueError):
        return None


def remember_device(answer: Response, *, user_id: int, at: datetime) -> Response:
    """Note in this browser's cookie that somebody signed in here."""
    known = read_device()
    accounts = dict(known.accounts) if known else {}
    accounts[user_id] = at
    newest = sorted(accounts.items(), key=lambda one: one[1])[-MOST:]
    value = {
        "d": known.id if known else secrets.token_urlsafe(12),
        "u": [(user, int(since.timestamp())) for user, since in newest],
    }
    answer.set_cookie(
        _name(),
        _signer().dumps(value),
        max_age=LIFE,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer
