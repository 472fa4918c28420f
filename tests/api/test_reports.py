"""Handing in a report by the interface: once, in the words of the forms, with a receipt that never changes."""

import io
import json

import pytest
from api.asking import Phone, body, fields, sign_up
from cast import make_cast
from factories import actor_of, make_cadre
from reporting import new_ref
from sqlalchemy import func, select

from portal import clock, vault
from portal.activities.models import Activity, Draft
from portal.activities.services.decide import approve_activity, return_activity
from portal.activities.services.drafts import save_draft
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.signups.models import SignUp


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def phone(app, cast):
    return Phone(app, cast.marlina)


def count(session, model):
    session.rollback()
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def by(person):
    return Signature(actor_of(person), clock.now())


def test_a_report_is_stored_with_its_signups_and_answered_by_a_receipt(cast, phone, session):
    ref, signup = new_ref(), sign_up()

    answer = phone.send(ref, body(signups=[signup]))

    assert answer.status_code == 201, answer.json
    activity = session.scalars(select(Activity)).one()
    stored = session.scalars(select(SignUp)).one()
    assert answer.json == {
        "ref": ref,
        "status": "submitted",
        "version": 1,
        "received_at": activity.submitted_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "activity_id": activity.id,
        "number": str(activity.id),
        "signups": [signup["ref"]],
    }
    assert (activity.type, activity.place, activity.attendance, activity.village_code) == (
        "market_visit", "Pasar 10 Ulu", 24, "1671071005",
    )  # fmt: skip
    assert (stored.name, stored.programmes, stored.consent_version) == ("Siti Aminah", "JKK,JKM", "2026-11")


def test_the_same_report_again_gives_the_same_receipt(phone, session):
    ref, sent = new_ref(), body(signups=[sign_up()])
    first = phone.send(ref, sent)
    sent["signups"][0]["consent_at"] = "2026-11-20T03:11:00Z"

    again = phone.send(ref.upper(), sent | {"device": {"seconds_spent": 300, "form": "2026-12"}})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert (count(session, Activity), count(session, SignUp)) == (1, 1)


def test_the_receipt_stays_the_same_whatever_becomes_of_the_report(cast, phone):
    ref, sent = new_ref(), body()
    first = phone.send(ref, sent)
    with transaction():
        approve_activity(activity_id=first.json["activity_id"], by=by(cast.fahmi))

    assert phone.send(ref, sent).json == first.json


def test_other_content_under_the_same_number_is_a_conflict_and_changes_nothing(phone, session):
    ref = new_ref()
    phone.send(ref, body())

    answer = phone.send(ref, body(attendance=99))

    assert (answer.status_code, answer.json["code"]) == (409, "activities.conflict")
    assert session.scalars(select(Activity.attendance)).one() == 24


def test_somebody_elses_number_is_a_conflict_and_tells_nothing(app, cast, phone):
    ref = new_ref()
    phone.send(ref, body(place="Pasar rahasia"))

    answer = Phone(app, cast.herman).send(ref, body(place="Pasar rahasia"))

    assert (answer.status_code, answer.json["code"]) == (409, "activities.conflict")
    assert "rahasia" not in answer.text


def test_a_returned_report_is_corrected_by_naming_its_version(cast, phone, session):
    ref, gone, added = new_ref(), sign_up(), sign_up()
    sent = phone.send(ref, body(signups=[gone])).json
    with transaction():
        return_activity(
            activity_id=sent["activity_id"], code="date_wrong", reason="Periksa hari", by=by(cast.fahmi)
        )
    correction = body(held_on="2026-11-19", signups=[added], removed=[gone["ref"]], corrects=sent["version"])

    assert phone.send(ref, correction | {"corrects": 7}).status_code == 409
    answer, again = phone.send(ref, correction), phone.send(ref, correction)

    assert (answer.status_code, again.status_code) == (201, 200)
    assert again.json == answer.json
    assert (answer.json["version"], answer.json["signups"]) == (2, [added["ref"]])
    assert {row.ref: row.status for row in session.scalars(select(SignUp))} == {
        gone["ref"]: "rejected", added["ref"]: "reported",
    }  # fmt: skip


