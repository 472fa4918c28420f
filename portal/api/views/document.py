"""The description of the interface."""

from flask import Response, jsonify

from portal.api.document import openapi
from portal.api.views.blueprint import bp
from portal.web.access import public
from portal.web.caching import for_everybody

SECONDS = 300


@bp.get("/openapi.json")
@public("what the interface looks like is no secret, and programs read it before they sign in")
def document() -> Response:
    """Describe the interface in OpenAPI 3.1."""
    return for_everybody(jsonify(openapi()), seconds=SECONDS)
