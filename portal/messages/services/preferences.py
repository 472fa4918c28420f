"""What a reader chooses: groups and quiet hours, and the devices that may ring."""

from typing import Any, Final

from sqlalchemy import delete, select

from portal.database.extensions import db
from portal.database.guarded import change, change_one
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.messages import PUBLIC_KEY_BYTES, SECRET_BYTES, Preferences, is_push_endpoint, is_push_key
from portal.messages.models import MessagePreference, PushSubscription

MAX_DEVICES: Final = 10


def set_preferences(*, chosen: Preferences, by: Signature) -> None:
    """Store what a reader chose."""
    values: dict[str, Any] = {
        "off": sorted(chosen.off),
        "quiet_from": chosen.quiet_from,
        "quiet_until": chosen.quiet_until,
    }
    storing = insert_into(MessagePreference).values(user_id=by.actor.user_id, **values)
    db.session.execute(storing.on_conflict_do_update(index_elements=["user_id"], set_=values))


def add_device(*, endpoint: str, p256dh: str, auth: str, by: Signature) -> None:
    """Let the device of this session ring; the same device again, or of another person, is now this session's."""
    keys = is_push_key(p256dh, PUBLIC_KEY_BYTES) and is_push_key(auth, SECRET_BYTES)
    if by.actor.session_id is None or not keys or not is_push_endpoint(endpoint):
        raise RuleBroken("messages.device_refused")
    values: dict[str, Any] = {
        "user_id": by.actor.user_id,
        "session_id": by.actor.session_id,
        "p256dh": p256dh,
        "auth": auth,
        "added_at": by.at,
    }
    storing = insert_into(PushSubscription).values(endpoint=endpoint, **values)
    db.session.execute(storing.on_conflict_do_update(index_elements=["endpoint"], set_=values))
    s = PushSubscription
    newest = select(s.id).where(s.user_id == by.actor.user_id).order_by(s.added_at.desc(), s.id.desc())
    change(delete(s).where(s.user_id == by.actor.user_id, s.id.not_in(newest.limit(MAX_DEVICES))))


def remove_device(*, device_id: int, by: Signature) -> None:
    """Let a device of the reader ring no more."""
    s = PushSubscription
    mine = delete(s).where(s.id == device_id, s.user_id == by.actor.user_id)
    change_one(mine, otherwise=NotFound("messages.no_such"))
