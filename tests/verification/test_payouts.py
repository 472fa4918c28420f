"""Verify reports what somebody changed in accounts and payouts, with every guard of the database disabled."""

import pytest
from by_hand import unguarded
from cast import make_cast
from databases import make_config
from paying import (
    NOW,
    approve,
    drop,
    export,
    make_payday,
    make_statements,
    payouts_of,
    prepare,
    record,
    reject,
)
from sqlalchemy import select, text
from verification.opened import World

from portal import vault
from portal.app import create_app
from portal.audit import AuditEvent
from portal.cadres.queries.bank_accounts import find_account
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.payouts.formats import Result
from portal.payouts.queries.batches import get_batch, seal_payment
from portal.payouts.services.confirming import confirm_account
from portal.verification.queries import CHECKS


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def statements(cast):
    return make_payday(cast)


def found() -> set[tuple[str, str]]:
    """List what the checks of payouts find: check and words."""
    db.session.expire_all()
    mine = {name: check for name, check in CHECKS.items() if name.startswith("payouts.")}
    return {(name, one.what) for name, check in mine.items() for one in check()}


@pytest.fixture
def history(cast, statements):
    """Go through everything: rejected, dropped, paid, failed, confirmed, prepared again; return the ids by name."""
    reject(cast, prepare(cast).id)
    batch = prepare(cast)
    dropped = payouts_of(batch.id)[statements["K-HERMAN"]]
    drop(cast, batch.id, dropped.reference, by="farah")
    approve(cast, batch.id)
    export(cast, batch.id)
    record(cast, batch.id, *(Result(row.reference, "paid") for row in payouts_of(batch.id).values()
                             if row.status == "in_batch"))  # fmt: skip
    second = prepare(cast)
    approve(cast, second.id)
    export(cast, second.id)
    record(cast, second.id, *(Result(row.reference, "failed", "Rekening tutup")
                              for row in payouts_of(second.id).values()))  # fmt: skip
    account = find_account(cast.herman.id)
    with transaction():
        confirm_account(
            cadre_id=cast.herman.id, account_id=account.id, by=Signature(cast.actor("herman"), NOW)
        )
    make_statements([(cast.marlina, 20_000), (cast.herman, 30_000)], "2026-11")
    third = prepare(cast, month_until="2026-11")
    drop(cast, third.id, payouts_of(third.id)[statements["K-HERMAN"]].reference, by="farah")
    approve(cast, third.id)
    return cast


def test_an_untouched_history_has_no_findings(history):
    assert found() == set()


