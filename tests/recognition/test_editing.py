"""The pages on which admins write, look at, approve and refuse definitions, and keep the holidays (rules.md 11)."""

from datetime import date, timedelta

import pytest
from cast import make_cast
from factories import make_cadre, make_user
from recognised import NOW, approved, badges, recognise
from signing_in import csrf_token, sign_in
from sqlalchemy import select

from portal.database.extensions import db
from portal.domain.recognition.definitions import read_badge
from portal.domain.recognition.shipped import BADGES, LEVELS
from portal.points.models import Standing
from portal.recognition.models import Definition, Holiday
from portal.recognition.queries.previews import count_levels, preview_badge

TODAY = NOW.date()
BADGE = {
    "valid_from": TODAY.isoformat(), "code": "pasar-2", "name_id": "Dua Pasar", "name_en": "Two Markets",
    "what_id": "2 kunjungan pasar", "what_en": "2 market visits", "metric": "activities", "type": "market_visit",
    "step": "", "minimum": "", "threshold": "2", "window": "ever", "points": "0", "picture": "market-10",
}  # fmt: skip
WRITE = "/recognition/definitions/write"


@pytest.fixture
def cast(app):
    people = make_cast()
    people.wahyu = make_user(name="Wahyu", role="admin", scope="nation")
    return people


def post(client, address, **values):
    return client.post(address, data={"csrf_token": csrf_token(client), **values})


def newest(code):
    query = select(Definition).where(Definition.code == code).order_by(Definition.version.desc())
    return db.session.scalars(query).first()


def test_a_badge_goes_from_one_admin_to_another_and_to_the_cadres(client, cast):
    for day in (16, 17):
        approved(cast.marlina, cast.fahmi, date(2026, 11, day))
    assert post(sign_in(client, cast.ratna), WRITE, **(BADGE)).status_code == 302
    row = newest("pasar-2")
    assert (row.status, row.version, row.document["of"]) == ("draft", 1, {"type": "market_visit"})
    own = client.get(f"/recognition/definitions/{row.id}").text
    assert "Anda yang menulis versi ini" in own
    assert post(client, f"/recognition/definitions/{row.id}/approve").status_code == 403

    sign_in(client, cast.wahyu)
    seen = client.get(f"/recognition/definitions/{row.id}?branch={cast.palembang.id}").text
    assert "1 dari" in seen
    assert cast.marlina.name in seen
    assert post(client, f"/recognition/definitions/{row.id}/approve").status_code == 302
    assert newest("pasar-2").status == "approved"
    recognise()
    assert "pasar-2" in badges(cast.marlina)


def test_the_next_version_begins_as_the_last_one_stands(client, cast):
    html = sign_in(client, cast.ratna).get(f"{WRITE}?kind=badge&code=market-10").text
    assert f'value="{BADGES["market-10"]["name_id"]}"' in html
    sent = BADGE | {"threshold": "12", "code": "elsewhere"}
    assert post(client, f"{WRITE}?kind=badge&code=market-10", **(sent)).status_code == 302
    assert (newest("market-10").version, newest("market-10").document["threshold"]) == (2, 12)
    assert newest("elsewhere") is None


def test_refusing_needs_a_reason_that_its_author_reads(client, cast):
    post(sign_in(client, cast.ratna), WRITE, **(BADGE))
    number = newest("pasar-2").id
    sign_in(client, cast.wahyu)
    assert post(client, f"/recognition/definitions/{number}/refuse", reason=" ").status_code == 422
    assert (
        post(client, f"/recognition/definitions/{number}/refuse", reason="Terlalu mudah").status_code == 302
    )
    db.session.expire_all()
    assert newest("pasar-2").status == "refused"
    assert (
        "Alasannya: Terlalu mudah."
        in sign_in(client, cast.ratna).get(f"/recognition/definitions/{number}").text
    )
    assert "Dua Pasar" not in client.get("/recognition/definitions").text


