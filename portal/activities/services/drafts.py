"""What a cadre has not submitted yet: sealed drafts, their photos, and returned reports opened for correction."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select

from portal import storage, vault
from portal.activities.models import Activity, Draft, Photo
from portal.activities.photos import AcceptedPhoto
from portal.activities.queries.drafts import find_draft, list_photos
from portal.activities.queries.reports import find_activity_by_ref, get_activity
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Actor, Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.reports import check_ref
from portal.signups.queries import list_by_activity

MAX_DRAFTS = 30
MAX_PHOTOS = 4
MAX_BODY = 200_000  # characters

Body = dict[str, Any]


def read_draft(draft: Draft) -> Body:
    """Open a draft's body."""
    body: Body = json.loads(vault.unseal(draft.body_sealed, context=draft.ref))
    return body


def save_draft(*, ref: str, body: Mapping[str, Any], by: Signature) -> None:
    """Store what was typed so far, valid or not; sealed, since it may contain NIKs."""
    ref = check_ref(ref)
    if by.actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    check_draft_is_free(ref, cadre_id=by.actor.cadre_id, corrects=body.get("corrects"))
    text = json.dumps(body)
    if len(text) > MAX_BODY:
        raise RuleBroken("activities.draft_too_long")
    values = {
        "ref": ref,
        "cadre_id": by.actor.cadre_id,
        "body_sealed": vault.seal(text, context=ref),
        "summary": _summary(body),
        "updated_at": by.at,
    }
    insert = insert_into(Draft)
    kept = ("body_sealed", "summary", "updated_at")
    insert = insert.on_conflict_do_update(
        index_elements=["ref"],
        set_={name: insert.excluded[name] for name in kept},
        where=Draft.__table__.c.cadre_id == by.actor.cadre_id,
    )
    if db.session.execute(insert.returning(Draft.__table__.c.ref), values).scalar_one_or_none() is None:
        raise RuleBroken("activities.conflict")


def remove_worker(*, ref: str, worker: str, by: Signature) -> None:
    """Remove a worker from a draft; a recorded one is taken back when the correction is submitted."""
    draft = find_draft(ref, cadre_id=by.actor.cadre_id or 0)
    body = read_draft(draft) if draft is not None else {}
    body["signups"] = [each for each in body.get("signups", []) if each["ref"] != worker]
    if any(row.ref == worker and row.status == "reported" for row in list_by_activity(ref)):
        body["removed"] = sorted({*body.get("removed", []), worker})
    save_draft(ref=ref, body=body, by=by)


def check_draft_is_free(ref: str, *, cadre_id: int, corrects: int | None) -> None:
    """Refuse a ref that is somebody else's or already submitted, and more drafts than allowed."""
    activity = find_activity_by_ref(ref)
    if activity is not None and not _open_for(activity, cadre_id=cadre_id, corrects=corrects):
        raise RuleBroken("activities.already_sent")
    if find_draft(ref, cadre_id=cadre_id) is None:
        others = db.session.execute(select(func.count()).where(Draft.cadre_id == cadre_id)).scalar_one()
        if others >= MAX_DRAFTS:
            raise RuleBroken("activities.too_many_drafts", {"most": MAX_DRAFTS})


def _open_for(activity: Activity, *, cadre_id: int, corrects: int | None) -> bool:
    return activity.cadre_id == cadre_id and activity.status == "returned" and activity.version == corrects


def _summary(body: Mapping[str, Any]) -> dict[str, Any]:
    """Summarise a draft without anything about the people in it."""
    held_on = str(body.get("held_on") or "")
    return {
        "type": str(body.get("type") or "")[:24],
        "held_on": held_on if len(held_on) == len("2026-01-31") and held_on.isascii() else "",
        "signups": len(body.get("signups") or ()),
        "corrects": body.get("corrects"),
    }


def delete_draft(*, ref: str, actor: Actor) -> list[str]:
    """Delete a draft and the photos that belong only to it; return the names of the files to delete.

    The entry point deletes them after the commit, so that a rolled-back act loses nothing.
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


def correct_report(*, activity_id: int, by: Signature) -> str:
    """Open a returned report as a draft and return its ref; a correction already begun is left as it is.

    Recorded sign-ups stay recorded: the draft contains only those added now.
    """
    activity = get_activity(activity_id, actor=by.actor)
    if activity.cadre_id != by.actor.cadre_id:
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
        save_draft(ref=activity.ref, body=body, by=by)
    return activity.ref


def add_photo(*, ref: str, body: Mapping[str, Any], photo: AcceptedPhoto, by: Signature) -> str:
    """Add a photo to a report that is unsubmitted or returned; return its id. The same picture is stored once.

    The draft is stored with it: a photo without one would be lost.
    """
    save_draft(ref=ref, body=body, by=by)
    ref = check_ref(ref)
    if by.actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    activity = find_activity_by_ref(ref)
    if activity is not None and (activity.cadre_id != by.actor.cadre_id or activity.status != "returned"):
        raise RuleBroken("activities.already_sent")
    kept = list_photos(ref, cadre_id=by.actor.cadre_id)
    for other in kept:
        if other.sha256 == photo.sha256:
            return other.id
    if len(kept) >= MAX_PHOTOS:
        raise RuleBroken("activities.too_many_photos", {"most": MAX_PHOTOS})
    row = Photo(
        id=str(uuid.uuid4()),
        report_ref=ref,
        cadre_id=by.actor.cadre_id,
        file_name=storage.save(photo.data, kind="photo", suffix=".jpg"),
        thumb_name=storage.save(photo.thumb, kind="thumb", suffix=".jpg"),
        width=photo.width,
        height=photo.height,
        sha256=photo.sha256,
        dhash=photo.dhash,
        dhash_mirrored=photo.dhash_mirrored,
        created_at=by.at,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def remove_photo(*, photo_id: str, actor: Actor) -> list[str]:
    """Remove a photo from a report that is unsubmitted or returned; return the files to delete."""
    photo = db.session.get(Photo, photo_id)
    if photo is None or photo.cadre_id != actor.cadre_id:
        raise NotFound("activities.no_such_photo")
    activity = find_activity_by_ref(photo.report_ref)
    if activity is not None and activity.cadre_id == actor.cadre_id and activity.status != "returned":
        raise RuleBroken("activities.already_sent")
    return _forget(photo)


def _forget(photo: Photo) -> list[str]:
    change(delete(Photo).where(Photo.id == photo.id))
    return [photo.file_name, photo.thumb_name]
