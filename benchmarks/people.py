"""Who looks at the pages, and where: a cadre in the middle of Palembang, staff of each scope, and signed-in cookies."""

from dataclasses import dataclass

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import text

from benchmarks.data import MONTH
from portal import clock
from portal.accounts.services.sessions import open_session
from portal.database.extensions import db
from portal.database.transaction import transaction

# Of Palembang's cadres with a place in the closed month and points in the present one, the middle one.
_MIDDLE = text(
    "SELECT c.id, c.user_id FROM frozen_standings AS f JOIN cadres AS c ON c.id = f.cadre_id"
    " JOIN standings AS s ON s.cadre_id = c.id AND s.period = :present AND s.points > 0"
    " WHERE f.month = :month AND f.scope = 'branch' AND f.scope_code = 'L00' AND f.rank IS NOT NULL"
    " ORDER BY f.rank, c.id"
)


@dataclass(frozen=True)
class Cadre:
    """A cadre by the numbers of the row and of the account."""

    id: int
    user_id: int


def middle_cadre(present: str) -> Cadre:
    """Return the cadre whose pages are measured."""
    rows = db.session.execute(_MIDDLE, {"month": MONTH, "present": present}).all()
    row = rows[len(rows) // 2]
    return Cadre(row.id, row.user_id)


def user_id(email: str) -> int:
    """Return the number of a demo account."""
    return int(
        db.session.execute(text("SELECT id FROM users WHERE email = :email"), {"email": email}).scalar_one()
    )


def cookie_of(app: Flask, user: int) -> str:
    """Open a session for a person and return the Cookie header that a browser would send."""
    with app.app_context(), transaction():
        token = open_session(user_id=user, at=clock.now(), address="127.0.0.1", device="bench")
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': token})}"
