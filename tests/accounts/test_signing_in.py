"""Signing in by phone or e-mail: guessing is slowed down, and unknown accounts look the same as known ones."""

import re
from datetime import timedelta

import pytest
from cast import make_cast
from databases import NOW
from factories import make_user
from signing_in import csrf_token, post, sign_in
from sqlalchemy import func, select

from portal import clock, vault
from portal.accounts.models import LoginAttempt, User, UserSession
from portal.accounts.services.passwords import hash_password
from portal.accounts.services.sessions import open_session
from portal.database.extensions import db
from portal.domain.throttle import ADDRESS, STRANGERS

RIGHT = "rumah limas 2019"


@pytest.fixture
def marlina(app):
    cast = make_cast()
    user = db.session.get(User, cast.marlina.user_id)
    user.email = "marlina@contoh.id"
    user.phone_sealed = vault.seal("+6281277441903")
    user.phone_hash = vault.fingerprint("phone", "+6281277441903")
    user.password_hash = hash_password(RIGHT)
    db.session.commit()
    return user


def log_in(client, identifier="marlina@contoh.id", password=RIGHT, headers=None, **more):
    form = {"identifier": identifier, "password": password, **more}
    return post(client, "/login", form, headers=headers or {})


@pytest.mark.parametrize("identifier", ["0812 7744 1903", "+62 812-7744-1903", " MARLINA@contoh.id "])
def test_phone_and_email_open_the_same_account_however_they_are_written(client, marlina, identifier):
    assert log_in(client, identifier).location == "/"
    assert client.get("/profile").status_code == 200


def test_a_session_begins_with_the_token_of_its_forms_so_that_pages_at_once_do_not_make_two(client, marlina):
    before = csrf_token(client)
    log_in(client)
    with client.session_transaction() as cookie:
        begun = cookie["csrf_token"]
    client.get("/profile")
    with client.session_transaction() as cookie:
        assert cookie["csrf_token"] == begun
    assert csrf_token(client) != before
    assert client.post("/logout", data={"csrf_token": before}).status_code == 400


def test_the_password_is_matched_exactly(client, marlina):
    assert log_in(client, password=RIGHT + " ").status_code == 401
    assert log_in(client, password=RIGHT.upper()).status_code == 401


def test_a_password_is_not_cut_at_72_bytes(client, marlina):
    long = "kuda 🐎 " * 16
    marlina.password_hash = hash_password(long)
    db.session.commit()

    assert log_in(client, password=long[:-1] + "x").status_code == 401
    assert log_in(client, password=long).status_code == 302


def test_an_endless_password_is_refused_before_it_is_hashed(client, marlina):
    assert log_in(client, password="x" * 500_000).status_code == 413
    assert db.session.scalar(select(func.count(LoginAttempt.id))) == 0


def test_unknown_accounts_get_the_same_answer(client, marlina):
    wrong, unknown = log_in(client, password="salah"), log_in(client, "siapa@contoh.id", "salah")

    def plain(answer):
        return re.sub(
            r'name="(csrf_token|next|identifier)"[^>]*', "", re.sub(r'value="[^"]*"', "", answer.text)
        )

    assert wrong.status_code == unknown.status_code == 401
    assert plain(wrong) == plain(unknown)


def test_an_account_without_a_password_or_a_disabled_one_does_not_open(client, marlina):
    marlina.password_hash = None
    db.session.commit()
    assert log_in(client).status_code == 401
    marlina.password_hash, marlina.is_active = hash_password(RIGHT), False
    db.session.commit()
    assert log_in(client).status_code == 401


def test_the_sixth_guess_waits_and_the_right_password_works_later(client, marlina):
    for _ in range(STRANGERS.burst):
        assert log_in(client, password="salah").status_code == 401
    refused = log_in(client)

    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3 * 60 + 1
    assert "3 menit" in refused.text

    clock.configure(NOW + timedelta(minutes=4))
    assert log_in(client).status_code == 302


def test_guesses_from_many_addresses_count_for_the_account(app, marlina):
    answers = []
    for n in range(6):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{n}"
        answers.append(log_in(client, password="salah").status_code)

    assert answers == [401] * 5 + [429]


def test_many_accounts_from_one_address_are_slowed_down(client, app):
    answers = [log_in(client, f"orang{n}@contoh.id", "salah").status_code for n in range(22)]

    assert answers == [401] * ADDRESS.burst + [429] * 2


