"""The validator's workbench and the cadre's participants, as pages (no JavaScript)."""

import io
import re
from datetime import date, datetime

import pytest
from cast import make_cast
from extracts import NIK, again, apply, make_nik, participant, row, siti, unpaid, write
from factories import make_cadre
from signing_in import post, sign_in
from sqlalchemy import select

from portal import clock, storage
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.jobs import Job, finish
from portal.membership.models import Contribution, ContributionConflict, ExtractImport
from portal.membership.services.jobs import RUNNERS


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

    post(client, f"/extracts/{number}/apply")
    assert again(signup).status == "matched"
    assert "Sahkan 1 pendaftaran" in text(client.get(f"/extracts/{number}"))
    assert not storage.path_of(stored).exists()
    post(client, "/extracts/confirm")

    assert again(signup).status == "validated"


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
    from portal import clock

    monkeypatch.setattr("portal.membership.services.uploading.LARGE", 100)

    cast = make_cast()
    sign_in(client, cast.vera)
    upload(client, row())
    number = newest().id
    job = db.session.execute(select(Job)).scalar_one()
    assert 'http-equiv="refresh"' in text(client.get(f"/extracts/{number}"))

    with transaction():
        RUNNERS[job.kind](db.session.get(Job, job.id), clock.now(), lambda rows: None)
        finish(job.id, at=clock.now(), result=None)
    assert newest().status == "previewed"
    post(client, f"/extracts/{number}/apply")
    assert participant() is None
    with transaction():
        job = db.session.get(Job, newest().job_id)
        RUNNERS[job.kind](job, clock.now(), lambda rows: None)

    assert newest().status == "applied"
    assert participant() is not None


def test_an_upload_can_be_thrown_away(app, client):
    cast = make_cast()
    sign_in(client, cast.vera)
    upload(client, row())

    post(client, f"/extracts/{newest().id}/discard")

    assert newest().status == "discarded"
    assert post(client, f"/extracts/{newest().id}/apply").status_code == 409


def test_a_held_sign_up_is_decided_beside_its_candidate(app, client):
    cast = make_cast()
    signup = siti(cadre_id=cast.marlina.id, name="Bambang")
    apply(row())
    sign_in(client, cast.vera)

    assert "Bambang" in text(client.get("/extracts/signups?group=held"))
    page = text(client.get(f"/extracts/signups/{signup.id}"))
    assert "SITI AMINAH" in page
    assert NIK not in page
    post(
        client,
        f"/extracts/signups/{signup.id}/match",
        {"participant_id": participant().id, "reason": "Nama panggilan", "version": again(signup).version},
    )

    assert again(signup).status == "validated"


def test_every_list_opens(app, client):
    cast = make_cast()
    sign_in(client, cast.vera)
    for nik, more in ((NIK, {}), (make_nik(serial=71), {"status": "expired", "is_live": False})):
        siti(cadre_id=cast.marlina.id, nik=nik, **more)
    for group in ("ready", "held", "unpaid", "unknown", "disputed", "expired", "validated", "rejected"):
        assert client.get(f"/extracts/signups?group={group}").status_code == 200


@pytest.mark.parametrize("act", ["match", "unmatch", "reject", "withdraw"])
def test_a_decision_without_a_reason_changes_nothing(app, client, act):
    cast = make_cast()
    signup = siti(cadre_id=cast.marlina.id)
    sign_in(client, cast.vera)

    post(client, f"/extracts/signups/{signup.id}/{act}", {"participant_id": 1})

    assert again(signup).status == "reported"


def test_matches_are_confirmed_refused_and_withdrawn_singly(app, client):
    cast = make_cast()
    signup, other = siti(cadre_id=cast.marlina.id), siti(cadre_id=cast.marlina.id, nik=make_nik(serial=71))
    unknown = siti(cadre_id=cast.marlina.id, nik=make_nik(serial=72))
    apply(row(), row(nik=make_nik(serial=71), kpj=""), confirm=False)
    sign_in(client, cast.vera)

    post(client, f"/extracts/signups/{signup.id}/validate", {"version": again(signup).version})
    post(client, f"/extracts/signups/{other.id}/unmatch", {"reason": "Orang lain"})
    post(
        client,
        f"/extracts/signups/{unknown.id}/reject",
        {"reason": "Tidak terbukti", "code": "not_confirmed"},
    )
    assert [again(one).status for one in (signup, other, unknown)] == ["validated", "reported", "rejected"]
    post(client, f"/extracts/signups/{signup.id}/withdraw", {"reason": "Salah orang", "kind": "wrong_match"})

    assert again(signup).withdrawn == "wrong_match"


