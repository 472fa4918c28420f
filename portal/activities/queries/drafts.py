"""Reads of drafts and photos."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, select

from portal.activities.models import Activity, Draft, Photo
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.organisation.queries import in_scope

# The same picture is searched for in the branch, this far back and among at most this many photos.
PHOTO_DAYS = 365
PHOTOS_COMPARED = 5000


def find_draft(ref: str, *, cadre_id: int) -> Draft | None:
    """Return a cadre's own draft, or None."""
    return db.session.scalars(select(Draft).where(Draft.ref == ref, Draft.cadre_id == cadre_id)).one_or_none()


def list_drafts(cadre_id: int) -> Sequence[Draft]:
    """List a cadre's drafts, last changed first."""
    return db.session.scalars(
        select(Draft).where(Draft.cadre_id == cadre_id).order_by(Draft.updated_at.desc(), Draft.ref),
    ).all()


def list_photos(report_ref: str, *, cadre_id: int) -> Sequence[Photo]:
    """List a report's photos in the order they came; only those uploaded by the report's cadre."""
    return db.session.scalars(
        select(Photo)
        .where(Photo.report_ref == report_ref, Photo.cadre_id == cadre_id)
        .order_by(Photo.created_at, Photo.id),
    ).all()


def find_photo(photo_id: str) -> Photo | None:
    """Return the photo with a number as it is stored now, whoever's it is, or None."""
    return db.session.scalars(
        select(Photo).where(Photo.id == photo_id).execution_options(populate_existing=True),
    ).one_or_none()


def list_own_hashes(report_ref: str, *, cadre_id: int) -> list[int]:
    """List the hashes of a report's pictures, and of the same pictures mirrored."""
    photos = list_photos(report_ref, cadre_id=cadre_id)
    found = [hash_ for photo in photos for hash_ in (photo.dhash, photo.dhash_mirrored)]
    return [hash_ for hash_ in found if hash_ is not None]


def first_photos(report_refs: Sequence[str]) -> dict[str, str]:
    """Return the id of each report's first photo by the report's ref."""
    rows = db.session.execute(
        select(Photo.report_ref, Photo.id)
        .join(Activity, and_(Activity.ref == Photo.report_ref, Activity.cadre_id == Photo.cadre_id))
        .where(Photo.report_ref.in_(report_refs))
        .order_by(Photo.created_at.desc(), Photo.id.desc()),
    )
    return {str(ref): str(photo_id) for ref, photo_id in rows}


def get_photo(photo_id: str, *, actor: Actor) -> Photo:
    """Return a photo: a cadre's own, or one of a report in scope; photos of drafts only to their owner."""
    query = select(Photo).where(Photo.id == photo_id)
    if actor.role == "cadre":
        query = query.where(Photo.cadre_id == actor.cadre_id)
    else:
        query = query.join(
            Activity,
            and_(Activity.ref == Photo.report_ref, Activity.cadre_id == Photo.cadre_id),
        ).where(in_scope(actor, Activity.branch_id))
    photo = db.session.scalars(query).one_or_none()
    if photo is None:
        raise NotFound("activities.no_such_photo")
    return photo


def list_hashes_nearby(*, branch_id: int, ref: str, at: datetime) -> list[tuple[int, int]]:
    """List (activity id, picture hash) of the branch's other reports, to recognise a picture that was used before."""
    rows: Sequence[Row[Any]] = db.session.execute(
        select(Activity.id, Photo.dhash)
        .join(Photo, and_(Activity.ref == Photo.report_ref, Activity.cadre_id == Photo.cadre_id))
        .where(
            Activity.branch_id == branch_id,
            Activity.ref != ref,
            Photo.created_at > at - timedelta(days=PHOTO_DAYS),
        )
        .order_by(Photo.created_at.desc())
        .limit(PHOTOS_COMPARED),
    ).all()
    return [(row[0], row[1]) for row in rows]
