"""Who is calling: what the phone's sender asks before it sends anything."""

import pytest
from api.asking import Phone, body
from cast import make_cast
from reporting import new_ref
from signing_in import sign_in

from portal import clock
from portal.database.extensions import db


@pytest.fixture
def cast(app):
    return make_cast()


def test_a_cadre_learns_who_they_are_and_what_they_may_send(app, cast):
    me = Phone(app, cast.marlina).get("/me").json

    token, now = me.pop("csrf_token"), me.pop("server_time")
    assert token
    assert now.endswith("Z")
    assert now[:16] == clock.now().strftime("%Y-%m-%dT%H:%M")
    assert me == {
        "user": {
            "id": cast.marlina.user_id, "name": "Marlina Agustina", "role": "cadre", "scope": "branch", "locale": "id",
        },
        "cadre": {
            "id": cast.marlina.id, "code": "K-MARLINA", "name": "Marlina Agustina", "status": "active", "obstacle": None,
        },
        "branch": {
            "id": cast.palembang.id, "code": "L00", "name": "Palembang", "region_code": cast.palembang.region_code,
        },
        "zone": "Asia/Jakarta",
        "month": "2026-11",
        "form_version": "2026-12",
        "consent_version": "2026-11",
        "limits": {
            "report_bytes": 200_000, "photo_bytes": 15_000_000, "photos": 4, "signups": 50, "photo_hours": 72,
        },
    }  # fmt: skip


def test_the_token_of_the_answer_opens_the_way_to_send(app, cast):
    client = sign_in(app.test_client(), cast.marlina)
    token = client.get("/api/v1/me").json["csrf_token"]

    answer = client.put(f"/api/v1/activities/{new_ref()}", json=body(), headers={"X-CSRF-Token": token})

    assert answer.status_code == 201, answer.json


def test_who_works_for_the_nation_has_no_branch_and_is_no_cadre(app, cast):
    me = Phone(app, cast.ratna).get("/me").json

    assert (me["cadre"], me["branch"], me["user"]["role"]) == (None, None, "admin")


def test_nobody_is_led_away_from_the_interface(app, cast):
    answer = app.test_client().get("/api/v1/me")

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_first_password_is_changed_on_the_pages(app, cast):
    cast.ratna.must_change_password = True
    db.session.commit()

    answer = Phone(app, cast.ratna).get("/me")

    assert (answer.status_code, answer.json["code"]) == (403, "api.first_password")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nowhere", 404), ("DELETE", "/api/v1/me", 405), ("GET", "/api/v1/activities/7", 404)],
)
def test_every_error_below_the_interface_is_a_problem_document(app, cast, method, path, status):
    answer = sign_in(app.test_client(), cast.marlina).open(path, method=method)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert {"type", "title", "detail", "code", "errors"} <= set(answer.json)


def test_a_fault_is_a_problem_document_with_its_number(app, cast, monkeypatch):
    from portal.api.views import me

    monkeypatch.setattr(me, "get_cadre", lambda _: 1 / 0)

    answer = Phone(app, cast.marlina).get("/me")

    assert (answer.status_code, answer.json["code"]) == (500, "api.fault")
    assert "PK-" in answer.json["detail"]