def test_the_draft_of_the_pages_is_gone_once_the_report_came_by_the_interface(cast, phone, session):
    ref = new_ref()
    with transaction():
        save_draft(ref=ref, body={"type": "stand"}, by=by(cast.marlina))

    phone.send(ref, body())

    assert count(session, Draft) == 0


def test_an_empty_report_is_refused_field_by_field_in_the_words_of_the_forms(phone, session):
    answer = phone.send(new_ref(), {"signups": [{"ref": new_ref()}]})

    assert (answer.status_code, answer.json["code"]) == (422, "api.fields")
    assert fields(answer) == {
        "type": "form.type",
        "held_on": "form.held_on",
        "place": "form.place",
        "village_code": "form.village",
        "attendance": "form.attendance_missing",
        "signups/0/name": "form.name",
        "signups/0/nik": "form.nik",
        "signups/0/birth_date": "form.birth_date",
        "signups/0/programmes": "form.programmes",
        "signups/0/consent_version": "form.consent",
    }
    words = {error["field"]: error["detail"] for error in answer.json["errors"]}
    assert words["signups/0/nik"] == "Isi 16 angka NIK dari KTP."
    assert count(session, Activity) == 0


def test_the_problem_speaks_the_readers_language(phone):
    answer = phone.client.put(
        f"/api/v1/activities/{new_ref()}",
        json=body(attendance=None),
        headers=phone.headers | {"Accept-Language": "en"},
    )

    assert answer.json["errors"][0]["detail"].startswith("Enter attendance."), answer.json


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"held_on": "2026-11-23"}, "held_on", "form.in_future"),
        ({"held_on": "1999-01-01"}, "held_on", "form.too_early"),
        ({"held_on": "soon"}, "held_on", "form.held_on"),
        ({"type": "party"}, "type", "form.type"),
        ({"village_code": "9999999999"}, "village_code", "form.village"),
        ({"place": "x" * 121}, "place", "text.too_long"),
        ({"place": "Pasar\u0000"}, "place", "text.control_characters"),
        ({"attendance": -1}, "attendance", "form.attendance"),
        ({"attendance": "24"}, "attendance", "field.kind"),
        ({"notes": 5}, "notes", "field.kind"),
        ({"when": "today"}, "when", "field.unknown"),
        ({"signups": [sign_up(nik=1671014507850003)]}, "signups/0/nik", "field.kind"),
        ({"signups": [sign_up(nik="123")]}, "signups/0/nik", "nik.length"),
        ({"signups": [sign_up(phone="12")]}, "signups/0/phone", "phone.malformed"),
        ({"signups": [sign_up(birth_date="2026-11-21")]}, "signups/0/birth_date", "signups.birth_date"),
        ({"signups": [sign_up(consent_version="1")]}, "signups/0/consent_version", "report.consent_unknown"),
        ({"signups": [sign_up(consent_at="yesterday")]}, "signups/0/consent_at", "field.form"),
        ({"signups": [sign_up(consent_at="0001-01-01T00:00:00+14:00")]}, "signups/0/consent_at", "field.form"),
        ({"signups": [sign_up(ref="1")]}, "signups/0/ref", "field.form"),
        ({"signups": [sign_up(kpj="1")]}, "signups/0/kpj", "field.unknown"),
        ({"signups": [sign_up() for _ in range(51)]}, "signups", "field.too_many"),
        ({"signups": 2 * [sign_up()]}, "signups/1/ref", "field.twice"),
        ({"device": {"form": "2019-01"}}, "device/form", "report.form_too_old"),
        ({"device": {"battery": 3}}, "device/battery", "field.unknown"),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit_is_named(phone, session, wrong, field, code):
    answer = phone.send(new_ref(), body(**wrong))

    assert answer.status_code == 422, answer.json
    assert fields(answer) == {field: code}
    assert answer.json["errors"][0]["detail"] not in {"", code}
    assert count(session, Activity) == 0


