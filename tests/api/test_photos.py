"""Photos by the interface: each under its own number, before or after the report, once."""

import hashlib
import io
import random
from datetime import timedelta

import pytest
from api.asking import Phone, body
from cast import make_cast
from factories import actor_of
from PIL import Image, ImageOps
from reporting import jpeg, new_ref
from signing_in import sign_in
from sqlalchemy import select

from portal import clock, storage
from portal.activities.models import Activity, Photo
from portal.activities.photos import THUMB_BYTES, accept_photo, prepare_own_picture
from portal.activities.queries.reports import find_activity_by_ref
from portal.activities.services.decide import approve_activity, return_activity
from portal.activities.services.drafts import save_draft
from portal.activities.services.photos import FOLLOW_HOURS, KEPT_ALONE, delete_lone_photos
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.reviewing import SAME_PHOTO_BITS


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def phone(app, cast):
    return Phone(app, cast.marlina)


def by(person, *, hours=0):
    return Signature(actor_of(person), clock.now() + timedelta(hours=hours))


def photos(session):
    session.rollback()
    return session.scalars(select(Photo).order_by(Photo.created_at)).all()


def scene(seed=1, size=(480, 360), blocks=(8, 6)):
    """A picture with large areas of different brightness, as a photo has them, and much detail."""
    chance = random.Random(seed)
    coarse = Image.new("RGB", blocks)
    coarse.putdata([(chance.randrange(256),) * 3 for _ in range(blocks[0] * blocks[1])])
    return coarse.resize(size, Image.Resampling.BICUBIC)


def saved(image, quality=90):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.mark.slow
def test_a_photo_may_come_before_its_report_or_after_it(phone, session):
    ref, first, second = new_ref(), new_ref(), new_ref()

    before = phone.photo(ref, first, jpeg(90))
    receipt = phone.send(ref, body()).json
    after = phone.photo(ref, second, jpeg(50))

    assert (before.status_code, after.status_code) == (201, 201)
    assert phone.send(ref, body()).json == receipt, "a photo that came since changes no receipt"
    assert {photo.id for photo in photos(session)} == {first, second}
    assert before.json == {
        "id": first,
        "report": ref,
        "sha256": hashlib.sha256(jpeg(90)).hexdigest(),
        "width": 64,
        "height": 48,
        "received_at": photos(session)[0].created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


@pytest.mark.slow
def test_the_same_photo_again_gives_the_same_answer(phone, session):
    ref, number = new_ref(), new_ref()

    first, again = phone.photo(ref, number, jpeg()), phone.photo(ref, number, jpeg())

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert len(photos(session)) == 1


@pytest.mark.slow
def test_the_same_picture_under_another_number_is_not_stored_twice(phone, session):
    ref, number = new_ref(), new_ref()
    first = phone.photo(ref, number, jpeg())

    again = phone.photo(ref, new_ref(), jpeg())

    assert (again.status_code, again.json) == (200, first.json)
    assert len(photos(session)) == 1


@pytest.mark.slow
def test_another_picture_under_the_number_is_a_conflict_and_so_is_another_report(phone, session):
    ref, number = new_ref(), new_ref()
    phone.photo(ref, number, jpeg())

    for answer in (phone.photo(ref, number, jpeg(50)), phone.photo(new_ref(), number, jpeg())):
        assert (answer.status_code, answer.json["code"]) == (409, "photo.conflict")
    assert len(photos(session)) == 1


@pytest.mark.slow
def test_somebody_elses_photo_and_report_tell_nothing(app, cast, phone):
    ref, number = new_ref(), new_ref()
    phone.photo(ref, number, jpeg())
    phone.send(ref, body())
    herman = Phone(app, cast.herman)

    same = herman.photo(ref, number, jpeg())
    other = herman.photo(ref, new_ref(), jpeg(50))

    assert (same.status_code, same.json["code"]) == (409, "photo.conflict")
    assert (other.status_code, other.json["code"]) == (409, "activities.conflict")


@pytest.mark.slow
def test_a_photo_follows_a_report_that_waits_or_was_returned_but_no_decided_one(cast, phone):
    ref = new_ref()
    number = phone.send(ref, body()).json["activity_id"]
    with transaction():
        return_activity(activity_id=number, code="photo_missing", reason="Tambah foto", by=by(cast.fahmi))
    assert phone.photo(ref, new_ref(), jpeg(20)).status_code == 201
    assert phone.send(ref, body(corrects=1)).status_code == 201
    assert phone.photo(ref, new_ref(), jpeg(50)).status_code == 201
    with transaction():
        approve_activity(activity_id=number, by=by(cast.fahmi))

    answer = phone.photo(ref, new_ref(), jpeg(90))

    assert (answer.status_code, answer.json["code"]) == (409, "photo.decided")


@pytest.mark.slow
def test_a_photo_comes_too_late_after_three_days(phone, session):
    ref = new_ref()
    phone.send(ref, body())
    with transaction():
        activity = db.session.scalars(select(Activity)).one()
        activity.submitted_at -= timedelta(hours=FOLLOW_HOURS, minutes=1)

    answer = phone.photo(ref, new_ref(), jpeg())

    assert (answer.status_code, answer.json["code"]) == (409, "photo.too_late")


@pytest.mark.slow
def test_a_report_has_at_most_four_photos(phone, session):
    ref = new_ref()
    for shade in (20, 40, 60, 80):
        assert phone.photo(ref, new_ref(), jpeg(shade)).status_code == 201

    answer = phone.photo(ref, new_ref(), jpeg(99))

    assert (answer.status_code, answer.json["code"]) == (422, "activities.too_many_photos")
    assert len(photos(session)) == 4


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"no picture", "image/jpeg", 422, "photo.not_an_image"),
        (b"", "image/jpeg", 422, "photo.not_an_image"),
        (b"\x00\x00\x00\x18ftypheic", "image/jpeg", 422, "photo.heic"),
        (b"{}", "application/json", 415, "api.wrong_kind"),
        (b"\xff\xd8\xff" + b"x" * 15_000_000, "image/jpeg", 413, "http_413"),
    ],
)
def test_what_is_no_photo_is_refused(phone, session, data, kind, status, code):
    answer = phone.photo(new_ref(), new_ref(), data, kind)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert not photos(session)