def test_a_double_claim_is_decided_side_by_side(app, client):
    cast = make_cast()
    first = siti(cadre_id=cast.marlina.id, status="disputed")
    second = siti(cadre_id=cast.herman.id, status="disputed")
    sign_in(client, cast.vera)

    page = text(client.get("/disputes"))
    assert "Marlina Agustina" in page
    assert "Herman Sawiran" in page
    post(client, f"/disputes/{second.id}/decide", {"reason": "Melapor lebih dulu"})

    assert [again(one).status for one in (first, second)] == ["rejected", "reported"]


def test_a_conflicting_row_is_decided(app, client):
    cast = make_cast()
    apply(row())
    apply(row(amount=20000), as_of=date(2026, 11, 1))
    conflict = db.session.execute(select(ContributionConflict)).scalar_one()
    sign_in(client, cast.vera)

    assert "Rp20.000" in text(client.get("/extracts/conflicts"))
    post(client, f"/extracts/conflicts/{conflict.id}/decide", {"decision": "accept", "reason": "Surat BPJS"})

    assert db.session.execute(select(Contribution.amount)).scalar_one() == 20000
    assert "Surat BPJS" in text(client.get("/extracts/conflicts?status=accepted"))


def test_two_rows_of_one_file_are_shown_with_all_that_differs(app, client):
    cast = make_cast()
    apply(row(), row(payer="donatur", pack="JKK,JKM,JHT"))
    sign_in(client, cast.vera)

    page = text(client.get("/extracts/conflicts"))

    assert "donatur" in page
    assert "JKK, JKM, JHT" in page
    assert page.count("file yang sama memuat lebih dari satu baris untuk bulan ini") == 2


def test_a_whole_nik_is_shown_once_for_a_purpose(app, client):
    cast = make_cast()
    signup = siti(cadre_id=cast.marlina.id)
    sign_in(client, cast.vera)

    answer = post(client, f"/extracts/signups/{signup.id}/reveal-nik", {"purpose": "mencocokkan kartu"})

    assert NIK in text(answer)
    assert NIK not in text(client.get(f"/extracts/signups/{signup.id}"))


def test_a_cadre_sees_the_own_participants_and_what_became_of_each_sign_up(app, client):
    from portal import vault

    cast = make_cast()
    phone = vault.seal("+6281277441903")
    siti(cadre_id=cast.marlina.id, phone_sealed=phone)
    siti(cadre_id=cast.marlina.id, nik=make_nik(serial=71), name="Rini Astuti")
    siti(cadre_id=cast.herman.id, nik=make_nik(serial=72), name="Orang Lain")
    apply(row(), row(nik=make_nik(serial=72), kpj="", name="ORANG LAIN"))
    apply(unpaid(nik=make_nik(serial=98), kpj="", registered="2026-01-01"), as_of=date(2026, 11, 20))
    sign_in(client, cast.marlina)

    page = text(client.get("/participants"))

    assert "Siti Aminah" in page
    assert "Rini Astuti" in page
    assert "Orang Lain" not in page
    assert NIK not in page
    assert "081277441903" not in page


def test_who_is_in_grace_gets_a_reminder_by_whatsapp(app, client):
    from portal import vault

    cast = make_cast()
    siti(cadre_id=cast.marlina.id, reported_on=date(2026, 8, 3), phone_sealed=vault.seal("+6281277441903"))
    apply(row(registered="2026-08-03", paid="2026-08-03", blth="2026-08"))
    sign_in(client, cast.marlina)

    page = text(client.get("/participants?status=grace"))

    assert "https://wa.me/6281277441903?text=" in page


def test_a_cadre_without_participants_is_told_how_they_come(app, client):
    cadre = make_cadre()
    sign_in(client, cadre)

    assert "Belum ada peserta binaan" in text(client.get("/participants"))


def test_a_cadre_opens_no_workbench(app, client):
    cadre = make_cadre()
    sign_in(client, cadre)

    for address in ("/extracts", "/extracts/signups", "/disputes", "/extracts/conflicts"):
        assert client.get(address).status_code == 403
