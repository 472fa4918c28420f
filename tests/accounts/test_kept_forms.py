"""What is kept of an ended session's form: sealed, for an hour, for its owner alone, and never a password."""

import io
from datetime import timedelta

import pytest
from accounts.ended_sessions import (
    NIK,
    PASSWORD,
    PLACE,
    WORKER,
    end_sessions,
    give_passwords,
    page_of,
    sign_in_again,
    upload,
)
from cast import make_cast
from reporting import new_ref
from signing_in import csrf_token, post, sign_in
from sqlalchemy import func, select, text, update

from portal import clock
from portal.accounts.models import KeptForm, User
from portal.database.extensions import db
from portal.scheduler import do_upkeep


@pytest.fixture
def cast(app):
    cast = make_cast()
    give_passwords(cast)
    return cast


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


def test_a_disabled_account_has_nothing_kept(cast, client):
    sign_in(client, cast.fahmi)
    token = csrf_token(client)
    db.session.execute(update(User).where(User.id == cast.fahmi.id).values(is_active=False))
    db.session.commit()

    answer = client.post("/activities/1/return", data={"reason": "buram", "csrf_token": token})

    assert answer.status_code == 401
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0