FIRST = "WHERE id = (SELECT MIN(id) FROM payouts WHERE status = '{}')"
EVENTS = "DELETE FROM audit_events WHERE act = '{}'"
TAMPERINGS = [
    ("UPDATE payout_batches SET total = total + 1 WHERE status = 'approved'", "a batch's count or total is not"),
    ("UPDATE payout_batches SET payments = 9 WHERE status = 'settled'", "a batch's count or total is not"),
    ("UPDATE payouts SET status = 'paid', is_live = true " + FIRST.format("failed"), "a payment's result is not"),
    ("UPDATE payouts SET status = 'failed', is_live = false " + FIRST.format("paid"), "a payment's result is not"),
    ("UPDATE payouts SET status = 'dissolved', is_live = false " + FIRST.format("in_batch"),
     "a payment is dissolved though its batch"),
    ("UPDATE payouts SET dropped_at = NULL, dropped_by = NULL WHERE dropped_at IS NOT NULL",
     "a payment is dissolved though its batch"),
    ("UPDATE payouts SET status = 'in_batch', is_live = true " + FIRST.format("paid"),
     "a batch is settled while a payment waits"),
    ("UPDATE payouts SET status = 'paid', settled_by = {farah}, settled_at = '2026-11-22' " + FIRST.format("in_batch"),
     "a payment of a batch that nobody approved and exported"),
    ("UPDATE payouts SET settled_by = {vera} " + FIRST.format("paid"), "paid or failed without a recorded result"),
    ("UPDATE payouts SET settled_at = '2026-11-21' " + FIRST.format("failed"), "paid or failed without a recorded"),
    ("UPDATE payouts SET amount = amount + 1 " + FIRST.format("in_batch"), "a payment is not what its statement says"),
    ("UPDATE payouts SET cadre_id = {marlina} WHERE cadre_id = {herman} AND status = 'in_batch'",
     "a payment is not what its statement says"),
    ("UPDATE payouts SET reference = 'PK2610X' " + FIRST.format("paid"), "a payment has another reference"),
    ("UPDATE payouts SET account_sealed = (SELECT account_sealed FROM bank_accounts WHERE cadre_id = {herman}) "
     + FIRST.format("in_batch"), "a payment's account number does not open"),
    ("UPDATE payouts SET account_sealed = (SELECT q.account_sealed FROM payouts q WHERE q.id ="
     " (SELECT MAX(id) FROM payouts)) " + FIRST.format("in_batch"), "a payment's account number does not open"),
    ("UPDATE payouts SET bank_code = '002' " + FIRST.format("in_batch"), "a payment's account number does not open"),
    ("UPDATE payouts SET holder = 'ORANG LAIN' " + FIRST.format("in_batch"), "a payment's account number does not open"),
    ("UPDATE payouts SET account_tail = '0000' " + FIRST.format("in_batch"), "a payment's last digits are not"),
    ("UPDATE payouts SET bank_account_id = (SELECT MIN(id) + MAX(id) - bank_account_id FROM bank_accounts) "
     + FIRST.format("in_batch"), "a payment goes to another account"),
    ("UPDATE payout_batches SET file_sha256 = 'x' WHERE status = 'approved'", "a batch no longer gives the bank file"),
    ("UPDATE payout_batches SET file_sha256 = NULL WHERE status = 'settled'", "a batch went out without the hash"),
    ("UPDATE payout_batches SET prepared_by = {omar}, approved_by = {farah} WHERE status = 'approved'",
     "nothing in the audit trail stands behind approved"),
    ("UPDATE payout_batches SET approved_by = {vera} WHERE status = 'settled'",
     "nothing in the audit trail stands behind approved"),
    ("UPDATE payout_batches SET approved_at = '2026-11-23' WHERE status = 'settled'",
     "nothing in the audit trail stands behind approved"),
    ("UPDATE payout_batches SET rejected_by = {vera} WHERE status = 'rejected'",
     "nothing in the audit trail stands behind rejected"),
    ("UPDATE payout_batches SET exported_at = '2026-11-23' WHERE status = 'approved'",
     "nothing in the audit trail stands behind exported"),
    ("UPDATE payouts SET dropped_by = {vera} WHERE dropped_by IS NOT NULL",
     "nothing in the audit trail stands behind dropped"),
    (EVENTS.format("payout_batch.prepared"), "nothing in the audit trail stands behind prepared"),
    (EVENTS.format("payout_batch.approved"), "nothing in the audit trail stands behind approved"),
    (EVENTS.format("payout_batch.settled"), "nothing in the audit trail stands behind settled"),
    (EVENTS.format("payout_batch.result_recorded"), "paid or failed without a recorded result"),
    (EVENTS.format("payout.dropped"), "nothing in the audit trail stands behind dropped"),
    (EVENTS.format("account.verified"), "nothing in the audit trail stands behind verified"),
    (EVENTS.format("account.entered"), "nothing in the audit trail stands behind entered"),
    (EVENTS.format("account.confirmed"), "nothing in the audit trail stands behind confirmed"),
    ("UPDATE bank_accounts SET verified_by = {vera}", "nothing in the audit trail stands behind verified"),
    ("UPDATE bank_accounts SET confirmed_at = '2026-11-29' WHERE confirmed_by IS NOT NULL",
     "nothing in the audit trail stands behind confirmed"),
    ("UPDATE bank_accounts SET imported_verified = true", "no import stands behind an account"),
    ("UPDATE bank_accounts SET verified_by = NULL, verified_at = NULL", "a payment went out into an account that nobody"),
    ("UPDATE bank_accounts SET verified_at = '2026-11-29'", "a payment went out into an account that nobody"),
    ("UPDATE bank_accounts SET holder = 'ORANG LAIN'", "a bank account's number does not open"),
    ("UPDATE bank_accounts SET bank_code = '002'", "a bank account's number does not open"),
    ("UPDATE bank_accounts SET account_tail = '0000'", "a bank account's last digits"),
    ("UPDATE bank_accounts SET account_hash = (SELECT account_hash FROM bank_accounts WHERE cadre_id = {marlina})",
     "a bank account's number is not the one that was entered"),
    ("UPDATE bank_accounts SET entered_by = {vera}", "nothing in the audit trail stands behind entered"),
]  # fmt: skip


@pytest.mark.slow
def test_each_change_past_the_guards_is_named(history, database, tmp_path):
    who = {name: getattr(history, name).id for name in ("farah", "omar", "vera", "marlina", "herman")}
    db.session.rollback()
    owner = World(create_app(make_config(database.owner, database.owner, tmp_path)))
    missed = []

    with owner.app.app_context():
        assert found() == set()
        for statement, words in TAMPERINGS:
            owner.open_for_changes()
            assert db.session.execute(text(statement.format(**who))).rowcount, statement
            named = found()
            if not any(what.startswith(words) for _, what in named):
                missed.append((statement, named))
            db.session.rollback()  # each one is planted in the untouched history
        assert found() == set()
        db.session.remove()
        db.engine.dispose()

    assert missed == []


def test_a_number_sealed_anew_with_the_key_of_the_portal_is_named_by_hash_and_file(history, database):
    """Somebody with the keys and the database can seal another number; the accounts and the file reveal it."""
    hermans = [row for row in payouts_of(4).values() if row.cadre_id == history.herman.id]
    (row,) = (one for one in hermans if one.status == "in_batch")
    sealed = seal_payment("998877665544", reference=row.reference, bank_code=row.bank_code, holder=row.holder)
    unguarded(
        database,
        "UPDATE payouts SET account_sealed = :sealed, account_tail = '5544' WHERE id = :id",
        sealed=sealed,
        id=row.id,
    )

    assert found() == {
        ("payouts.accounts", "a payment goes to another account than the cadre's"),
        ("payouts.files", "a batch no longer gives the bank file that was approved"),
    }
    assert vault.unseal


def test_an_approval_says_what_was_approved(history):
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.act == "payout_batch.approved").order_by(AuditEvent.id.desc())
    ).first()
    batch = get_batch(int(event.subject_id), actor=history.actor("farah"))

    assert event.details == {"payments": batch.payments, "total": batch.total, "sha256": batch.file_sha256}
