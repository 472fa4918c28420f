"""The page of the outbox, the key of what lies on the phone, and the pages that a phone may keep."""

import base64

import pytest
from cast import make_cast
from signing_in import post, sign_in

from portal.web.phone import HEADER, HOURS, HOURS_REMEMBERED, pages_on_phone

KEPT = [
    "/",
    "/achievements",
    "/achievements/badges",
    "/buku-saku",
    "/outbox",
    "/participants",
    "/ranks",
    "/report",
    "/report/new",
]


@pytest.fixture
def cast(app):
    return make_cast()


def remember(client) -> None:
    with client.session_transaction() as cookie:
        cookie.permanent = True


def test_a_person_gets_the_same_key_at_every_sign_in_and_nobody_else_does(cast, client):
    first = sign_in(client, cast.marlina).get("/outbox/key")
    again = sign_in(client, cast.marlina).get("/outbox/key")
    other = sign_in(client, cast.herman).get("/outbox/key")

    assert first.json == again.json
    assert first.json["user"] == str(cast.marlina.user_id)
    assert len(base64.b64decode(first.json["key"])) == 32
    assert first.json["key"] != other.json["key"]
    assert first.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ["fahmi", "ratna", "agus"])
def test_staff_have_no_key(cast, client, name):
    assert sign_in(client, getattr(cast, name)).get("/outbox/key").status_code == 403


def test_a_stranger_is_led_to_the_sign_in_page_instead(client):
    assert client.get("/outbox/key").status_code == 302


def test_who_is_remembered_may_keep_things_longer(cast, client):
    sign_in(client, cast.marlina)
    assert client.get("/outbox/key").json["hours"] == HOURS
    remember(client)
    assert client.get("/outbox/key").json["hours"] == HOURS_REMEMBERED


def test_the_pages_that_a_phone_may_keep_say_for_whom(app, cast, client):
    sign_in(client, cast.marlina)
    with app.test_request_context():
        assert pages_on_phone() == KEPT
    for path in KEPT:
        assert client.get(path).headers[HEADER] == f"{cast.marlina.user_id} id {HOURS}", path


@pytest.mark.parametrize(
    "path", ["/profile", "/ranks?scope=nation", "/incentives", "/messages", "/outbox/key"]
)
def test_no_other_page_may_be_kept(cast, client, path):
    assert HEADER not in sign_in(client, cast.marlina).get(path).headers


def test_the_villages_of_the_form_may_be_kept_under_their_whole_address(cast, client):
    answer = sign_in(client, cast.marlina).get("/report/villages?of=1671")

    assert answer.headers[HEADER] == f"{cast.marlina.user_id} id {HOURS}"


def test_nothing_of_staff_or_of_a_stranger_may_be_kept(cast, client):
    assert HEADER not in client.get("/").headers
    for path in ("/", "/buku-saku"):
        assert HEADER not in sign_in(client, cast.fahmi).get(path).headers


def test_a_page_that_tells_what_just_happened_is_not_kept(cast, client):
    sign_in(client, cast.marlina)
    with client.session_transaction() as cookie:
        cookie["_flashes"] = [("message", "Laporan terkirim.")]

    told = client.get("/report")

    assert "Laporan terkirim." in told.text
    assert HEADER not in told.headers
    assert HEADER in client.get("/report").headers


def test_without_a_script_the_outbox_says_that_nothing_waits_and_shows_the_drafts_of_the_server(cast, client):
    ref = "0b0c8a52-9c2c-4c57-9d0a-5f6a4f1b2c3d"
    sign_in(client, cast.marlina)
    post(client, f"/report/{ref}/type/save", {"type": "market_visit"})

    page = client.get("/outbox").text

    assert "langsung masuk ke server" in page
    assert f"/report/{ref}/" in page
    assert "Kunjungan pasar" in page
    assert ref not in sign_in(client, cast.herman).get("/outbox").text


def test_only_a_cadres_pages_load_the_part_for_no_signal(cast, client):
    assert f'data-user="{cast.marlina.user_id}" data-offline="' in sign_in(client, cast.marlina).get("/").text
    assert "data-offline" not in sign_in(client, cast.fahmi).get("/").text
    assert "data-offline" not in client.get("/login").text
