"""Passwords guessed from everywhere never lock out a device that signed in to the account before."""

import logging
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from cast import make_cast
from databases import NOW
from factories import actor_of
from signing_in import post, sign_in
from sqlalchemy import func, insert, select

from portal import clock
from portal import clock as clock_module
from portal.accounts.models import LoginAttempt, User
from portal.accounts.services.passwords import hash_password
from portal.accounts.services.signing_in import reset_password, reset_user
from portal.accounts.services.throttle import TooManyTries, begin_attempt, record_success
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.throttle import ADDRESS, ALARM_AT, CODES, HOUR, KNOWN_DEVICE, STRANGERS, Device

RIGHT, NEW = "rumah limas 2019", "sungai musi 1974 biru"
EMAIL = "marlina@contoh.id"


@pytest.fixture
def marlina(app):
    user = db.session.get(User, make_cast().marlina.user_id)
    user.email, user.password_hash = EMAIL, hash_password(RIGHT)
    db.session.commit()
    return user


@pytest.fixture
def ratna(app, marlina):
    return db.session.scalars(select(User).where(User.role == "admin")).one()


def log_in(client, password=RIGHT, identifier=EMAIL, address="10.0.0.1", **more):
    client.environ_base["REMOTE_ADDR"] = address
    return post(client, "/login", {"identifier": identifier, "password": password, **more})


def guess(n, at, *, device=None, identifier=EMAIL):
    """Try once from the n-th of the attacker's addresses; True if the password would have been checked."""
    try:
        begin_attempt(
            identifier=identifier, address=f"10.{n // 65536}.{n // 256 % 256}.{n % 256}", at=at, device=device
        )
    except TooManyTries:
        return False
    return True


def besiege(app, start=NOW):
    """Fill the strangers' lane of Marlina's account over HTTP, each guess from another address."""
    for n in range(STRANGERS.burst):
        assert log_in(app.test_client(), "salah", address=f"10.9.0.{n}").status_code == 401
    assert log_in(app.test_client(), "salah", address="10.9.1.1").status_code == 429


