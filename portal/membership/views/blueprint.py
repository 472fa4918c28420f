"""The blueprint that the pages of membership register on, and who may act on the whole extract."""

from flask import Blueprint

from portal.access import actor
from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed

bp = Blueprint("membership", __name__)


def nationwide() -> Actor:
    """Return the person behind the request; an extract holds and changes what belongs to every branch."""
    who = actor()
    if who.scope != "nation":
        raise NotAllowed("people.beyond_scope")
    return who
