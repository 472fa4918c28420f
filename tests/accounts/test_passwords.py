"""Passwords: what is too easy, changing one's own, and the admin's one-time code."""

import re
from datetime import timedelta

import pytest
from cast import make_cast
from databases import NOW
from signing_in import post, sign_in
from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.accounts.services.password_strength import check_new_password
from portal.accounts.services.passwords import hash_password, password_fits
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.domain.errors import RuleBroken

OLD, NEW = "rumah limas 2019", "jembatan tua di hulu"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("pendek", "too_short"),
        ("password123!", "common"),
        ("P@ssw0rd2026", "common"),
        ("Indonesia2026", "common"),
        ("bismillah99", "common"),
        ("sayangmama123", "common"),
        ("1234567890", "common"),
        ("qwertyuiop1", "common"),
        ("abcabcabcabc", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("kaderpenggerak1", "common"),
        ("sriwijaya2026", "common"),
        ("bpjsketenagakerjaan", "common"),
        ("terminator1", "common"),
        ("marlina 2026!", "own_name"),
        ("081277441903", "own_name"),
        ("x" * 1025, "too_long"),
    ],
)
def test_easy_passwords_are_refused(password, code):
    with pytest.raises(RuleBroken, match=f"password.{code}"):
        check_new_password(
            password, names=["Marlina Agustina", "marlina@contoh.id"], numbers=["+6281277441903"]
        )


@pytest.mark.parametrize(
    "password", [OLD, NEW, "kuda biru lari kencang", "Tr0ub4dor&3x", "🐎🏠🌊🎣🥭🛶🧵🪡🔔🏮"]
)
def test_other_passwords_are_taken(password):
    check_new_password(password, names=["Marlina Agustina"], numbers=["+6281277441903"])


def test_hashes_are_argon2id_of_the_strength_we_promise(strong_hashes):
    assert hash_password(OLD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password_fits(OLD, hash_password(OLD))
    assert not password_fits(OLD, None)
    assert not password_fits(OLD, "no hash")


@pytest.fixture
def cast(app):
    cast = make_cast()
    cast.ratna.password_hash = hash_password(OLD)
    cast.ratna.email = "ratna@contoh.id"
    db.session.commit()
    return cast


def change(client, present=OLD, password=NEW, again=None):
    form = {"present": present, "password": password, "again": again or password}
    return post(client, "/password/change", form)


def test_changing_the_password_ends_all_other_sessions(app, client, cast):
    other = sign_in(app.test_client(), cast.ratna)
    sign_in(client, cast.ratna)

    assert change(client).location == "/"
    assert other.get("/profile").status_code == 302
    assert client.get("/profile").status_code == 200
    assert password_fits(NEW, db.session.get(User, cast.ratna.id).password_hash)


@pytest.mark.parametrize(
    "form",
    [
        {"present": "salah"},
        {"password": "password123"},
        {"again": "lain sama sekali"},
        {"password": OLD},
        {"password": "ratna dewi 1"},
    ],
)
def test_a_change_that_is_not_right_changes_nothing(client, cast, form):
    sign_in(client, cast.ratna)
    before = cast.ratna.password_hash

    assert change(client, **form).status_code == 400
    assert db.session.get(User, cast.ratna.id).password_hash == before


def test_the_first_password_has_to_be_changed(client, cast):
    cast.ratna.must_change_password = True
    db.session.commit()
    sign_in(client, cast.ratna)

    assert client.get("/users").location == "/password/change"
    change(client)
    assert client.get("/users").status_code == 200


def start_reset(client, cast):
    """Let Ratna start a reset for Fahmi; return the code that is shown."""
    sign_in(client, cast.ratna)
    answer = post(client, f"/users/{cast.fahmi.id}/reset")
    return re.search(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){2}", answer.text)[0]


def use(app, cast, code, identifier=None, password=NEW):
    form = {
        "identifier": identifier or cast.fahmi.email,
        "code": code,
        "password": password,
        "again": password,
    }
    return post(app.test_client(), "/password/reset", form)


def test_a_one_time_code_sets_a_new_password_once_and_ends_all_sessions(app, client, cast):
    theirs = sign_in(app.test_client(), cast.fahmi)
    code = start_reset(client, cast)

    assert use(app, cast, code.lower().replace("-", " ")).location == "/login"
    assert theirs.get("/profile").status_code == 302
    assert use(app, cast, code, password="yang lain lagi sama").status_code == 400
    assert password_fits(NEW, db.session.get(User, cast.fahmi.id).password_hash)
    assert {"password.reset", "password.set"} <= set(db.session.scalars(select(AuditEvent.act)))


def test_wrong_expired_superseded_and_anothers_codes_look_the_same(app, client, cast):
    first = start_reset(client, cast)
    second = start_reset(client, cast)
    answers = [
        use(app, cast, first),
        use(app, cast, "AAAA-BBBB-CCCC"),
        use(app, cast, second, cast.ratna.email),
    ]
    clock.configure(NOW + timedelta(minutes=31))
    answers.append(use(app, cast, second))

    def plain(answer):
        return re.sub(r'value="[^"]*"', "", answer.text)

    assert {answer.status_code for answer in answers} == {400}
    assert len({plain(answer) for answer in answers}) == 1
    assert db.session.get(User, cast.fahmi.id).password_hash is None


def test_guessing_codes_is_slowed_down(app, client, cast):
    answers = [use(app, cast, "AAAA-BBBB-CCCC").status_code for _ in range(11)]

    assert answers == [400] * 10 + [429]


def test_an_easy_password_does_not_use_up_the_code(app, client, cast):
    code = start_reset(client, cast)

    assert use(app, cast, code, password="password123").status_code == 400
    assert use(app, cast, code).status_code == 302
