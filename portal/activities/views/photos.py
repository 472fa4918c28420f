"""Photos, behind the access rule: they have no public address."""

from flask import Response
from flask.typing import ResponseReturnValue

from portal import storage
from portal.activities.queries.drafts import get_photo
from portal.activities.views.blueprint import bp
from portal.web.access import actor, allow

VIEWERS = ("cadre", "supervisor", "validator", "admin", "auditor")


def _picture(name: str) -> ResponseReturnValue:
    answer = Response(storage.open_bytes(name), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/photos/<photo_id>")
@allow(*VIEWERS)
def photo(photo_id: str) -> ResponseReturnValue:
    """Show a photo in full size to its owner and to staff of the report's branch."""
    return _picture(get_photo(photo_id, actor=actor()).file_name)


@bp.get("/photos/<photo_id>/thumb")
@allow(*VIEWERS)
def thumb(photo_id: str) -> ResponseReturnValue:
    """Show a photo's thumbnail."""
    return _picture(get_photo(photo_id, actor=actor()).thumb_name)
