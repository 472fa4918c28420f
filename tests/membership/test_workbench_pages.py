"""The validator's workbench: lists of cases, and a page on which each is decided (no JavaScript)."""

import re
from datetime import date

import pytest
from cast import make_cast
from extracts import NIK, again, apply, make_nik, participant, row, siti
from factories import make_cadre
from signing_in import post, sign_in
from sqlalchemy import select

from portal.database.extensions import db
from portal.membership.models import Contribution, ContributionConflict


def text(answer) -> str:
    return answer.get_data(as_text=True)


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

    page = text(client.get("/extracts/conflicts"))
    assert re.search(r"<h3>Tersimpan</h3>.*Rp16\.800.*<h3>Data per", page, re.DOTALL)
    assert re.findall(r"<mark>(.*?)<span", page) == ["Rp20.000"]
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


def test_a_cadre_opens_no_workbench(app, client):
    cadre = make_cadre()
    sign_in(client, cadre)

    for address in ("/extracts", "/extracts/signups", "/disputes", "/extracts/conflicts"):
        assert client.get(address).status_code == 403
