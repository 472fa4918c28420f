"""An account that a bank refused is held until somebody confirms or changes it (rules.md 8.4)."""

import pytest
from paying import (
    DAY,
    NOW,
    approve,
    change_account,
    confirm,
    make_account,
    make_statements,
    payouts_of,
    prepare,
    refuse,
    status_of,
    verify,
)
from signing_in import post, sign_in
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.cadres.queries.bank_accounts import find_account
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.payouts.formats import Result
from portal.payouts.services.confirming import confirm_account
from portal.payouts.services.exporting import export_batch
from portal.payouts.services.recording import record_result


def test_a_payment_that_failed_for_the_accounts_sake_is_held_until_the_account_is_confirmed(cast, statements):
    refuse(cast, statements, "K-HERMAN")
    assert status_of(statements, "K-HERMAN", NOW + 30 * DAY)[:2] == ("held", "held.account_failed")
    with pytest.raises(RuleBroken, match=r"payouts\.nothing_payable"):
        prepare(cast, at=NOW + DAY)

    confirm(cast, cast.herman, "herman")

    assert status_of(statements, "K-HERMAN", NOW + DAY)[:2] == ("failed", "Rekening tutup")
    assert prepare(cast, at=NOW + DAY).payments == 1
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "account.confirmed")).one()
    assert (event.actor_id, event.subject_id) == (cast.herman.user_id, str(find_account(cast.herman.id).id))


def test_a_payment_that_failed_for_the_accounts_sake_goes_to_a_changed_account(cast, statements):
    refuse(cast, statements, "K-HERMAN")
    change_account(cast, cast.herman, at=NOW + DAY)
    assert status_of(statements, "K-HERMAN", NOW + DAY)[:2] == ("held", "held.account_unverified")

    verify(cast, cast.herman, at=NOW + DAY)

    assert status_of(statements, "K-HERMAN", NOW + 4 * DAY)[0] == "failed"
    batch = prepare(cast, at=NOW + 4 * DAY)
    assert [row.account_tail for row in payouts_of(batch.id).values()] == ["5544"]


def test_what_would_go_into_a_refused_account_is_held_with_it(cast, statements):
    november = make_statements([(cast.herman, 70_000)], "2026-11")
    refuse(cast, statements, "K-HERMAN")

    assert status_of(november, "K-HERMAN")[:2] == ("held", "held.account_failed")


def test_a_payment_that_failed_for_another_reason_is_payable_again(cast, statements):
    refuse(cast, statements, "K-HERMAN", "Gangguan jaringan")

    assert status_of(statements, "K-HERMAN")[:2] == ("failed", "Gangguan jaringan")
    assert prepare(cast).payments == 1


def test_a_refusal_after_the_confirmation_holds_again(cast, statements):
    refuse(cast, statements, "K-HERMAN")
    confirm(cast, cast.herman, "ratna", at=NOW)
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    with transaction():
        export_batch(batch_id=batch_id, by=Signature(cast.actor("farah"), NOW))
    row = next(iter(payouts_of(batch_id).values()))
    with transaction():
        record_result(
            batch_id=batch_id,
            results=[Result(row.reference, "failed", "Rekening tutup")],
            by=Signature(cast.actor("farah"), NOW + DAY),
        )

    assert status_of(statements, "K-HERMAN")[:2] == ("held", "held.account_failed")


@pytest.mark.parametrize("name", ["herman", "fahmi", "farah", "ratna"])
def test_the_cadre_and_the_office_may_confirm(cast, statements, name):
    refuse(cast, statements, "K-HERMAN")
    confirm(cast, cast.herman, name)
    confirm(cast, cast.herman, name)  # again changes nothing

    assert status_of(statements, "K-HERMAN")[0] == "failed"
    assert db.session.query(AuditEvent).filter_by(act="account.confirmed").count() == 1


@pytest.mark.parametrize("name", ["marlina", "debora", "vera", "agus"])
def test_nobody_else_confirms(cast, statements, name):
    refuse(cast, statements, "K-HERMAN")

    with pytest.raises(RuleBroken):
        confirm(cast, cast.herman, name)
    assert status_of(statements, "K-HERMAN")[0] == "held"


def test_an_account_that_no_bank_refused_needs_no_word(cast, statements):
    with pytest.raises(RuleBroken, match=r"account\.nothing_to_confirm"):
        confirm(cast, cast.herman, "herman")


def test_another_account_than_the_one_seen_is_not_confirmed(cast, statements):
    refuse(cast, statements, "K-HERMAN")
    seen = find_account(cast.herman.id).id
    change_account(cast, cast.herman)

    with pytest.raises(RuleBroken, match=r"people\.changed_meanwhile"), transaction():
        confirm_account(cadre_id=cast.herman.id, account_id=seen, by=Signature(cast.actor("herman"), NOW))


def test_the_cadre_gets_a_task_that_leads_to_the_way_out(client, cast, statements):
    sign_in(client, cast.herman)
    assert "Periksa rekening Anda" not in client.get("/").text
    refuse(cast, statements, "K-HERMAN")

    home = client.get("/").text
    assert "Periksa rekening Anda" in home
    assert 'href="/profile/account/check"' in home
    page = client.get("/profile/account/check").text
    assert "Kata bank: Rekening tutup" in page
    assert "Rp50.000 menunggu" in page
    account = find_account(cast.herman.id)
    answer = post(client, "/profile/account/confirm", {"account_id": account.id}, follow_redirects=True)
    assert "Rekening dinyatakan benar" in answer.text
    assert "Periksa rekening Anda" not in client.get("/").text
    assert "Tidak ada yang perlu diperiksa" in client.get("/profile/account/check").text


def test_the_office_sees_why_nothing_goes_into_an_account(client, cast, statements):
    refuse(cast, statements, "K-HERMAN")
    make_account(cast.marlina, number="998877665544", verified_by=cast.fahmi.id)
    sign_in(client, cast.farah)

    assert "Bank menolak rekening ini, Rp50.000 menunggu" in client.get(f"/cadres/{cast.herman.id}").text
    assert "Uang dikirim ke sini mulai" in client.get(f"/cadres/{cast.marlina.id}").text
    answer = post(
        client,
        f"/cadres/{cast.herman.id}/confirm-account",
        {"account_id": find_account(cast.herman.id).id},
        follow_redirects=True,
    )
    assert "Bank menolak rekening ini" not in answer.text
