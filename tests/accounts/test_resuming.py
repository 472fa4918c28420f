"""A session that ends in the middle of a form: sign in, come back, and nothing typed or chosen is lost."""

import io
from datetime import timedelta

import pytest
from accounts.ended_sessions import PLACE, end_sessions, give_passwords, page_of, sign_in_again, upload
from cast import make_cast
from outages import form_in
from PIL import Image
from reporting import hand_in, new_ref
from signing_in import csrf_token, sign_in
from sqlalchemy import func, select

from portal import clock, storage
from portal.accounts.models import KeptForm
from portal.activities.models import Activity, Draft, Photo
from portal.database.extensions import db


@pytest.fixture
def cast(app):
    cast = make_cast()
    give_passwords(cast)
    return cast


def test_what_was_typed_waits_behind_the_sign_in_and_goes_on_by_a_click(cast, client):
    sign_in(client, cast.marlina)
    url = f"/report/{new_ref()}/place/save"
    token = csrf_token(client)
    end_sessions(cast.marlina)

    answer = client.post(url, data=PLACE | {"csrf_token": token})

    assert answer.status_code == 401
    assert "Sesi Anda sudah berakhir" in page_of(answer)
    assert "masih tersimpan" in page_of(answer)
    back = sign_in_again(client, answer, "marlina")
    assert back.startswith("/resume/")
    page = page_of(client.get(back))
    action, fields = form_in(page)
    assert action == url
    assert {name: fields[name] for name in PLACE} == PLACE
    assert "<b>10</b>" not in page
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0  # nothing is sent without a click

    sent = client.post(action, data=fields)

    assert sent.status_code in {302, 422}
    shown = page_of(client.get(url.removesuffix("/save")))
    assert "Pasar &lt;b&gt;10&lt;/b&gt; Ulu" in shown


@pytest.mark.slow
def test_the_photo_that_was_chosen_is_still_there(cast, client):
    sign_in(client, cast.marlina)
    ref = new_ref()
    token = csrf_token(client)
    end_sessions(cast.marlina)
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(out, "JPEG", quality=97)
    assert len(out.getvalue()) > 500_000
    data = {"photos": (io.BytesIO(out.getvalue()), "pasar.jpg"), "act": "next", "csrf_token": token}

    answer = upload(client, f"/report/{ref}/photos/add", data)

    assert answer.status_code == 401
    kept = [path for path in storage.root().rglob("*") if path.parent.parent.name == "kept"]
    assert len(kept) == 1
    assert out.getvalue()[:64] not in kept[0].read_bytes()
    page = page_of(client.get(sign_in_again(client, answer, "marlina")))
    assert "pasar.jpg" in page
    action, fields = form_in(page)
    assert client.post(action, data=fields).status_code == 302
    assert db.session.scalars(select(Photo.report_ref)).all() == [ref]
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0
    assert not kept[0].exists()


def test_a_form_of_the_staff_comes_back_too(cast, client):
    hand_in(cast.marlina)
    number = db.session.scalars(select(Activity.id)).one()
    sign_in(client, cast.fahmi)
    token = csrf_token(client)
    end_sessions(cast.fahmi)
    typed = {"code": "other", "reason": "Fotonya buram, ambil lagi dari dekat.", "version": "1"}

    answer = client.post(f"/activities/{number}/return", data=typed | {"csrf_token": token})
    page = page_of(client.get(sign_in_again(client, answer, "fahmi")))

    assert db.session.scalars(select(Activity.status)).one() == "submitted"
    action, fields = form_in(page)
    assert client.post(action, data=fields).status_code == 302
    assert db.session.scalars(select(Activity.status)).one() == "returned"


@pytest.mark.parametrize(
    "ref", ["c0ffee00-1111-4a2b-8c3d-0123456789ab", "a1671014-5078-4003-8123-456789012345"]
)
def test_a_page_that_is_opened_without_a_session_says_why_and_comes_back(cast, client, ref):
    sign_in(client, cast.marlina)
    end_sessions(cast.marlina)
    url = f"/report/{ref}/place"

    answer = client.get(url)

    assert answer.status_code == 302
    login = client.get(answer.headers["Location"])
    assert "Sesi Anda sudah berakhir" in page_of(login)
    assert sign_in_again(client, login, "marlina") == url


def test_a_page_that_grew_old_keeps_what_was_typed(cast, client):
    sign_in(client, cast.marlina)
    url = f"/report/{new_ref()}/place/save"

    answer = client.post(url, data=PLACE | {"csrf_token": "old"}, headers={"Origin": "http://localhost"})

    assert answer.status_code == 400
    assert "Marlina" in page_of(answer)
    action, fields = form_in(page_of(answer))
    assert {name: fields[name] for name in PLACE} == PLACE
    assert client.post(action, data=fields).status_code in {302, 422}


def test_a_cookie_that_is_gone_leaves_the_form_in_the_page_and_stores_nothing(cast, client):
    url = f"/report/{new_ref()}/place/save"

    answer = client.post(url, data=PLACE | {"csrf_token": "old"}, headers={"Sec-Fetch-Site": "same-origin"})

    page = page_of(answer)
    assert answer.status_code == 400
    assert "Masuk dulu di tab baru" in page
    action, fields = form_in(page)
    assert (action, fields["place"]) == (url, PLACE["place"])
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_a_session_that_was_left_idle_is_an_ended_one(cast, client, monkeypatch):
    sign_in(client, cast.fahmi)
    token = csrf_token(client)
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)

    answer = client.post("/activities/1/return", data={"reason": "buram", "csrf_token": token})

    assert answer.status_code == 401
    assert db.session.scalars(select(KeptForm.user_id)).all() == [cast.fahmi.id]


def test_a_program_without_a_session_is_answered_in_json(cast, client):
    with client.session_transaction() as cookie:
        cookie["theme"] = "light"
    token = csrf_token(client)

    answer = client.post(
        "/activities/1/return", data={"csrf_token": token}, headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.get_json()["code"] == "signed_out"
