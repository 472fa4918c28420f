"""The blueprint of the pages of membership, and who may act on a whole extract."""

from flask import Blueprint

from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed
from portal.web.access import actor

bp = Blueprint("membership", __name__)


def nationwide() -> Actor:
    """Return the person behind the request; their scope must be the nation, since an extract concerns every branch."""
    who = actor()
    if who.scope != "nation":
        raise NotAllowed("people.beyond_scope")
    return who
