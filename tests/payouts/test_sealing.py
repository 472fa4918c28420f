"""An account number is sealed for its row: copied to another row it does not open."""

import pytest
from by_hand import unguarded
from migrating import Migrated
from paying import NOW, approve, export, payouts_of, prepare, record
from sqlalchemy import text

from portal import vault
from portal.cadres.queries.bank_accounts import find_account, open_account
from portal.cadres.services.bank_accounts import enter_account
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.payouts.formats import Result
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.batches import open_payment


def test_a_sealed_number_carried_to_another_account_does_not_open(cast, statements, database):
    marlina, herman = (find_account(cadre.id) for cadre in (cast.marlina, cast.herman))
    assert open_account(herman) == f"00123400{cast.herman.id:04}"

    unguarded(
        database,
        "UPDATE bank_accounts SET account_sealed = (SELECT account_sealed FROM bank_accounts WHERE id = :one),"
        " account_hash = (SELECT account_hash FROM bank_accounts WHERE id = :one) WHERE id = :other",
        one=marlina.id,
        other=herman.id,
    )

    with pytest.raises(vault.VaultError, match="belongs to another place"):
        open_account(find_account(cast.herman.id))


def test_a_sealed_number_carried_to_another_payment_does_not_open(cast, statements, database):
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    rows = payouts_of(batch_id)
    unguarded(
        database,
        "UPDATE payouts SET account_sealed = (SELECT account_sealed FROM payouts WHERE id = :one),"
        " account_tail = (SELECT account_tail FROM payouts WHERE id = :one) WHERE id = :other",
        one=rows[statements["K-MARLINA"]].id,
        other=rows[statements["K-HERMAN"]].id,
    )

    with pytest.raises(vault.VaultError):
        open_payment(payouts_of(batch_id)[statements["K-HERMAN"]])
    with pytest.raises(vault.VaultError):
        export(cast, batch_id)


def test_an_account_and_its_payment_are_sealed_apart(cast, statements):
    batch_id = prepare(cast).id
    payment = payouts_of(batch_id)[statements["K-HERMAN"]]
    account = find_account(cast.herman.id)

    assert payment.bank_account_id == account.id
    assert payment.account_sealed != account.account_sealed
    assert open_payment(payment) == open_account(account)


def test_an_account_that_was_entered_opens_where_it_is(cast):
    account = enter_account(
        cadre_id=cast.marlina.id,
        bank_code="014",
        account="0012 3400 9999",
        holder="Marlina  Agustina",
        by=Signature(cast.actor("ratna"), NOW),
    )

    assert open_account(account) == "001234009999"


@pytest.mark.slow
def test_rows_of_an_older_portal_are_sealed_for_their_row_by_the_upgrade(cast, statements, database):
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    content = export(cast, batch_id).content
    rows = payouts_of(batch_id)
    farah, herman = cast.actor("farah"), cast.herman.id
    failed, paid = (rows[statements[code]].reference for code in ("K-HERMAN", "K-MARLINA"))
    record(cast, batch_id, Result(failed, "failed", "Rekening tujuan sudah ditutup"), Result(paid, "paid"))

    migrated = Migrated(database)
    migrated.down("0006_accounts")
    sealed = db.session.execute(text("SELECT account_sealed FROM payouts")).scalars().all()
    numbers = {vault.unseal(blob) for blob in sealed}
    migrated.up("head")

    stored = db.session.query(Payout).filter_by(batch_id=batch_id).all()
    assert {open_payment(row) for row in stored} == numbers
    assert {row.bank_account_id for row in stored} == set(
        db.session.execute(text("SELECT id FROM bank_accounts")).scalars()
    )
    assert {row.reference: row.failure_kind for row in stored} == {failed: "account", paid: None}
    assert open_account(find_account(herman)) in numbers
    assert db.session.get(PayoutBatch, batch_id).status == "settled"
    from portal.payouts.services.exporting import export_batch

    assert export_batch(batch_id=batch_id, by=Signature(farah, NOW)).content == content
