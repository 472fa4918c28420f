"""The signed cookie that shows a browser has signed in before (domain/throttle.py).

It grants nothing: it only keeps strangers who guess an account's password from locking this browser out.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal.domain.throttle import Device

LIFE = timedelta(days=400)  # the longest that browsers keep a cookie
MAX_ACCOUNTS = 20  # accounts on a shared computer; the one that signed in longest ago is dropped


def _name() -> str:
    return "__Host-portal-device" if current_app.config["SESSION_COOKIE_SECURE"] else "portal-device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="portal device")


def read_device() -> Device | None:
    """Read this browser's cookie; None if there is none, or it is not signed by us."""
    try:
        value: Any = _signer().loads(request.cookies.get(_name(), ""))
        accounts = {int(user): datetime.fromtimestamp(at, UTC) for user, at in value["u"]}
        return Device(str(value["d"]), accounts)
    except (BadSignature, KeyError, TypeError, ValueError):
        return None


def remember_device(answer: Response, *, user_id: int, at: datetime) -> Response:
    """Record in this browser's cookie that this person signed in here."""
    known = read_device()
    accounts = dict(known.accounts) if known else {}
    accounts[user_id] = at
    newest = sorted(accounts.items(), key=lambda one: one[1])[-MAX_ACCOUNTS:]
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
