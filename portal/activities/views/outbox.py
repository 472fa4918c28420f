"""What waits on the phone to be sent: its page, and the key that opens it while its person is signed in."""

import base64

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue

from portal.activities.queries.drafts import list_drafts
from portal.activities.services.outbox import phone_key
from portal.activities.views.blueprint import bp
from portal.activities.views.drafting import cadre_id, day_of
from portal.domain.points import ACTIVITY_TYPES
from portal.web.access import actor, allow
from portal.web.phone import hours_on_phone, kept_on_phone, pages_on_phone


@bp.get("/outbox")
@allow("cadre")
@kept_on_phone
def outbox() -> ResponseReturnValue:
    """Show what waits on this phone; without scripts nothing does, and the drafts of the server are shown."""
    drafts = list_drafts(cadre_id())
    return render_template(
        "activities/outbox.html",
        drafts=drafts,
        draft_days={draft.ref: day_of(draft.summary.get("held_on")) for draft in drafts},
        types=ACTIVITY_TYPES,
        pages=pages_on_phone(),
        zone=actor().zone,
    )


@bp.get("/outbox/key")
@allow("cadre")
def outbox_key() -> ResponseReturnValue:
    """Hand the key of the person who is signed in to their browser, and say how long it may keep it."""
    user_id = actor().user_id
    key = base64.b64encode(phone_key(user_id=user_id)).decode()
    return jsonify({"user": str(user_id), "key": key, "hours": hours_on_phone()})