@pytest.mark.slow
def test_ten_thousand_addresses_neither_shut_out_a_known_device_nor_try_a_hundred_passwords(app, marlina):
    known = Device("d", {marlina.id: NOW})
    forged = Device("x", {marlina.id + 1: NOW})
    looked_at, waited = [], []
    # The lanes are the same code on both databases, so a thousand tries are made on the slower one only.
    tries = 10_000 if db.engine.dialect.name == "sqlite" else 1_000
    step = 2 * HOUR / tries
    for n in range(tries):
        at = NOW + n * step
        spelling = (EMAIL, EMAIL.upper(), f" {EMAIL} ")[n % 3]
        if guess(n, at, device=forged if n % 2 else None, identifier=spelling):
            looked_at.append(at)
        if n % (tries // 100) == 0:
            try:
                attempt = begin_attempt(identifier=EMAIL, address="10.0.0.1", at=at, device=known)
                waited.append(attempt.delay)
                record_success(attempt_id=attempt.id, at=at)
            except TooManyTries as problem:
                waited.append(problem.seconds)

    assert len(waited) == 100
    assert max(waited) <= 5
    assert max(sum(1 for one in looked_at if start <= one < start + HOUR) for start in looked_at) <= 100


def test_a_device_that_signed_in_before_gets_in_during_an_attack(app, client, marlina):
    assert log_in(client).status_code == 302
    post(client, "/logout")
    besiege(app)

    assert log_in(client).status_code == 302
    # A person on a new device waits like a stranger, and is told of the other way in.
    stranger = log_in(app.test_client(), address="10.0.0.9")
    assert stranger.status_code == 429
    assert "kode" in stranger.text


def test_a_cookie_that_we_did_not_sign_or_of_another_account_is_no_known_device(app, client, marlina):
    besiege(app)
    forged = app.test_client()
    forged.set_cookie("portal-device", "eyJkIjoieCIsInUiOltbMSwxXV19.c2lnbmF0dXJl")
    assert log_in(forged).status_code == 429

    other = db.session.scalars(select(User).where(User.role == "finance")).first()
    other.email, other.password_hash = "farah@contoh.id", hash_password(RIGHT)
    db.session.commit()
    assert log_in(client, identifier="farah@contoh.id", address="10.0.0.2").status_code == 302
    post(client, "/logout")
    assert log_in(client, address="10.0.0.2").status_code == 429


def test_a_known_device_has_a_limit_of_its_own(client, marlina):
    log_in(client)
    post(client, "/logout")
    answers = [log_in(client, "salah").status_code for _ in range(KNOWN_DEVICE.burst + 1)]
    assert answers == [401] * KNOWN_DEVICE.burst + [429]


@pytest.mark.slow
def test_a_busy_address_does_not_stop_a_known_device(app, client, marlina):
    log_in(client)
    post(client, "/logout")
    for n in range(25):
        log_in(app.test_client(), "salah", identifier=f"orang{n}@contoh.id")
    assert log_in(app.test_client(), identifier="lain@contoh.id").status_code == 429
    assert log_in(client).status_code == 302


@pytest.mark.slow
def test_the_addresses_of_one_ipv6_network_count_as_one(app, marlina):
    answers = [
        log_in(app.test_client(), "salah", identifier=f"orang{n}@contoh.id", address=f"2001:db8:1:2::{n:x}")
        for n in range(1, ADDRESS.burst + 2)
    ]
    assert [answer.status_code for answer in answers] == [401] * ADDRESS.burst + [429]
    other = log_in(app.test_client(), "salah", identifier="lain@contoh.id", address="2001:db8:1:3::1")
    assert other.status_code == 401


def test_a_reset_clears_failures_and_makes_the_device_known(app, marlina, ratna):
    besiege(app)
    office = sign_in(app.test_client(), ratna)
    shown = post(office, f"/users/{marlina.id}/reset").text
    code = shown.split('translate="no">')[1].split("<")[0]
    browser = app.test_client()
    form = {"identifier": EMAIL, "code": code, "password": NEW, "again": NEW}
    assert post(browser, "/password/reset", form).status_code == 302
    # Strangers fill their lane again at once; this browser is no stranger any more.
    besiege(app)
    assert log_in(browser, NEW).status_code == 302


def test_after_a_reset_a_new_device_may_try_again(app, marlina, ratna):
    besiege(app)
    with transaction():
        reset_password(
            identifier=EMAIL,
            code=reset_user(user_id=marlina.id, by=Signature(actor_of(ratna), clock.now())),
            password=NEW,
            at=clock.now(),
        )
    clock.configure(NOW + timedelta(seconds=30))
    assert log_in(app.test_client(), NEW).status_code == 302


def test_codes_count_apart_and_a_right_one_always_works(app, client, marlina, ratna):
    with transaction():
        code = reset_user(user_id=marlina.id, by=Signature(actor_of(ratna), clock.now()))
    form = {"identifier": EMAIL, "password": NEW, "again": NEW}
    answers = [
        post(client, "/password/reset", form | {"code": "AAAA-BBBB-CCCC"}).status_code
        for _ in range(CODES.burst + 1)
    ]
    assert answers == [400] * CODES.burst + [429]
    besiege(app)
    assert post(client, "/password/reset", form | {"code": code}).status_code == 302


def test_a_changed_password_makes_other_devices_strangers(app, client, marlina):
    lost = app.test_client()
    log_in(lost)
    clock.configure(NOW + timedelta(seconds=5))
    log_in(client)
    form = {"present": RIGHT, "password": NEW, "again": NEW}
    assert post(client, "/password/change", form).status_code == 302
    post(client, "/logout")
    clock.configure(NOW + timedelta(seconds=10))
    besiege(app)
    assert log_in(lost, NEW).status_code == 429
    assert log_in(client, NEW).status_code == 302


def test_strangers_do_not_stop_who_is_signed_in_from_changing_the_password(app, client, marlina):
    sign_in(client, marlina)
    besiege(app)
    form = {"present": RIGHT, "password": NEW, "again": NEW}
    assert post(client, "/password/change", form).status_code == 302


def test_a_thousand_failures_everywhere_delay_strangers_and_alarm_once(
    app, client, marlina, monkeypatch, caplog
):
    failed = [
        {
            "identifier_hash": b"%032d" % n,
            "address": f"10.1.{n % 256}.{n // 256}",
            "at": NOW,
            "succeeded": False,
        }
        for n in range(ALARM_AT)
    ]
    log_in(client)
    post(client, "/logout")
    db.session.execute(insert(LoginAttempt), failed)
    db.session.commit()
    pauses = []
    monkeypatch.setattr(clock_module, "pause", pauses.append)
    with caplog.at_level(logging.ERROR, logger="portal"):
        assert log_in(app.test_client(), address="10.0.0.8").status_code == 302
        assert log_in(app.test_client(), address="10.0.0.9").status_code == 302
    assert pauses == [1.0, 1.0]
    assert log_in(client).status_code == 302
    assert len(pauses) == 2

    alarms = select(func.count(AuditEvent.id)).where(AuditEvent.act == "sign_in.alarm")
    assert db.session.scalar(alarms) == 1
    assert sum("sign-in alarm" in line for line in caplog.messages) == 1


def test_remembered_for_thirty_days_by_choice_else_until_the_browser_closes(app, client, ratna):
    ratna.email, ratna.password_hash = "ratna@contoh.id", hash_password(RIGHT)
    db.session.commit()

    def cookie_of(answer):
        return next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("portal="))

    assert "Expires" not in cookie_of(log_in(client, identifier="ratna@contoh.id"))
    kept = app.test_client()
    found = re.search("Expires=([^;]+)", cookie_of(log_in(kept, identifier="ratna@contoh.id", remember="y")))
    days = (parsedate_to_datetime(found[1]) - datetime.now(UTC)) / timedelta(days=1)
    assert 29.9 < days <= 30
    clock.configure(NOW + timedelta(days=29))
    assert kept.get("/profile").status_code == 200
    assert client.get("/profile").status_code == 302
    clock.configure(NOW + timedelta(days=30, minutes=1))
    assert kept.get("/profile").status_code == 302
