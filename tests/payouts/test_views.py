"""The finance officer's pages, from what is payable to a settled batch; the auditor reads."""

import io
import re

import pytest
from flask import g
from paying import OCTOBER, make_account, make_payday, make_statements, payouts_of, prepare, record, sent
from signing_in import post, sign_in

from portal.database.extensions import db
from portal.payouts.formats import Result
from portal.payouts.models import PayoutBatch


@pytest.fixture
def statements(cast):
    make_account(cast.yosef)
    return make_payday(cast) | make_statements([(cast.yosef, 61_000)], "2026-11")


def act(client, url: str, data: dict | None = None, **options):
    """POST as this client's person: two clients of one test share the application context and its memory."""
    g.pop("_login_user", None)
    return post(client, url, data, **options)


def page(client, url: str) -> str:
    g.pop("_login_user", None)
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


def test_two_officers_bring_october_to_the_bank_by_clicking(app, cast, statements):
    farah, omar = sign_in(app.test_client(), cast.farah), sign_in(app.test_client(), cast.omar)
    first = page(farah, "/payouts")
    assert "1.050.350" in first
    assert "Rekening belum diverifikasi" in first
    assert "Rp61.000" in first

    answer = act(farah, "/payouts/prepare", {"month_until": OCTOBER})
    url = answer.headers["Location"]
    own = page(farah, url)
    assert "Perlu orang kedua" in own
    assert f"{url}/approve" not in own

    assert "Setujui Rp1.050.350" in page(omar, url)
    assert act(omar, f"{url}/approve", {"version": 1}).status_code == 302
    file = act(farah, f"{url}/export")
    assert file.mimetype == "text/csv"
    assert file.headers["Content-Disposition"] == 'attachment; filename="PC-2026-0001.csv"'
    assert file.headers["Cache-Control"] == "no-store"
    assert file.data.count(b"\n") == 4

    references = re.findall(rb"^PK\w+", file.data, re.MULTILINE)
    assert (
        act(
            farah, f"{url}/record_result", {"reference": references[0].decode(), "status": "paid"}
        ).status_code
        == 302
    )
    upload = b"reference,status,reason\n" + references[1] + b",failed,Rekening ditutup\n"
    answer = act(farah, f"{url}/record_result", {"file": (io.BytesIO(upload), "hasil.csv")})
    assert answer.status_code == 302
    done = page(farah, url)
    assert "Bank: Rekening ditutup" in done
    assert "daftar ini selesai" in done


def test_a_result_file_with_bad_lines_is_answered_with_the_lines(client, cast, statements):
    batch_id = sent(cast)
    sign_in(client, cast.farah)
    upload = (io.BytesIO(b"reference,status,reason\nPK1,mungkin,\n"), "hasil.csv")

    answer = post(client, f"/payouts/{batch_id}/record_result", {"file": upload})

    assert answer.status_code == 409
    assert "Baris 2" in answer.text
    assert {row.status for row in payouts_of(batch_id).values()} == {"in_batch"}


def test_a_result_file_is_asked_for(client, cast, statements):
    batch_id = sent(cast)
    sign_in(client, cast.farah)

    answer = post(client, f"/payouts/{batch_id}/record_result", {"file": (io.BytesIO(b""), "")})

    assert answer.status_code == 400


def test_all_waiting_payments_are_paid_with_one_button(client, cast, statements):
    batch_id = sent(cast)
    sign_in(client, cast.farah)

    post(client, f"/payouts/{batch_id}/record_result", {"all": "paid"})

    assert {row.status for row in payouts_of(batch_id).values()} == {"paid"}
    assert (
        "sudah tercatat"
        in post(client, f"/payouts/{batch_id}/record_result", {"all": "paid"}, follow_redirects=True).text
    )


