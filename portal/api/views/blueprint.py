"""The blueprint that the calls join; who comes with a browser's session brings the token of its forms."""

from flask import Blueprint, request

from portal.database.extensions import csrf
from portal.web.access import READING, token_scopes

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)  # asked below, once it is known who calls: 401 comes before the question for the token


@bp.before_request
def ask_for_token() -> None:
    """Refuse a change that another site could have sent: a browser adds the session by itself, a program its token."""
    if request.method not in READING and token_scopes() is None:
        csrf.protect()
