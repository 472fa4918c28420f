"""What a reader chooses: groups, quiet hours, and the devices that may ring."""

import re

import pytest
from messages.receiving import SERVICE, Device, add_device
from signing_in import post, sign_in
from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.messages import GROUPS, is_push_endpoint
from portal.messages.models import PushSubscription
from portal.messages.queries.preferences import get_preferences


def devices() -> list[tuple[int, str]]:
    db.session.rollback()
    query = select(PushSubscription.user_id, PushSubscription.endpoint).order_by(PushSubscription.id)
    return [tuple(row) for row in db.session.execute(query)]


def test_everything_rings_until_somebody_chooses_otherwise(cast, client):
    page = sign_in(client, cast.marlina).get("/messages/preferences").text

    assert page.count("<input checked") == len(GROUPS)
    assert get_preferences(cast.marlina.user_id).off == frozenset()


def test_a_choice_is_kept(cast, client):
    sign_in(client, cast.marlina)
    post(
        client,
        "/messages/preferences/set",
        data={"push": ["money"], "mail": ["money", "letters"], "quiet_from": "20", "quiet_until": "7"},
    )

    db.session.rollback()
    chosen = get_preferences(cast.marlina.user_id)
    assert "push.reports" in chosen.off
    assert "mail.letters" not in chosen.off
    assert (chosen.quiet_from, chosen.quiet_until) == (20, 7)
    assert client.get("/messages/preferences").text.count("<input checked") == 1


def test_quiet_hours_may_be_widened_only(cast, client):
    answer = post(
        sign_in(client, cast.marlina),
        "/messages/preferences/set",
        data={"push": ["money"], "quiet_from": "23", "quiet_until": "3"},
    )

    assert answer.status_code == 422


def test_a_device_rings_for_who_is_signed_in_on_it_now(cast, client):
    device = Device()
    post(sign_in(client, cast.marlina), "/messages/devices/add", data=device.form())
    post(client, "/messages/devices/add", data=device.form())
    assert devices() == [(cast.marlina.user_id, device.endpoint)]

    post(sign_in(client, cast.herman), "/messages/devices/add", data=device.form())
    assert devices() == [(cast.herman.user_id, device.endpoint)]


def test_a_device_is_removed_by_its_owner_alone(cast, client):
    add_device(cast.marlina)
    number = db.session.scalar(select(PushSubscription.id))

    assert post(sign_in(client, cast.herman), f"/messages/devices/{number}/remove").status_code == 404
    assert len(devices()) == 1
    post(sign_in(client, cast.marlina), f"/messages/devices/{number}/remove")
    assert devices() == []


def test_a_person_has_ten_devices_at_most(cast, client):
    sign_in(client, cast.marlina)
    for number in range(12):
        post(client, "/messages/devices/add", data=Device(str(number)).form())

    assert [endpoint for _, endpoint in devices()] == [f"{SERVICE}{number}" for number in range(2, 12)]


@pytest.mark.parametrize(
    "address",
    [
        "http://updates.push.services.mozilla.com/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://db.internal/x",
        "https://printer.local/x",
        "https://fcm.googleapis.com:8443/x",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com\\@10.0.0.1/x",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/x\r\nHost: y",
        "https://0x7f.1/x",
        "//fcm.googleapis.com/x",
        "file:///etc/passwd",
        "https://fcm.googleapis.com:x/",
        "https://fcm.googleapis.com/" + "a" * 1000,
    ],
)
def test_what_is_no_public_push_service_is_refused(cast, client, address):
    assert not is_push_endpoint(address)
    answer = post(
        sign_in(client, cast.marlina), "/messages/devices/add", data=Device().form() | {"endpoint": address}
    )

    assert answer.status_code in {302, 409, 422}
    assert db.session.scalar(select(func.count(PushSubscription.id))) == 0


@pytest.mark.parametrize("keys", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": "%" * 22}])
def test_keys_that_are_none_are_refused(cast, client, keys):
    post(sign_in(client, cast.marlina), "/messages/devices/add", data=Device().form() | keys)

    assert devices() == []


def test_the_service_worker_comes_from_the_root_and_may_run(client):
    answer = client.get("/sw.js")

    assert answer.mimetype == "text/javascript"
    assert "showNotification" in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_page_gives_the_public_half_of_the_key_alone(app, cast, client):
    page = sign_in(client, cast.marlina).get("/messages/preferences").text

    shown = re.search(r'data-push="([\w-]+)"', page)[1]
    assert len(shown) == 87
    assert app.config["PORTAL"].push_key not in page