def test_a_rejected_batch_shows_who_and_why(app, cast, statements):
    batch_id = prepare(cast).id
    omar = sign_in(app.test_client(), cast.omar)

    assert (
        "Tulis alasan" in act(omar, f"/payouts/{batch_id}/reject", {"reason": ""}, follow_redirects=True).text
    )
    act(omar, f"/payouts/{batch_id}/reject", {"reason": "Rekening Herman keliru", "version": 1})

    text = page(sign_in(app.test_client(), cast.farah), f"/payouts/{batch_id}")
    assert "Rekening Herman keliru" in text
    assert "Ditolak Omar Hidayat" in text


def test_a_row_held_since_is_shown_to_the_approver_in_place_of_the_button(client, cast, statements):
    batch_id = prepare(cast).id
    make_account(cast.herman, number="998877665544")
    sign_in(client, cast.omar)

    text = page(client, f"/payouts/{batch_id}")
    assert "Herman Sawiran (K-HERMAN): Rekening belum diverifikasi" in text
    assert f"/payouts/{batch_id}/approve" not in text
    answer = post(client, f"/payouts/{batch_id}/approve", {"version": 1})
    assert answer.status_code == 409
    assert "Herman Sawiran" in answer.text


def test_the_auditor_reads_and_gets_no_button(client, cast, statements):
    batch_id = sent(cast)
    sign_in(client, cast.agus)

    for url in ("/payouts", "/payouts/held", f"/payouts/{batch_id}"):
        assert "/payouts/prepare" not in page(client, url)
    assert "record_result" not in page(client, f"/payouts/{batch_id}")
    for url in ("prepare", f"{batch_id}/approve", f"{batch_id}/export", f"{batch_id}/record_result"):
        assert post(client, f"/payouts/{url}").status_code == 403


def test_no_page_shows_a_whole_account_number(client, cast, statements):
    batch_id = sent(cast)
    sign_in(client, cast.farah)

    for url in ("/payouts", "/payouts/held", f"/payouts/{batch_id}"):
        text = page(client, url)
        assert "00123400" not in text
    assert f"••••{cast.marlina.id:04}" in text


def test_empty_pages_say_what_comes_next(client, cast):
    sign_in(client, cast.farah)

    text = page(client, "/payouts")
    assert "Tidak ada yang menunggu dicairkan" in text
    assert "Belum ada daftar pencairan" in text
    assert "Tidak ada yang ditahan" in page(client, "/payouts/held")


def test_held_payments_can_be_read_by_reason(client, cast, statements):
    sign_in(client, cast.farah)

    assert "Yosef Wanggai" in page(client, "/payouts/held?reason=held.account_unverified")
    assert "Yosef Wanggai" not in page(client, "/payouts/held?reason=held.no_account")


def test_rows_of_a_batch_can_be_read_by_status(client, cast, statements):
    batch_id = sent(cast)
    sign_in(client, cast.agus)

    assert "Herman Sawiran" in page(client, f"/payouts/{batch_id}?status=in_batch")
    assert "Tidak ada pembayaran dengan status ini" in page(client, f"/payouts/{batch_id}?status=failed")


def test_a_batch_that_does_not_exist_is_not_found(client, cast):
    sign_in(client, cast.farah)

    assert client.get("/payouts/99").status_code == 404
    assert db.session.query(PayoutBatch).count() == 0
    assert (
        post(client, "/payouts/prepare", {"month_until": OCTOBER}, follow_redirects=True).status_code == 200
    )


def test_the_cadre_follows_the_own_money_to_the_account(app, cast, statements):
    marlina = sign_in(app.test_client(), cast.marlina)
    waiting = page(marlina, "/statements/2026-10")
    assert waiting.index("Persetujuan") < waiting.index("menunggu")

    batch_id = sent(cast)
    assert "berjalan ke bank" in page(marlina, "/statements/2026-10")

    row = payouts_of(batch_id)[statements["K-MARLINA"]]
    record(cast, batch_id, Result(row.reference, "failed", "Rekening ditutup"))
    assert "Rekening ditutup" in page(marlina, "/statements/2026-10")

    make_account(cast.marlina, number="998877665544")
    text = page(marlina, "/statements/2026-10")
    assert "Ditahan" in text
    assert "Rekening belum diverifikasi" in text
