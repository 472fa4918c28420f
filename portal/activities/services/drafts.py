"""What a cadre has not sent yet: sealed drafts, their photos, and a returned report opened for correction."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from portal import storage, vault
from portal.activities.models import Activity, Draft, Photo
from portal.activities.photos import AcceptedPhoto
from portal.activities.queries import find_activity_by_ref, find_draft, get_activity, list_photos
from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.reports import check_ref
from portal.extensions import db
from portal.points.services.upserts import insert_into

MOST_DRAFTS = 30
MOST_PHOTOS = 4
MOST_BODY = 200_000  # characters

Body = dict[str, Any]


def read_draft(draft: Draft) -> Body:
    """Open a draft's body."""
    body: Body = json.loads(vault.unseal(draft.body_sealed, context=draft.ref))
    return body


def save_draft(*, ref: str, body: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    """Keep what was typed so far, whatever it is; sealed, since it may hold NIKs."""
    ref = check_ref(ref)
    if actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    check_draft_is_free(ref, cadre_id=actor.cadre_id, corrects=body.get("corrects"))
    text = json.dumps(body)
    if len(text) > MOST_BODY:
        raise RuleBroken("activities.draft_too_long")
    values = {
        "ref": ref,
        "cadre_id": actor.cadre_id,
        "body_sealed": vault.seal(text, context=ref),
        "summary": _summary(body),
        "updated_at": at,
    }
    insert = insert_into(Draft)
    kept = ("body_sealed", "summary", "updated_at")
    insert = insert.on_conflict_do_update(
        index_elements=["ref"],
        set_={name: insert.excluded[name] for name in kept},
        where=Draft.__table__.c.cadre_id == actor.cadre_id,
    )
    if db.session.execute(insert.returning(Draft.__table__.c.ref), values).scalar_one_or_none() is None:
        raise RuleBroken("activities.conflict")


def check_draft_is_free(ref: str, *, cadre_id: int, corrects: int | None) -> None:
    """Refuse a ref of somebody else's, one that is sent, and more drafts than a phone can hold."""
    activity = find_activity_by_ref(ref)
    if activity is not None and not _open_for(activity, cadre_id=cadre_id, corrects=corrects):
        raise RuleBroken("activities.already_sent")
    if find_draft(ref, cadre_id=cadre_id) is None:
        others = db.session.execute(select(func.count()).where(Draft.cadre_id == cadre_id)).scalar_one()
        if others >= MOST_DRAFTS:
            raise RuleBroken("activities.too_many_drafts", {"most": MOST_DRAFTS})


def _open_for(activity: Activity, *, cadre_id: int, corrects: int | None) -> bool:
    return activity.cadre_id == cadre_id and activity.status == "returned" and activity.version == corrects


def _summary(body: Mapping[str, Any]) -> dict[str, Any]:
    """Say what a draft is about, without anything of the people in it."""
    held_on = str(body.get("held_on") or "")
    return {
        "type": str(body.get("type") or "")[:24],
        "held_on": held_on if len(held_on) == len("2026-01-31") and held_on.isascii() else "",
        "signups": len(body.get("signups") or ()),
        "corrects": body.get("corrects"),
    }


def delete_draft(*, ref: str, actor: Actor) -> list[str]:
    """Throw away a draft and the photos that were only its own; return the names of the files to delete.

    The door deletes them after the commit, so that a rolled-back act loses nothing.
    """
    if actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    draft = find_draft(ref, cadre_id=actor.cadre_id)
    if draft is None:
        return []
    files: list[str] = []
    if find_activity_by_ref(ref) is None:
        for photo in list_photos(ref, cadre_id=actor.cadre_id):
            files += _forget(photo)
    db.session.delete(draft)
    return files


def correct_report(*, activity_id: int, actor: Actor, at: datetime) -> str:
    """Open a returned report as a draft and return its ref; a correction that was begun goes on as it is.

    Sign-ups that are recorded stay recorded: the draft holds only those added now.
    """
    activity = get_activity(activity_id, actor=actor)
    if activity.cadre_id != actor.cadre_id:
        raise NotFound("activities.no_such")
    if activity.status != "returned":
        raise RuleBroken("activities.not_returned")
    draft = find_draft(activity.ref, cadre_id=activity.cadre_id)
    if draft is None or read_draft(draft).get("corrects") != activity.version:
        body = {
            "type": activity.type,
            "held_on": activity.held_on.isoformat(),
            "village_code": activity.village_code or "",
            "place": activity.place or "",
            "attendance": "" if activity.attendance is None else str(activity.attendance),
            "notes": activity.notes or "",
            "signups": [],
            "removed": [],
            "corrects": activity.version,
        }
        save_draft(ref=activity.ref, body=body, actor=actor, at=at)
    return activity.ref


def add_photo(*, ref: str, photo: AcceptedPhoto, actor: Actor, at: datetime) -> str:
    """Keep a photo of a report that is not sent yet, or came back; return its id. The same one is one."""
    ref = check_ref(ref)
    if actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    activity = find_activity_by_ref(ref)
    if activity is not None and (activity.cadre_id != actor.cadre_id or activity.status != "returned"):
        raise RuleBroken("activities.already_sent")
    kept = list_photos(ref, cadre_id=actor.cadre_id)
    for other in kept:
        if other.sha256 == photo.sha256:
            return other.id
    if len(kept) >= MOST_PHOTOS:
        raise RuleBroken("activities.too_many_photos", {"most": MOST_PHOTOS})
    row = Photo(
        id=str(uuid.uuid4()),
        report_ref=ref,
        cadre_id=actor.cadre_id,
        file_name=storage.save(photo.data, kind="photo", suffix=".jpg"),
        thumb_name=storage.save(photo.thumb, kind="thumb", suffix=".jpg"),
        width=photo.width,
        height=photo.height,
        sha256=photo.sha256,
        dhash=photo.dhash,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def remove_photo(*, photo_id: str, actor: Actor) -> list[str]:
    """Take a photo out of a report that is not sent yet, or came back; return the files to delete."""
    photo = db.session.get(Photo, photo_id)
    if photo is None or photo.cadre_id != actor.cadre_id:
        raise NotFound("activities.no_such_photo")
    activity = find_activity_by_ref(photo.report_ref)
    if activity is not None and activity.cadre_id == actor.cadre_id and activity.status != "returned":
        raise RuleBroken("activities.already_sent")
    return _forget(photo)


def _forget(photo: Photo) -> list[str]:
    db.session.execute(
        delete(Photo).where(Photo.id == photo.id),
        execution_options={"synchronize_session": False},
    )
    return [photo.file_name, photo.thumb_name]