def test_levels_are_written_line_by_line(client, cast):
    sign_in(client, cast.ratna)
    lines = "0; Benih; Seed\n1.000; Tunas; Shoot"
    sent = {"valid_from": TODAY.isoformat(), "lines": lines}
    assert post(client, f"{WRITE}?kind=levels", **(sent)).status_code == 302
    assert newest("levels").document == {
        "thresholds": [0, 1000], "names_id": ["Benih", "Tunas"], "names_en": ["Seed", "Shoot"],
    }  # fmt: skip
    page = client.get(f"/recognition/definitions/{newest('levels').id}").text
    assert "Tunas" in page


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("0; Benih; Seed\n1.000; Tunas", "Baris 2: tulis 3 bagian"),
        ("0; Benih; Seed\nseribu; Tunas; Shoot", "Baris 2: mulai dengan poinnya"),
        ("5; Benih; Seed\n10; Tunas; Shoot", "Batas tingkat mulai dari 0"),
        ("0; Benih; Seed\n0; Tunas; Shoot", "Batas tingkat mulai dari 0"),
        ("0; Benih; Seed", "Isi ketentuan salah"),
        ("", "wajib diisi"),
    ],
)
def test_broken_levels_are_named_and_nothing_typed_is_lost(client, cast, lines, said):
    answer = post(
        sign_in(client, cast.ratna), f"{WRITE}?kind=levels", valid_from=TODAY.isoformat(), lines=lines
    )
    assert answer.status_code in {409, 422}
    assert said in answer.text
    assert lines.replace("\n", "\r\n") in answer.text or lines in answer.text
    assert newest("levels").version == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"valid_from": (TODAY - timedelta(days=1)).isoformat()}, "sudah lewat"),
        ({"threshold": "0"}, "Isi dengan angka"),
        ({"threshold": "sepuluh"}, "angka bulat"),
        ({"metric": "money"}, "Pilih"),
        ({"picture": "../../etc/passwd"}, "Pilih"),
        ({"metric": "retention", "type": ""}, "tidak cocok"),
        (
            {"metric": "first_time", "minimum": "5", "type": "", "threshold": "100"},
            "Persentase paling besar 99",
        ),
        ({"metric": "streak", "type": "", "window": "month"}, "tidak punya batas"),
        ({"code": "Pasar Besar"}, "huruf kecil"),
        ({"name_id": ""}, "wajib diisi"),
        ({"name_id": "x" * 41}, "paling banyak 40"),
        ({"valid_from": "besok"}, "Isi tanggal"),
    ],
)
def test_a_broken_badge_is_refused_with_what_to_do(client, cast, change, said):
    answer = post(sign_in(client, cast.ratna), WRITE, **(BADGE | change))
    assert answer.status_code in {409, 422}
    assert said.lower() in answer.text.lower()
    assert 'value="Two Markets"' in answer.text
    assert newest("pasar-2") is None


def test_who_may_write_read_or_nothing(client, cast):
    for person, status in ((cast.fahmi, 403), (cast.marlina, 403), (cast.vera, 403)):
        assert sign_in(client, person).get("/recognition/definitions").status_code == status
    assert sign_in(client, cast.agus).get("/recognition/definitions").status_code == 200
    assert client.get(WRITE).status_code == 403
    assert post(client, "/recognition/holidays/enter", day="2027-03-10", name="Libur").status_code == 403
    sign_in(client, cast.ratna)
    assert client.get(f"{WRITE}?kind=money").status_code == 404
    assert client.get(f"{WRITE}?kind=badge&code=tidak-ada").status_code == 404


def test_holidays_are_kept_by_year(client, cast):
    sign_in(client, cast.ratna)
    assert post(client, "/recognition/holidays/enter", day="2031-02-03", name="Hari Uji").status_code == 302
    assert "Hari Uji" in client.get("/recognition/holidays?year=2031").text
    assert "Hari Uji" not in client.get("/recognition/holidays?year=2030").text
    for broken in (
        {"day": "2031-02-30", "name": "X"},
        {"day": "1931-02-03", "name": "X"},
        {"day": "2031-02-04", "name": " "},
    ):
        assert post(client, "/recognition/holidays/enter", **(broken)).status_code == 422
    assert post(client, "/recognition/holidays/remove", day="2031-02-03").status_code == 302
    assert post(client, "/recognition/holidays/remove", day="2031-02-03").status_code == 302
    assert db.session.get(Holiday, date(2031, 2, 3)) is None
    for year in ("1", "x", "99999999999"):
        assert client.get(f"/recognition/holidays?year={year}").status_code == 200


def test_a_preview_counts_what_the_round_would_award(app, cast):
    people = [cast.marlina, *(make_cadre(branch_id=cast.palembang.id) for _ in range(3))]
    for count, cadre in enumerate(people):
        for day in range(count):
            approved(cadre, cast.fahmi, date(2026, 11, 16 + day))
    badge = read_badge("pasar-2", 1, BADGES["market-10"] | {"threshold": 2})
    seen = preview_badge(badge, branch_id=cast.palembang.id, today=date(2026, 11, 22))
    assert (seen.holders, seen.earning, len(seen.names)) == (0, 2, 2)
    held = read_badge("first-report", 1, BADGES["first-report"])
    recognise()
    assert preview_badge(held, branch_id=cast.palembang.id, today=date(2026, 11, 22)).earning == 0
    points = sorted(
        db.session.scalars(select(Standing.points).where(Standing.period == "ALL", Standing.points > 0))
    )
    assert sum(count_levels(LEVELS["thresholds"])) == len(points)
    assert count_levels([0, 41]) == [sum(n < 41 for n in points), sum(n >= 41 for n in points)]
