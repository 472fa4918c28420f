"""The pages of a report: written without a script, nothing typed is lost, a draft is its owner's alone."""

import io
import re
from datetime import date

import pytest
from cast import make_cast
from factories import make_nik
from reporting import BORN, PLACE, VILLAGE, hand_in, jpeg, new_ref, one_worker, worker, write
from signing_in import post, sign_in
from sqlalchemy import select

from portal import clock
from portal.activities.models import Activity, Draft, Photo
from portal.activities.services.decide import return_activity
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.signups.models import SignUp


@pytest.fixture
def cast(app):
    return make_cast()


def text(answer):
    return answer.get_data(as_text=True)


def test_a_report_is_written_and_sent_step_by_step_without_a_script(client, cast, session):
    sign_in(client, cast.marlina)
    start = client.get("/report/steps")
    ref = re.search(r"/report/([0-9a-f-]{36})/type", start.location)[1]
    assert client.get(start.location).status_code == 200

    write(client, ref, workers=[one_worker()])
    answer = post(
        client,
        f"/report/{ref}/photos/add",
        {"act": "add", "photos": (io.BytesIO(jpeg()), "../../x.php.jpg")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302
    check = client.get(f"/report/{ref}/check")
    assert "Pasar 10 Ulu" in text(check)
    assert "1671••••••••••" in text(check)

    sent = post(client, f"/report/{ref}/submit", follow_redirects=True)

    assert "Laporan terkirim dengan 1 pendaftaran" in text(sent)
    activity = session.scalars(select(Activity)).one()
    assert (activity.ref, activity.status, activity.village_code, activity.attendance) == (
        ref,
        "submitted",
        VILLAGE,
        24,
    )
    signup = session.scalars(select(SignUp)).one()
    assert (signup.name, signup.consent_version, signup.reported_on) == (
        "Siti Aminah",
        "2026-11",
        date(2026, 11, 20),
    )
    assert session.scalars(select(Photo.report_ref)).one() == ref
    assert session.scalars(select(Draft)).all() == []


def test_sending_twice_sends_once(client, cast, session):
    sign_in(client, cast.marlina)
    ref = new_ref()
    write(client, ref)

    answers = [post(client, f"/report/{ref}/submit") for _ in range(3)]

    assert {(answer.status_code, answer.location) for answer in answers} == {(302, f"/report/{ref}/sent")}
    assert len(session.scalars(select(Activity)).all()) == 1


def test_villages_are_looked_for_inside_the_regency_of_the_branch(client, cast):
    sign_in(client, cast.marlina)
    ref = new_ref()

    found = text(
        post(
            client,
            f"/report/{ref}/place/save",
            PLACE | {"village_query": "kebun", "village_code": "", "act": "search"},
            follow_redirects=True,
        )
    )

    assert "Palembang" in found
    assert "2026-11-20" in found
    assert "Muara Enim" not in found


def test_an_error_keeps_everything_typed_and_the_draft_too(client, cast):
    sign_in(client, cast.marlina)
    ref = new_ref()
    short = make_nik(BORN)[:-1]

    answer = post(client, f"/report/{ref}/signups/save", one_worker(nik=short, consent=""))

    page = text(answer)
    assert answer.status_code == 422
    assert "Ada 2 yang perlu diperbaiki" in page
    for typed in (short, "Siti Aminah", "0812 7744 1903", "Pedagang", "1985-07-05"):
        assert typed in page
    assert short in text(client.get(f"/report/{ref}/signups"))


def test_a_list_shows_niks_masked(client, cast):
    sign_in(client, cast.marlina)
    ref, nik = new_ref(), make_nik(BORN)
    write(client, ref, workers=[one_worker(nik=nik)])

    for address in (f"/report/{ref}/signups", f"/report/{ref}/check", "/report"):
        assert nik not in text(client.get(address))


def test_an_incomplete_report_is_not_sent_and_says_what_is_missing(client, cast, session):
    sign_in(client, cast.marlina)
    ref = new_ref()
    post(client, f"/report/{ref}/type/save", {"type": "radio"})

    answer = post(client, f"/report/{ref}/submit")

    assert answer.status_code == 422
    assert "Belum lengkap" in text(answer)
    assert session.scalars(select(Activity)).all() == []


def test_a_refused_report_stays_a_draft(client, cast):
    first = worker()
    hand_in(cast.marlina, signups=(first,))
    sign_in(client, cast.marlina)
    ref = new_ref()
    write(client, ref, workers=[one_worker(nik=first.nik)])

    answer = post(client, f"/report/{ref}/submit")

    assert answer.status_code == 409
    assert "sudah Anda laporkan" in text(answer)
    assert "Siti Aminah" in text(client.get(f"/report/{ref}/signups"))


def test_a_returned_report_is_corrected_and_sent_again(client, cast, session):
    receipt = hand_in(cast.marlina, signups=(worker(), worker(name="Yusmaini")), village_code=VILLAGE)
    with transaction():
        return_activity(
            activity_id=receipt.activity_id,
            code="photo_unreadable",
            reason="Foto ulang dari atas",
            by=Signature(cast.actor("fahmi"), clock.now()),
        )
    sign_in(client, cast.marlina)
    assert "Foto ulang dari atas" in text(client.get("/report"))

    opened = post(client, f"/activities/{receipt.activity_id}/correct")
    assert "sudah terkirim" in text(client.get(opened.location))
    gone = session.scalars(select(SignUp).where(SignUp.name == "Yusmaini")).one()
    post(client, f"/report/{receipt.ref}/signups/{gone.ref}/remove")
    assert post(client, f"/report/{receipt.ref}/submit").status_code == 302

    activity = session.get(Activity, receipt.activity_id)
    session.refresh(activity)
    session.refresh(gone)
    assert (activity.status, activity.version, gone.status) == ("submitted", 2, "rejected")


def test_a_draft_can_be_thrown_away_with_its_photos(client, cast, session):
    sign_in(client, cast.marlina)
    ref = new_ref()
    post(
        client,
        f"/report/{ref}/photos/add",
        {"act": "add", "photos": (io.BytesIO(jpeg()), "a.jpg")},
        content_type="multipart/form-data",
    )

    post(client, f"/report/{ref}/delete")

    assert session.scalars(select(Photo)).all() == []
    assert session.scalars(select(Draft)).all() == []


def test_a_draft_is_its_owners_alone(client, cast):
    sign_in(client, cast.marlina)
    ref = new_ref()
    write(client, ref)
    post(client, f"/report/{ref}/people/save", {"attendance": "24", "notes": "Ketemu Pak Lurah"})
    sign_in(client, cast.herman)

    assert "Pak Lurah" not in text(client.get(f"/report/{ref}/check"))
    assert post(client, f"/report/{ref}/people/save", {"attendance": "1", "notes": ""}).status_code == 409


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("marlina", 200),
        ("herman", 404),
        ("yosef", 404),
        ("fahmi", 200),
        ("debora", 404),
        ("vera", 200),
        ("ratna", 200),
        ("agus", 200),
        ("farah", 403),
    ],
)
def test_photos_are_shown_to_the_owner_and_to_staff_in_scope(client, cast, session, name, status):
    sign_in(client, cast.marlina)
    ref = new_ref()
    write(client, ref)
    post(
        client,
        f"/report/{ref}/photos/add",
        {"act": "add", "photos": (io.BytesIO(jpeg()), "a.jpg")},
        content_type="multipart/form-data",
    )
    post(client, f"/report/{ref}/submit")
    photo = session.scalars(select(Photo.id)).one()

    sign_in(client, getattr(cast, name))
    answers = [client.get(f"/photos/{photo}"), client.get(f"/photos/{photo}/thumb")]

    assert [answer.status_code for answer in answers] == [status, status]
    if status == 200:
        assert {answer.mimetype for answer in answers} == {"image/jpeg"}
        assert answers[0].headers["Cache-Control"] == "private, no-store"


def test_a_photo_of_a_draft_is_its_owners_alone_and_a_strangers_request_goes_to_the_sign_in(
    client, cast, session
):
    sign_in(client, cast.marlina)
    ref = new_ref()
    post(
        client,
        f"/report/{ref}/photos/add",
        {"act": "add", "photos": (io.BytesIO(jpeg()), "a.jpg")},
        content_type="multipart/form-data",
    )
    photo = session.scalars(select(Photo.id)).one()

    sign_in(client, cast.fahmi)
    assert client.get(f"/photos/{photo}").status_code == 404
    with client.session_transaction() as cookie:
        cookie.clear()
    assert client.get(f"/photos/{photo}").status_code == 302
