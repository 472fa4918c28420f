"""The pages of an upload: an extract is looked at, then applied; a refused one says why (no JavaScript)."""

import io
import re
from datetime import datetime

import pytest
from cast import make_cast
from extracts import again, participant, row, siti, write
from signing_in import post, sign_in
from sqlalchemy import select

from portal import clock, storage
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.jobs import Job
from portal.membership.models import ExtractImport
from portal.scheduler import run_waiting_jobs


def text(answer) -> str:
    return answer.get_data(as_text=True)


def upload(client, *rows):
    file = (io.BytesIO(write(*rows).read_bytes()), "bpu.csv")
    return post(
        client, "/extracts/upload", {"file": file, "as_of": "2026-10-31"}, content_type="multipart/form-data"
    )


def newest() -> ExtractImport:
    query = select(ExtractImport).order_by(ExtractImport.id.desc()).limit(1)
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one()


@pytest.mark.slow
def test_a_validator_uploads_sees_applies_and_confirms(app, client):
    cast = make_cast()
    signup = siti(cadre_id=cast.marlina.id)
    sign_in(client, cast.vera)

    assert client.get("/extracts").status_code == 200
    answer = upload(client, row())
    number = newest().id
    assert answer.location.endswith(f"/extracts/{number}")
    page = text(client.get(f"/extracts/{number}"))
    assert "Terapkan" in page
    assert again(signup).status == "reported"
    stored = newest().stored_name

    applied = post(client, f"/extracts/{number}/apply", follow_redirects=True)
    assert "Sekarang sahkan pendaftaran yang cocok" in text(applied)
    assert again(signup).status == "matched"
    assert "Sahkan 1 pendaftaran" in text(client.get(f"/extracts/{number}"))
    assert not storage.path_of(stored).exists()
    post(client, "/extracts/confirm")

    assert again(signup).status == "validated"


def test_after_a_file_with_nothing_but_differences_they_are_what_is_next(app, client):
    sign_in(client, make_cast().vera)
    upload(client, row())
    first = text(post(client, f"/extracts/{newest().id}/apply", follow_redirects=True))
    assert "Tidak ada pendaftaran yang perlu disahkan sekarang" in first
    assert "/extracts/conflicts" not in first

    upload(client, row(amount=36800))
    number = newest().id
    assert "/extracts/conflicts" not in text(client.get(f"/extracts/{number}"))
    page = text(post(client, f"/extracts/{number}/apply", follow_redirects=True))

    assert "1 baris berbeda dari yang tersimpan: putuskan mana yang berlaku" in page
    assert "sahkan pendaftaran" not in page
    assert re.search(r'href="/extracts/conflicts"[^<]*<.*Berbeda dari yang tersimpan', page)


def test_bad_rows_are_shown_and_stop_the_application_unless_skipped(app, client):
    cast = make_cast()
    sign_in(client, cast.vera)
    upload(client, row(), row(nik="123"))
    number = newest().id

    assert "NIK berisi 3 angka" in text(client.get(f"/extracts/{number}"))
    refused = post(client, f"/extracts/{number}/apply")
    assert refused.status_code == 409
    assert participant() is None
    step = text(refused).partition('id="next"')[2]
    assert "Centang ini untuk melewati 1 baris yang salah" in step
    assert 'aria-describedby="skip_bad-error"' in step
    assert "NIK berisi 3 angka" in text(refused)
    post(client, f"/extracts/{number}/apply", {"skip_bad": "y"})

    assert participant() is not None


@pytest.mark.parametrize(
    ("clock_at", "day"),
    [("2026-11-22T16:30:00+00:00", "2026-11-22"), ("2026-11-22T17:30:00+00:00", "2026-11-23")],
)
def test_the_day_of_the_data_is_preset_to_today_where_the_validator_is(app, client, clock_at, day):
    clock.configure(datetime.fromisoformat(clock_at))
    sign_in(client, make_cast().vera)

    assert re.search(rf'name="as_of"[^>]*value="{day}"', text(client.get("/extracts")))


@pytest.mark.parametrize(
    ("data", "as_of", "words", "place"),
    [
        (b"NIK", "2099-01-31", "2099", "as_of-error"),
        (b"", "2026-10-31", "kosong", "file-error"),
        (None, "2026-10-31", "Pilih berkas", "file-error"),
    ],
)
def test_an_upload_that_is_refused_keeps_the_day_and_says_it_at_the_field(
    app, client, data, as_of, words, place
):
    sign_in(client, make_cast().vera)
    file = {} if data is None else {"file": (io.BytesIO(data), "bpu.csv")}

    answer = post(client, "/extracts/upload", file | {"as_of": as_of}, content_type="multipart/form-data")

    assert answer.status_code in {409, 422}
    page = text(answer)
    assert f'value="{as_of}"' in page
    assert words in page.partition(f'id="{place}"')[2][:400]
    assert newest_or_none() is None


def newest_or_none():
    return db.session.execute(select(ExtractImport.id)).scalar_one_or_none()


def test_a_refused_file_says_why_and_is_not_kept(app, client):
    cast = make_cast()
    sign_in(client, cast.vera)
    upload(client, *(row(nik=f"16710145078500{n}0", kpj="") for n in range(10, 16)))

    found = newest()

    assert (found.status, found.stored_name) == ("refused", None)
    assert "dibulatkan" in text(client.get(f"/extracts/{found.id}"))


def test_a_large_file_becomes_a_job_that_the_scheduler_runs(app, client, monkeypatch):
    monkeypatch.setattr("portal.membership.services.uploading.LARGE", 100)

    cast = make_cast()
    sign_in(client, cast.vera)
    upload(client, row())
    number = newest().id
    job = db.session.execute(select(Job)).scalar_one()
    assert 'http-equiv="refresh"' in text(client.get(f"/extracts/{number}"))

    run_waiting_jobs()
    db.session.rollback()
    assert (newest().status, db.session.get(Job, job.id).status) == ("previewed", "done")
    post(client, f"/extracts/{number}/apply")
    assert participant() is None
    run_waiting_jobs()
    db.session.rollback()

    assert newest().status == "applied"
    assert participant() is not None


def test_an_upload_can_be_thrown_away(app, client):
    cast = make_cast()
    sign_in(client, cast.vera)
    upload(client, row())

    post(client, f"/extracts/{newest().id}/discard")

    assert newest().status == "discarded"
    assert post(client, f"/extracts/{newest().id}/apply").status_code == 409


def test_an_upload_whose_application_broke_off_says_so_and_goes_on(app, client):
    cast = make_cast()
    signup = siti(cadre_id=cast.marlina.id)
    sign_in(client, cast.vera)
    upload(client, row())
    with transaction():
        begun = newest()
        mark = {"known": 0, "renamed": 0, "updated": 0}
        begun.counts, begun.applied_at = {**begun.counts, "unfinished": mark}, clock.now()
    number = newest().id

    page = text(client.get(f"/extracts/{number}"))
    assert "Penerapan belum selesai" in page
    assert "Buang berkas ini" not in page
    post(client, f"/extracts/{number}/discard")
    assert newest().status == "previewed"

    post(client, f"/extracts/{number}/apply")
    assert (newest().status, again(signup).status) == ("applied", "matched")
    assert "unfinished" not in newest().counts
