"""The report form in one document: what it knows, what it checks by itself, and the page after sending without it."""

import gzip
import html
import json
import re
from datetime import date, timedelta

import pytest
from cast import make_cast
from factories import make_nik
from reporting import HELD_ON, VILLAGE, hand_in, new_ref, one_worker, worker, write
from signing_in import post, sign_in

from portal import clock
from portal.activities.forms import CHECKS, PeopleForm, PlaceForm, TypeForm
from portal.activities.models import Activity
from portal.activities.queries.usual import list_known_places, usual_days
from portal.activities.services.decide import approve_activity, return_activity
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.reviewing import RETURN_REASONS, asked_fields
from portal.places.queries import children, count_villages
from portal.signups.forms import CHECKS as WORKER_CHECKS
from portal.signups.forms import WorkerForm
from portal.texts.labels import refusal
from portal.texts.reporting import ERRORS, REFUSED

TODAY = date(2026, 11, 22)


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def marlina(client, cast):
    return sign_in(client, cast.marlina)


def text(answer) -> str:
    return answer.get_data(as_text=True)


def facts(answer) -> dict:
    return json.loads(html.unescape(re.search(r'data-facts="([^"]+)"', text(answer))[1]))


class TestWhatTheFormKnows:
    def test_prices_points_and_the_own_regency_stand_in_the_document(self, marlina):
        answer = marlina.get("/report/new")
        known = facts(answer)

        assert (known["regency"], known["regencyName"]) == ("1671", "Kota Palembang")
        assert known["points"]["activity"]["market_visit"] == 20
        assert known["points"]["signup"] == {"JKK,JKM": 50, "JKK,JKM,JHT": 75}
        assert "Rp8.400" in text(answer)
        assert "Rp28.400" in text(answer)
        assert "keringanan sampai Desember 2026" in text(answer)
        assert known["consent"] == "2026-11"
        assert len(gzip.compress(answer.data, 5)) <= 16_000

    def test_who_has_no_script_goes_on_to_the_pages_by_itself(self, marlina):
        assert re.search(
            r'<noscript>\s*<meta http-equiv="refresh"\s+content="0;url=/report/steps">',
            text(marlina.get("/report/new")),
        )

    def test_the_last_five_places_of_the_cadre_are_offered_each_once(self, marlina, cast):
        for n in (1, 2, 3, 4, 5, 6, 2):
            hand_in(cast.marlina, place=f"Pasar {n}", village_code=VILLAGE)
        hand_in(cast.herman, place="Pasar Herman", village_code=VILLAGE)
        hand_in(cast.marlina, place="Tanpa desa")

        places = [one.place for one in list_known_places(cast.marlina.id)]

        assert places == ["Pasar 2", "Pasar 6", "Pasar 5", "Pasar 4", "Pasar 3"]
        assert 'data-place="Pasar 6"' in text(marlina.get("/report/new"))
        assert "Pasar Herman" not in text(marlina.get("/report/new"))

    def test_how_soon_the_branch_decides_is_what_it_did_with_four_of_five(self, cast):
        assert usual_days(cast.palembang.id) is None
        for days in (1, 1, 2, 3, 30):
            number = hand_in(cast.marlina).activity_id
            with transaction():
                approve_activity(activity_id=number, by=Signature(cast.actor("fahmi"), clock.now()))
            row = db.session.get(Activity, number)
            row.submitted_at = row.decided_at - timedelta(days=days, seconds=-60)
            db.session.commit()

        assert usual_days(cast.palembang.id) == 3
        assert usual_days(cast.jayapura.id) is None

    def test_a_draft_of_the_pages_is_gone_on_with(self, marlina):
        ref = new_ref()
        write(marlina, ref, workers=[one_worker()])
        known = facts(marlina.get(f"/report/{ref}/form"))

        assert known["ref"] == ref
        assert known["body"]["place"] == "Pasar 10 Ulu"
        assert known["body"]["village"].endswith("Kota Palembang")
        assert re.fullmatch(r"\d{16}", known["body"]["signups"][0]["nik"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", known["body"]["signups"][0]["birth_date"])

    def test_a_draft_of_somebody_else_looks_like_one_that_nobody_has(self, client, cast):
        ref = new_ref()
        write(sign_in(client, cast.marlina), ref)
        sign_in(client, cast.herman)

        for unknown in (ref, new_ref()):
            known = facts(client.get(f"/report/{unknown}/form"))
            assert known["ref"] == unknown
            assert "body" not in known

    def test_a_returned_report_comes_with_what_is_asked_and_what_it_said(self, marlina, cast):
        receipt = hand_in(cast.marlina, signups=(worker(),), village_code=VILLAGE)
        with transaction():
            return_activity(
                activity_id=receipt.activity_id,
                code="place_unclear",
                reason="Pasar yang mana?",
                by=Signature(cast.actor("fahmi"), clock.now()),
            )
        opened = post(marlina, f"/activities/{receipt.activity_id}/correct").location
        page = marlina.get(opened)

        assert opened == f"/report/{receipt.ref}/form"
        assert facts(page)["body"]["corrects"] == 1
        assert facts(page)["before"]["place"] == "Pasar 10 Ulu"
        assert "Pasar yang mana?" in text(page)
        assert "Perbaikan untuk versi 1" in text(page)
        assert text(page).count("Diminta pembina diperbaiki") == 2
        assert "Siti Aminah" in text(page)

    def test_every_reason_to_return_marks_fields_of_the_form_or_only_tells(self):
        fields = {field for reason in RETURN_REASONS for field in asked_fields(reason)}

        assert fields == {"photos", "place", "village_code", "held_on", "attendance", "signups"}
        assert asked_fields("other") == []


class TestVillages:
    def test_the_largest_regency_fits_into_ten_kilobytes_and_is_kept_for_a_month(self, marlina):
        regencies = [each.code for province in children() for each in children(province.code)]
        largest = max(regencies, key=count_villages)
        answer = marlina.get(f"/report/villages?of={largest}")

        assert len(gzip.compress(answer.data, 5)) <= 10_000
        assert answer.headers["Cache-Control"] == "private, max-age=2592000"
        again = marlina.get(
            f"/report/villages?of={largest}", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304

    def test_districts_and_villages_come_in_lines_with_what_their_codes_add(self, marlina):
        known = marlina.get("/report/villages?of=1671").json

        assert "#07Ilir Timur Satu" in known["places"] or "#05Ilir Timur Satu" in known["places"]
        assert len([line for line in known["places"].split("\n") if line[0] != "#"]) == count_villages("1671")
        assert known["regencies"].count("\n") == 513
        assert "1671Kota Palembang" in known["regencies"].split("\n")

    @pytest.mark.parametrize("code", ["", "16", "167107", "9999", "abcd"])
    def test_anything_but_a_regency_is_not_there(self, marlina, code):
        assert marlina.get(f"/report/villages?of={code}").status_code == 404

    def test_the_whole_country_is_searched_by_name(self, marlina):
        found = marlina.get("/report/villages/search?q=cihampelas").json["items"]

        assert 0 < len(found) <= 8
        assert all("Cihampelas" in one["line"] for one in found)
        assert marlina.get("/report/villages/search?q=x").json == {"items": []}


NIK = make_nik(date(1985, 7, 5))
SAID = {
    "type": ["", "market_visit"],
    "held_on": ["", "2026-11-22", "2009-12-31", "2010-01-01"],
    "place": ["", "Pasar", "x" * 120, "x" * 121],
    "attendance": ["", "0", "24", "99999", "100000", "-1", "1.5", "dua"],
    "notes": ["", "y" * 2000, "y" * 2001],
    "name": ["", "Siti", "x" * 121],
    "nik": ["", NIK, NIK[:15], NIK + "1", "1671O14507850101", "1" * 16, "1234567890123456", "00" + NIK[2:],
            NIK[:12] + "0000", *(NIK[:6] + day + month + NIK[10:] for day in ("00", "01", "31", "32", "40", "41", "71", "72", "29")
                                 for month in ("00", "01", "12", "13"))],
    "birth_date": ["", "1985-07-05", "1899-12-31"],
    "phone": ["", "081277441903", "+6281277441903", "6281277441903", "006281277441903", "+62081277441903", "0812", "12345678901",
              "0081277441903", "81277441903"],
    "occupation": ["", "x" * 80, "x" * 81],
    "programmes": ["", "JKK,JKM"],
    "consent": ["", "y"],
}  # fmt: skip


def by_pattern(checks, value: str) -> str:
    """Say what the phone says: the sentence of the first pattern that a value matches."""
    for pattern, code, need in checks:
        if re.search(pattern, value, re.ASCII):
            words = ERRORS.get(code)
            return words or refusal(code, {"have": len(value), "need": need})
    return ""


def by_form(name: str, value: str) -> str:
    """Say what the server's form says of one value."""
    typed = {name: value}
    for form in (
        TypeForm.of(typed), PlaceForm.of(typed, today=TODAY), PeopleForm.of(typed), WorkerForm.of(typed, today=TODAY)
    ):  # fmt: skip
        if name in form._fields:
            form.validate()
            return str(form.errors[name][0]) if form.errors.get(name) else ""
    raise AssertionError(name)


@pytest.mark.parametrize("name", SAID)
def test_the_phone_says_what_the_server_would(app, name):
    checks = CHECKS.get(name) or WORKER_CHECKS[name]

    with app.test_request_context():
        by_phone = {value: by_pattern(checks, value) for value in SAID[name]}
        assert by_phone == {value: by_form(name, value) for value in SAID[name]}


def test_every_code_that_the_phone_says_has_its_words_in_the_document():
    codes = {code for checks in (*CHECKS.values(), *WORKER_CHECKS.values()) for _, code, _ in checks}

    assert codes <= {*ERRORS, *REFUSED}


class TestAfterSending:
    def test_the_page_says_which_points_wait_for_whom(self, marlina, cast):
        ref = hand_in(cast.marlina, signups=(worker(), worker(name="Rusdi", programmes="JKK,JKM,JHT"))).ref
        page = text(marlina.get(f"/report/{ref}/sent"))

        assert "Laporan terkirim dengan 2 pendaftaran. Pembina memeriksanya." in page
        assert "20 poin" in page
        assert "sampai 125 poin" in page
        assert "dalam beberapa hari kerja" in page
        assert 'href="/report/new"' in page

    def test_a_fourth_report_of_the_day_waits_for_no_points_and_says_so(self, marlina, cast):
        for _ in range(4):
            receipt = hand_in(cast.marlina)
            with transaction():
                approve_activity(
                    activity_id=receipt.activity_id, by=Signature(cast.actor("fahmi"), clock.now())
                )
        ref = hand_in(cast.marlina, held_on=HELD_ON).ref

        assert "Tiga laporan pertama di satu hari" in text(marlina.get(f"/report/{ref}/sent"))

    def test_somebody_elses_is_not_there(self, client, cast):
        ref = hand_in(cast.marlina).ref
        sign_in(client, cast.herman)

        assert client.get(f"/report/{ref}/sent").status_code == 404
