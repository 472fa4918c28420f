"""The blueprint of the pages of membership, and who may act on a whole extract."""

from flask import Blueprint

from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed
from portal.web.access import actor

bp = Blueprint("membership", __name__)


def nationwide() -> Actor:
    """Return the person behind the request; an extract concerns every branch, so their scope must be the nation."""
    who = actor()
    if who.scope != "nation":
        raise NotAllowed("people.beyond_scope")
    return who
