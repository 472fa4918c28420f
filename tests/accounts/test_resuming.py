"""A session that ends in the middle of a form: sign in, come back, and nothing typed or chosen is lost."""

import io
import re
from datetime import timedelta

import pytest
from cast import make_cast
from outages import form_in
from PIL import Image
from reporting import hand_in, new_ref
from signing_in import csrf_token, post, sign_in
from sqlalchemy import func, select, text, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from portal import clock, storage
from portal.accounts.models import KeptForm, User
from portal.accounts.services.passwords import hash_password
from portal.accounts.services.sessions import close_sessions
from portal.activities.models import Activity, Draft, Photo
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.scheduler import do_upkeep

PASSWORD = "kata-sandi-uji-2026"
NIK = "1671014507850003"
PLACE = {
    "held_on": "2026-11-20",
    "place": "Pasar <b>10</b> Ulu",
    "village_query": "10 Ulu",
    "village_code": "",
    "act": "next",
}
WORKER = {"worker": "", "name": "Siti Aminah", "nik": NIK, "birth_date": "1985-07-05", "phone": "", "occupation": "pedagang",
          "programmes": "JKK,JKM", "consent": "y", "act": "next"}  # fmt: skip


@pytest.fixture
def cast(app):
    cast = make_cast()
    for name in ("marlina", "herman", "fahmi"):
        values = {"email": f"{name}@contoh.test", "password_hash": hash_password(PASSWORD)}
        db.session.execute(update(User).where(User.id == user_of(getattr(cast, name))).values(**values))
    db.session.commit()
    return cast


def user_of(person):
    return person.user_id if isinstance(person, Cadre) else person.id


def end_sessions(person):
    with transaction():
        close_sessions(user_id=user_of(person), at=clock.now())


def page_of(answer):
    return answer.get_data(as_text=True)


def upload(client, url, values):
    """Post files from memory: the test client itself would leave large ones open."""
    as_files = {
        name: FileStorage(*value) if isinstance(value, tuple) else value for name, value in values.items()
    }
    boundary, body = encode_multipart(as_files)
    return client.post(url, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def sign_in_again(client, answer, name):
    """Fill the sign-in form of this page, as the browser would; return where it leads."""
    page = page_of(answer)
    hidden = dict(re.findall(r'name="(csrf_token|next)" type="hidden" value="([^"]*)"', page))
    hidden |= dict(
        re.findall(r'type="hidden" name="(csrf_token|next)" value="([^"]*)"', page.split("novalidate")[1])
    )
    hidden |= dict(re.findall(r'<input id="next" name="(next)" type="hidden" value="([^"]*)"', page))
    answer = client.post("/login", data=hidden | {"identifier": f"{name}@contoh.test", "password": PASSWORD})
    assert answer.status_code == 302, page_of(answer)
    return answer.headers["Location"]


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


def test_nobody_else_opens_what_somebody_typed(cast, client):
    sign_in(client, cast.marlina)
    token = csrf_token(client)
    end_sessions(cast.marlina)
    answer = client.post(f"/report/{new_ref()}/signups/save", data=WORKER | {"csrf_token": token})

    back = sign_in_again(client, answer, "herman")
    other = client.get(back)

    assert other.status_code == 404
    assert "hanya untuk akun yang mengetiknya" in page_of(other)
    assert NIK not in page_of(other)


def test_what_is_kept_is_sealed_and_forgotten_after_an_hour(cast, client, monkeypatch):
    sign_in(client, cast.marlina)
    token = csrf_token(client)
    end_sessions(cast.marlina)
    answer = client.post(f"/report/{new_ref()}/signups/save", data=WORKER | {"csrf_token": token})

    row = db.session.execute(text("SELECT * FROM kept_forms")).one()
    assert NIK not in repr(row)
    assert "Siti" not in repr(row)
    back = sign_in_again(client, answer, "marlina")
    assert NIK in page_of(client.get(back))
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get(back).status_code == 404
    do_upkeep()
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_only_the_last_five_forms_of_a_person_are_kept(cast, client):
    sign_in(client, cast.marlina)
    token = csrf_token(client)
    end_sessions(cast.marlina)

    for _ in range(7):
        client.post(f"/report/{new_ref()}/place/save", data=PLACE | {"csrf_token": token})

    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 5


def test_a_stranger_has_nothing_kept_and_sends_no_files(cast, client):
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "nobody"
    token = csrf_token(client)

    answer = client.post(f"/report/{new_ref()}/place/save", data=PLACE | {"csrf_token": token})

    assert answer.status_code == 401
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0
    big = {"photos": (io.BytesIO(b"x" * 3_000_000), "a.jpg"), "csrf_token": token}
    sent = upload(client, f"/report/{new_ref()}/photos/add", big)
    assert sent.status_code == 413


def test_a_page_that_is_opened_without_a_session_says_why_and_comes_back(cast, client):
    sign_in(client, cast.marlina)
    end_sessions(cast.marlina)
    url = f"/report/{new_ref()}/place"

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


@pytest.mark.parametrize(
    "sender",
    [
        {},
        {"Origin": "https://evil.test"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Referer": "https://evil.test/"},
    ],
)
def test_another_site_cannot_put_words_into_our_forms(cast, client, sender):
    sign_in(client, cast.marlina)

    answer = client.post(
        f"/report/{new_ref()}/place/save", data=PLACE | {"csrf_token": "old"}, headers=sender
    )

    assert answer.status_code == 400
    assert "10 Ulu" not in page_of(answer)


def test_passwords_are_not_kept(cast, client):
    sign_in(client, cast.marlina)
    token = csrf_token(client)
    end_sessions(cast.marlina)

    answer = client.post(
        "/password/change",
        data={"present": PASSWORD, "password": "baru-sekali", "again": "baru-sekali", "csrf_token": token},
    )

    assert answer.status_code == 401
    assert "baru-sekali" not in page_of(answer)
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_a_token_of_another_form_brings_no_files(cast, client):
    sign_in(client, cast.marlina)

    answer = post(client, f"/report/{new_ref()}/place/save", PLACE | {"kept": "nothing-of-ours"})

    assert answer.status_code in {302, 422}  # the field itself does no harm


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


def test_a_disabled_account_has_nothing_kept(cast, client):
    sign_in(client, cast.fahmi)
    token = csrf_token(client)
    db.session.execute(update(User).where(User.id == cast.fahmi.id).values(is_active=False))
    db.session.commit()

    answer = client.post("/activities/1/return", data={"reason": "buram", "csrf_token": token})

    assert answer.status_code == 401
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_a_program_without_a_session_is_answered_in_json(cast, client):
    with client.session_transaction() as cookie:
        cookie["theme"] = "light"
    token = csrf_token(client)

    answer = client.post(
        "/activities/1/return", data={"csrf_token": token}, headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.get_json()["code"] == "signed_out"