def test_a_right_password_forgives_the_wrong_ones_before(client, marlina):
    for _ in range(4):
        log_in(client, password="salah")
    assert log_in(client).status_code == 302
    clock.configure(NOW + timedelta(seconds=5))
    client.get("/logout")
    assert log_in(client, password="salah").status_code == 401
    assert log_in(client).status_code == 302


def test_signing_in_makes_a_new_session(app, client, marlina):
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
        cookie["anything"] = "else"
    log_in(client)

    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"
        assert "anything" not in cookie
        kept = cookie["_user_id"]
    rows = db.session.scalars(select(UserSession)).all()
    assert [row.token_hash for row in rows] == [vault.fingerprint("session", kept)]


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/profile?x=1", "/profile?x=1"),
        ("https://jahat.example/", "/"),
        ("//jahat.example/", "/"),
        ("/\\jahat.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/jahat.example", "/"),
        ("/login", "/"),
        ("", "/"),
    ],
)
def test_the_way_on_is_an_own_path_only(client, marlina, target, leads_to):
    assert log_in(client, next=target).location == leads_to


def test_signing_out_ends_the_session_for_good(client, marlina):
    log_in(client)
    with client.session_transaction() as cookie:
        old = cookie["_user_id"]
    assert post(client, "/logout").location == "/login"
    with client.session_transaction() as cookie:
        cookie["_user_id"] = old
    assert client.get("/profile").status_code == 302


def test_staff_sessions_end_after_half_an_hour_unused_and_twelve_hours_at_most(client, app):
    person = make_user(role="admin")
    sign_in(client, person)
    for minutes in range(0, 12 * 60, 25):
        clock.configure(NOW + timedelta(minutes=minutes))
        assert client.get("/profile").status_code == 200
    clock.configure(NOW + timedelta(hours=12, minutes=1))
    assert client.get("/profile").status_code == 302

    clock.configure(NOW)
    sign_in(client, person)
    clock.configure(NOW + timedelta(minutes=31))
    assert client.get("/profile").status_code == 302


def test_a_cadre_stays_signed_in_and_reading_writes_once_an_hour_at_most(client, app):
    marlina = make_cast().marlina
    sign_in(client, marlina)

    def seen():
        db.session.rollback()
        return db.session.scalars(select(UserSession.last_seen_at)).one()

    clock.configure(NOW + timedelta(minutes=59))
    client.get("/profile")
    assert seen() < NOW + timedelta(minutes=1)
    clock.configure(NOW + timedelta(minutes=61))
    client.get("/profile")
    assert seen() >= NOW + timedelta(minutes=61)
    clock.configure(NOW + timedelta(days=13))
    assert client.get("/profile").status_code == 200
    clock.configure(NOW + timedelta(days=31))
    assert client.get("/profile").status_code == 302


def test_devices_are_listed_and_revoked(app, client):
    marlina = make_cast().marlina
    other = sign_in(app.test_client(), marlina)
    sign_in(client, marlina)
    number = db.session.scalars(select(UserSession.id).order_by(UserSession.id)).first()

    assert "perangkat ini" in client.get("/sessions").text
    assert post(client, f"/sessions/{number}/revoke").status_code == 302
    assert other.get("/profile").status_code == 302
    assert client.get("/profile").status_code == 200

    third = sign_in(app.test_client(), marlina)
    post(client, "/sessions/revoke")
    assert third.get("/profile").status_code == 302
    assert client.get("/profile").status_code == 200


def test_nobody_revokes_anothers_device(client, app):
    cast = make_cast()
    open_session(user_id=cast.yosef.user_id, at=NOW)
    db.session.commit()
    number = db.session.scalars(select(UserSession.id)).one()
    sign_in(client, cast.marlina)

    assert post(client, f"/sessions/{number}/revoke").status_code == 404
    assert db.session.scalar(select(UserSession.revoked_at).where(UserSession.id == number)) is None


def test_an_unknown_number_in_another_spelling_is_no_new_account(client, marlina):
    known = ["0812 7744 1903", "+6281277441903"]
    unknown = ["0812 0000 9999", "+6281200009999"]

    for first, other in (known, unknown):
        for _ in range(STRANGERS.burst):
            assert log_in(client, first, "salah sama sekali").status_code == 401
        assert log_in(client, other, "salah sama sekali").status_code == 429


def test_what_a_visitor_says_of_the_own_address_is_not_believed(client, marlina):
    log_in(client, password="salah sama sekali", headers={"X-Forwarded-For": "9.9.9.9"})

    assert db.session.scalars(select(LoginAttempt.address)).all() == ["127.0.0.1"]
