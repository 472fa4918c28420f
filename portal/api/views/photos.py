"""Sending a photo: its bytes as they are, under a number of its own, before or after its report."""

import hashlib
import uuid

from flask import request

from portal import clock
from portal.activities.photos import accept_photo
from portal.activities.services import photos as photo_services
from portal.activities.services.photos import StoredPhoto
from portal.api.document import PLACE_HEADER, describe
from portal.api.forms.reports import PhotoAnswer
from portal.api.forms.shapes import Problem
from portal.api.views.blueprint import bp
from portal.database.transaction import end_reads, transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.locations import read_location
from portal.web.access import actor, allow
from portal.web.bodies import read_raw
from portal.web.problems import Refused

KINDS = ("image/jpeg", "image/png", "image/webp")
_CONFLICTS = frozenset({"photo.conflict", "photo.decided", "photo.too_late", "activities.conflict"})


@bp.put("/activities/<uuid:ref>/photos/<uuid:photo_id>")
@allow("cadre", program="report")
@describe("reports", answers={200: PhotoAnswer, 201: PhotoAnswer, 409: Problem}, raw=KINDS)
def put_photo(ref: uuid.UUID, photo_id: uuid.UUID) -> tuple[PhotoAnswer, int]:
    """Send a photo, before or after its report: 201 if it is new, 200 with the same answer if it is stored already.

    Another picture under the same number is a conflict (409), and so is a photo of a decided report. A photo whose
    report never comes is deleted after 30 days. The header says where it was taken, if its cadre agreed.
    """
    if request.mimetype not in KINDS:
        raise Refused(415, RuleBroken("api.wrong_kind"))
    data = read_raw()
    try:
        stored = _put(str(ref), str(photo_id), data, by=Signature(actor(), clock.now()))
    except RuleBroken as broken:
        raise _refused(broken) from None
    return _answer(stored), 200 if stored.repeated else 201


def _put(ref: str, photo_id: str, data: bytes, *, by: Signature) -> StoredPhoto:
    """Store a photo; one that is stored already is found by its bytes and not decoded again."""
    sha256 = hashlib.sha256(data).hexdigest()
    known = photo_services.find_sent_photo(ref=ref, photo_id=photo_id, sha256=sha256, by=by)
    if known is not None:
        return StoredPhoto(known, repeated=True)
    said = request.headers.get(PLACE_HEADER)
    taken_at = read_location(said) if said else None
    end_reads()  # decoding takes a while
    photo = accept_photo(data)
    with transaction():
        return photo_services.put_photo(ref=ref, photo_id=photo_id, photo=photo, by=by, taken_at=taken_at)


def _refused(broken: RuleBroken) -> RuleBroken | Refused:
    if isinstance(broken, NotAllowed | NotFound):
        return broken
    return Refused(409 if broken.code in _CONFLICTS else 422, broken)


def _answer(stored: StoredPhoto) -> PhotoAnswer:
    photo = stored.photo
    return PhotoAnswer(
        id=photo.id,
        report=photo.report_ref,
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        received_at=photo.created_at,
    )