def test_a_worker_reported_before_is_named_by_the_place_in_the_body(cast, phone, session):
    first = sign_up()
    phone.send(new_ref(), body(signups=[first]))

    answer = phone.send(new_ref(), body(signups=[sign_up(), sign_up(nik=first["nik"])]))

    assert answer.status_code == 422, answer.json
    assert fields(answer) == {"signups/1/nik": "signups.already_yours"}
    assert (count(session, Activity), count(session, SignUp)) == (1, 1)


def test_the_own_phone_is_no_workers_phone(cast, phone):
    with transaction():
        db.session.get(Cadre, cast.marlina.id).phone_hash = vault.fingerprint("phone", "+6281277441903")

    assert fields(phone.send(new_ref(), body(signups=[sign_up()]))) == {
        "signups/0/phone": "signups.own_phone"
    }


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "api.bad_json"),
        (b"", "application/json", 400, "api.bad_json"),
        (b"[" * 100_000, "application/json", 400, "api.bad_json"),
        (b'{"place": "\\ud800"}', "application/json", 400, "api.bad_json"),
        (b"\xff\xfe", "application/json", 400, "api.bad_json"),
        (b"[]", "application/json", 422, "api.fields"),
        (b"{}", "text/plain", 415, "api.wrong_kind"),
        (b"type=stand", "application/x-www-form-urlencoded", 415, "api.wrong_kind"),
        (b'{"notes": "' + b"x" * 200_000 + b'"}', "application/json", 413, "http_413"),
    ],
)
def test_what_is_no_report_is_refused(phone, data, kind, status, code):
    answer = phone.send_raw(new_ref(), data, kind)

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_body_whose_length_was_not_announced_is_not_cut_off_and_taken(phone):
    answer = phone.client.put(
        f"/api/v1/activities/{new_ref()}",
        input_stream=io.BytesIO(b" " * 200_001 + b"{}"),
        content_type="application/json",
        headers=phone.headers | {"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert (answer.status_code, answer.json["code"]) == (413, "http_413")


def test_who_may_not_report_is_told_why(app):
    answer = Phone(app, make_cadre(certified_on=None)).send(new_ref(), body())

    assert (answer.status_code, answer.json["code"]) == (403, "cadre.not_certified")


def test_without_a_session_nothing_is_taken_and_nobody_is_led_away(app, cast):
    answer = app.test_client().put(f"/api/v1/activities/{new_ref()}", json=body())

    assert (answer.status_code, answer.json["code"]) == (401, "signed_out")


def test_without_the_token_of_the_session_nothing_is_taken(phone, session):
    answer = phone.client.put(f"/api/v1/activities/{new_ref()}", json=body())

    assert (answer.status_code, answer.json["code"]) == (400, "stale_page")
    assert count(session, Activity) == 0


def test_what_the_phone_says_of_itself_is_flagged(phone, session):
    device = {"clock_offset_ms": -3_600_000, "seconds_spent": 21.4, "saved_at": "2026-11-20T03:10:00Z"}

    phone.send(new_ref(), body(device=device))

    flags = session.scalars(select(Activity.flags)).one()
    assert flags == [{"code": "clock_off", "minutes": 60}, {"code": "filled_quickly", "seconds": 21}]


def test_a_consent_of_a_fast_clock_is_given_now(phone, session):
    phone.send(new_ref(), body(signups=[sign_up(consent_at="2026-12-24T00:00:00Z")]))

    assert session.scalars(select(SignUp.consent_at)).one() <= clock.now()


def test_no_number_of_a_person_is_in_an_answer(phone):
    signup = sign_up(name="")

    answer = phone.send(new_ref(), body(signups=[signup]))

    assert answer.status_code == 422
    assert signup["nik"] not in json.dumps(answer.json)
