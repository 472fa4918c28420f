"""The pages of months: status, preview, closing and releasing."""

from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from earning import assign, close, make_import, sign_up
from factories import make_user
from signing_in import post, sign_in

from portal import clock
from portal.database.extensions import db
from portal.months.queries.previews import preview_month
from portal.months.queries.status import list_status, status_of
from portal.points.models import Month, MonthRelease


@pytest.fixture
def cast(app):
    cast = make_cast()
    assign(cast.palembang, "perisai-2022")
    sign_up(cast.marlina, 25, on=date(2026, 9, 10))
    sign_up(cast.marlina, 25, on=date(2026, 10, 10))
    close("2026-09")
    clock.configure(datetime(2026, 11, 22, 5, 0, tzinfo=UTC))
    return cast


def test_everybody_in_the_office_sees_the_months_and_what_blocks_them(client, cast):
    for person in (cast.fahmi, cast.vera, cast.farah, cast.ratna, cast.agus):
        text = sign_in(client, person).get("/months").get_data(as_text=True)
        assert "Oktober 2026 belum bisa ditutup" in text
        assert "Menunggu data BPJS" in text
        assert client.get("/months/2026-09").status_code == 200
        assert client.get("/months/2026-10").status_code == 200
    assert client.get("/months/2026-08").status_code == 404
    assert client.get("/months/2026-99").status_code == 404
    assert sign_in(client, cast.marlina).get("/months").status_code == 403


def test_the_preview_and_the_digest_file_are_for_the_nation(client, cast):
    digest = preview_month("2026-10").digest
    for person in (cast.farah, cast.ratna, cast.agus):
        assert digest in sign_in(client, person).get("/months/2026-10/preview").get_data(as_text=True)
        answer = client.get("/months/2026-09/digest")
        assert answer.get_data(as_text=True).startswith("portal-2,2026-09,")
        assert client.get("/months/2026-09/preview").status_code == 404
        assert client.get("/months/2026-10/digest").status_code == 404
    sign_in(client, make_user(role="admin", scope="branch", branch_id=cast.palembang.id))
    assert client.get("/months/2026-10/preview").status_code == 403
    assert client.get("/months/2026-09/digest").status_code == 403
    assert post(client, "/months/2026-10/close", {"confirmed": "y"}).status_code == 403
    assert post(client, "/months/2026-10/release", {"reason": "data rusak"}).status_code == 403


def test_the_admin_closes_a_month_after_ticking_the_box(client, cast):
    sign_in(client, cast.ratna)
    assert "Tutup Oktober 2026" in client.get("/months/2026-10").get_data(as_text=True)
    assert post(client, "/months/2026-10/close").status_code == 302
    assert status_of("2026-10", at=clock.now()).status == "open"
    for _ in range(2):
        assert post(client, "/months/2026-10/close", {"confirmed": "y"}).status_code == 302
    assert db.session.get(Month, "2026-10").closed_by == cast.ratna.id
    assert post(client, "/months/2026-11/close", {"confirmed": "y", "early": "y"}).status_code == 409
    assert post(sign_in(client, cast.farah), "/months/2026-11/close", {"confirmed": "y"}).status_code == 403


def test_the_admin_releases_a_month_with_a_reason(client, cast):
    sign_in(client, cast.ratna)
    assert post(client, "/months/2026-10/release", {"reason": ""}).status_code == 302
    assert db.session.get(MonthRelease, "2026-10") is None
    assert post(client, "/months/2026-10/release", {"reason": "BPJS terlambat"}).status_code == 302
    assert db.session.get(MonthRelease, "2026-10").reason == "BPJS terlambat"
    assert "BPJS terlambat" in client.get("/months/2026-10").get_data(as_text=True)
    assert post(client, "/months/2026-09/release", {"reason": "lagi"}).status_code == 409


def test_with_the_extract_nothing_blocks(client, cast):
    make_import(date(2026, 10, 31))
    rows = {row.month: (row.status, row.blocker) for row in list_status(at=clock.now())}
    assert rows == {
        "2026-09": ("closed", None),
        "2026-10": ("open", None),
        "2026-11": ("open", "earlier_open"),
    }
    assert "Siap ditutup" in sign_in(client, cast.farah).get("/months").get_data(as_text=True)
