"""Photos that programs send: each under a number of its own, before or after their report (docs/decisions/0044)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from portal import storage
from portal.activities.models import Activity, Draft, Photo
from portal.activities.photos import AcceptedPhoto
from portal.activities.queries.drafts import find_photo, list_hashes_nearby, list_photos
from portal.activities.queries.reports import find_activity_by_ref
from portal.activities.services.drafts import MAX_PHOTOS
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.locations import Location
from portal.domain.reports import check_ref
from portal.domain.reviewing import flag_of_photo, nearest_photo

FOLLOW_HOURS = 72  # after its report a photo may still follow for this long, as long as nobody has decided
KEPT_ALONE = timedelta(days=30)  # a photo whose report never came


@dataclass(frozen=True)
class StoredPhoto:
    """A photo as it is stored; `repeated`: it was stored already."""

    photo: Photo
    repeated: bool


def find_sent_photo(*, ref: str, photo_id: str, sha256: str, by: Signature) -> Photo | None:
    """Return a photo that is stored already under its number, or None; RuleBroken "photo.conflict" if it is another."""
    known = find_photo(check_ref(photo_id))
    if known is None:
        return None
    mine = known.cadre_id == by.actor.cadre_id and known.report_ref == check_ref(ref)
    if not mine or known.sha256 != sha256:
        raise RuleBroken("photo.conflict")
    return known


def put_photo(
    *, ref: str, photo_id: str, photo: AcceptedPhoto, by: Signature, taken_at: Location | None = None
) -> StoredPhoto:
    """Store a photo of a report that may not have come yet; the same picture again gives the same answer.

    The number is the client's. A picture that the report has already, under another number, is not stored twice: the
    answer is the first one.
    """
    cadre_id = by.actor.cadre_id
    if cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    ref, photo_id = check_ref(ref), check_ref(photo_id)
    _wait_for_others(cadre_id)
    known = find_sent_photo(ref=ref, photo_id=photo_id, sha256=photo.sha256, by=by)
    if known is not None:
        return StoredPhoto(known, repeated=True)
    activity = find_activity_by_ref(ref)
    if activity is not None:
        _check_takes_photos(activity, by=by)
    same = _find_same_picture(ref, photo, cadre_id=cadre_id)
    if same is not None:
        return StoredPhoto(same, repeated=True)
    stored = _store(ref, photo_id, photo, taken_at, by=by)
    if activity is not None and activity.status == "submitted":
        _flag_photo(activity, photo, at=by.at)
    return StoredPhoto(stored, repeated=False)


def _find_same_picture(ref: str, photo: AcceptedPhoto, *, cadre_id: int) -> Photo | None:
    """Return the report's photo with the same bytes, or None; refuse one more than a report takes."""
    kept = list_photos(ref, cadre_id=cadre_id)
    same = next((other for other in kept if other.sha256 == photo.sha256), None)
    if same is None and len(kept) >= MAX_PHOTOS:
        raise RuleBroken("activities.too_many_photos", {"most": MAX_PHOTOS})
    return same


def _wait_for_others(cadre_id: int) -> None:
    """Take a cadre's photos one after the other: two at once must not both be the last one that is allowed."""
    db.session.execute(select(Cadre.id).where(Cadre.id == cadre_id).with_for_update(key_share=True))


def _check_takes_photos(activity: Activity, *, by: Signature) -> None:
    """Refuse a photo of somebody else's report, of a decided one, and one that comes too long after its report."""
    if activity.cadre_id != by.actor.cadre_id:
        raise RuleBroken("activities.conflict")
    if activity.status == "returned":
        return
    if activity.status != "submitted":
        raise RuleBroken("photo.decided")
    if by.at > activity.submitted_at + timedelta(hours=FOLLOW_HOURS):
        raise RuleBroken("photo.too_late", {"hours": FOLLOW_HOURS})


def _store(
    ref: str, photo_id: str, photo: AcceptedPhoto, taken_at: Location | None, *, by: Signature
) -> Photo:
    values = {
        "id": photo_id,
        "report_ref": ref,
        "cadre_id": by.actor.cadre_id,
        "file_name": storage.save(photo.data, kind="photo", suffix=".jpg"),
        "thumb_name": storage.save(photo.thumb, kind="thumb", suffix=".jpg"),
        "width": photo.width,
        "height": photo.height,
        "sha256": photo.sha256,
        "dhash": photo.dhash,
        "dhash_mirrored": photo.dhash_mirrored,
        "latitude": taken_at.latitude if taken_at else None,
        "longitude": taken_at.longitude if taken_at else None,
        "accuracy_m": taken_at.accuracy if taken_at else None,
        "created_at": by.at,
    }
    insert = insert_into(Photo).on_conflict_do_nothing(index_elements=["id"])
    if db.session.execute(insert.returning(Photo.__table__.c.id), values).scalar_one_or_none() is None:
        for name in (values["file_name"], values["thumb_name"]):
            storage.delete(str(name))
        raise RuleBroken("photo.conflict")  # somebody else took the number in this moment
    return db.session.get_one(Photo, photo_id)


def _flag_photo(activity: Activity, photo: AcceptedPhoto, *, at: datetime) -> None:
    """Flag a submitted report whose late photo looks like that of another report."""
    nearby = list_hashes_nearby(branch_id=activity.branch_id, ref=activity.ref, at=at)
    alike = nearest_photo([photo.dhash, photo.dhash_mirrored], nearby)
    if alike is not None and not any(flag["code"] == "photo_alike" for flag in activity.flags):
        flags = [flag_of_photo(*alike), *activity.flags]
        change(update(Activity).where(Activity.id == activity.id).values(flags=flags))


def delete_lone_photos(*, at: datetime) -> int:
    """Delete the photos whose report never came; return how many. Their files go once this is committed."""
    own = Activity.cadre_id == Photo.cadre_id
    of_report = select(Activity.id).where(Activity.ref == Photo.report_ref, own).exists()
    of_draft = (
        select(Draft.ref).where(Draft.ref == Photo.report_ref, Draft.cadre_id == Photo.cadre_id).exists()
    )
    lone = db.session.execute(
        select(Photo.id, Photo.file_name, Photo.thumb_name).where(
            Photo.created_at < at - KEPT_ALONE, ~of_report, ~of_draft
        )
    ).all()
    for row in lone:
        change(delete(Photo).where(Photo.id == row.id))
        storage.delete_when_committed(row.file_name)
        storage.delete_when_committed(row.thumb_name)
    return len(lone)