@pytest.mark.slow
def test_a_late_photo_that_was_used_before_flags_its_report(cast, phone, session):
    phone.photo(first := new_ref(), new_ref(), saved(scene()))
    phone.send(first, body())
    phone.send(second := new_ref(), body(held_on="2026-11-19"))

    phone.photo(second, new_ref(), saved(scene(), quality=60))

    flags = {row.ref: [flag["code"] for flag in row.flags] for row in session.scalars(select(Activity))}
    assert flags == {first: [], second: ["photo_alike"]}


@pytest.mark.slow
def test_a_mirrored_photo_is_recognised(phone, session):
    phone.photo(first := new_ref(), new_ref(), saved(scene()))
    phone.send(first, body())
    phone.photo(second := new_ref(), new_ref(), saved(ImageOps.mirror(scene())))
    phone.send(second, body(held_on="2026-11-19"))

    flags = {row.ref: [flag["code"] for flag in row.flags] for row in session.scalars(select(Activity))}
    assert flags == {first: [], second: ["photo_alike"]}


def test_the_hash_of_the_mirrored_picture_is_the_hash_of_its_mirror():
    mirrored, plain = (prepare_own_picture(saved(image)) for image in (ImageOps.mirror(scene()), scene()))

    assert ((mirrored.dhash_mirrored ^ plain.dhash) & (2**64 - 1)).bit_count() <= 2
    assert ((mirrored.dhash ^ plain.dhash) & (2**64 - 1)).bit_count() > SAME_PHOTO_BITS


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [(8, 6), (160, 120), (480, 360)])
def test_a_thumbnail_is_small_whatever_the_picture(app, blocks):
    photo = accept_photo(saved(scene(size=(1600, 1200), blocks=blocks)))

    assert len(photo.thumb) <= THUMB_BYTES
    assert max(Image.open(io.BytesIO(photo.thumb)).size) == 240


@pytest.mark.slow
def test_photos_whose_report_never_comes_are_deleted_after_a_month(cast, phone, session):
    reported, drafted, alone = new_ref(), new_ref(), new_ref()
    for shade, ref in enumerate((reported, drafted, alone)):
        phone.photo(ref, new_ref(), jpeg(20 + shade * 30))
    phone.send(reported, body())
    with transaction():
        save_draft(ref=drafted, body={"type": "stand"}, by=by(cast.marlina))
    files = {photo.report_ref: photo.file_name for photo in photos(session)}
    at = clock.now() + KEPT_ALONE + timedelta(hours=1)

    with transaction():
        assert delete_lone_photos(at=at - timedelta(hours=2)) == 0
    with transaction():
        assert delete_lone_photos(at=at) == 1

    assert {photo.report_ref for photo in photos(session)} == {reported, drafted}
    assert [storage.path_of(files[ref]).exists() for ref in (reported, drafted, alone)] == [True, True, False]


def test_nobody_but_a_cadre_sends_photos(app, cast):
    answer = Phone(app, cast.fahmi).photo(new_ref(), new_ref(), jpeg())

    assert answer.status_code == 403


def test_where_it_was_taken_is_kept_with_the_first_sending_and_shown_to_who_decides(
    phone, app, cast, session
):
    ref, number = new_ref(), new_ref()
    phone.send(ref, body())

    first = phone.photo(ref, number, jpeg(90), where="geo:-2.990934,104.756554;u=35")
    again = phone.photo(ref, number, jpeg(90))

    assert (first.status_code, again.status_code) == (201, 200)
    (photo,) = photos(session)
    assert (photo.latitude, photo.longitude, photo.accuracy_m) == (-2.9909, 104.7566, 35)
    activity = find_activity_by_ref(ref)
    page = sign_in(app.test_client(), cast.fahmi).get(f"/activities/{activity.id}").get_data(as_text=True)
    assert "Foto 1: -2.9909, 104.7566 menurut HP" in page
    assert "± 35 m" in page


def test_a_place_that_is_none_is_refused_and_nothing_is_stored(phone, session):
    answer = phone.photo(new_ref(), new_ref(), jpeg(90), where="geo:200,400")

    assert (answer.status_code, answer.json["code"]) == (422, "photo.location")
    assert photos(session) == []
