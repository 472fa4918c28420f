"""Nobody is paid twice: not by two officers at once, not by hand in the database."""

import threading

import pytest
from by_hand import accepted, by_hand
from paying import NOW, OCTOBER, approve, export, payouts_of, prepare, record, sent
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.payouts.formats import Result
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.services.deciding import approve_batch, reject_batch
from portal.payouts.services.exporting import export_batch
from portal.payouts.services.preparing import prepare_batch
from portal.payouts.services.recording import record_result


def race(app, act, times: int) -> list[object]:
    """Run the act in that many threads at once; return what each returned or raised."""
    gate, outcomes = threading.Barrier(times), []

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                outcomes.append(act(number))
            except RuleBroken as refused:
                outcomes.append(refused.code)
            finally:
                db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_of_ten_officers_preparing_at_once_one_gets_the_batch(app, cast, statements):
    farah = cast.actor("farah")

    def act(_number: int) -> str:
        with transaction():
            return prepare_batch(month_until=OCTOBER, by=Signature(farah, NOW)).status

    outcomes = race(app, act, 10)

    assert sorted(outcomes) == sorted(["prepared", *["payouts.nothing_payable"] * 9])
    assert db.session.scalar(select(func.count()).select_from(PayoutBatch)) == 1
    assert db.session.scalar(select(func.count()).select_from(Payout)) == 2


def test_approval_and_rejection_at_once_leave_one_decision(app, cast, statements):
    batch_id = prepare(cast).id
    omar = cast.actor("omar")

    def act(number: int) -> str:
        with transaction():
            if number % 2:
                return reject_batch(batch_id=batch_id, reason="Salah bulan", by=Signature(omar, NOW)).status
            return approve_batch(batch_id=batch_id, by=Signature(omar, NOW)).status

    outcomes = race(app, act, 6)

    assert len({outcome for outcome in outcomes if outcome != "state.not_possible"}) == 1
    status = db.session.get(PayoutBatch, batch_id).status
    live = db.session.scalar(select(func.count()).select_from(Payout).where(Payout.is_live))
    assert (status, live) in {("approved", 2), ("rejected", 0)}


def test_ten_downloads_at_once_are_the_same_bytes_and_one_first_export(app, cast, statements):
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    farah = cast.actor("farah")

    def act(_number: int) -> bytes:
        with transaction():
            return export_batch(batch_id=batch_id, by=Signature(farah, NOW)).content

    assert len(set(race(app, act, 10))) == 1


def test_opposite_results_at_once_leave_the_first(app, cast, statements):
    batch_id = sent(cast)
    reference = payouts_of(batch_id)[statements["K-MARLINA"]].reference
    farah = cast.actor("farah")

    def act(number: int) -> str:
        result = Result(reference, "failed", "Rekening ditutup") if number % 2 else Result(reference, "paid")
        with transaction():
            record_result(batch_id=batch_id, results=[result], by=Signature(farah, NOW))
        return result.status

    outcomes = race(app, act, 6)

    stored = db.session.scalar(select(Payout.status).where(Payout.reference == reference))
    assert set(outcomes) == {stored, "payouts.already_recorded"}


COPY = (
    "INSERT INTO payouts (batch_id, statement_id, cadre_id, reference, amount, bank_code, account_sealed, account_tail,"
    " holder, bank_account_id, status, is_live) SELECT batch_id, statement_id, cadre_id, {reference}, amount, bank_code, account_sealed,"
    " account_tail, holder, bank_account_id, 'in_batch', true FROM payouts WHERE id = (SELECT min(id) FROM payouts)"
)


@pytest.mark.parametrize("status", ["in_batch", "paid"])
def test_a_second_live_payment_of_a_statement_is_refused_by_the_database(cast, statements, status):
    batch_id = sent(cast)
    if status == "paid":
        record(cast, batch_id, *(Result(row.reference, "paid") for row in payouts_of(batch_id).values()))

    with pytest.raises(IntegrityError):
        by_hand(COPY.format(reference="'PK-BY-HAND'"))


def test_a_reference_is_unique_for_ever(cast, statements):
    batch_id = sent(cast)
    record(
        cast,
        batch_id,
        *(Result(row.reference, "failed", "Bank tutup") for row in payouts_of(batch_id).values()),
    )

    with pytest.raises(IntegrityError):
        by_hand(COPY.format(reference="reference"))


def test_a_paid_payment_is_final_in_the_database(cast, statements):
    batch_id = sent(cast)
    record(cast, batch_id, *(Result(row.reference, "paid") for row in payouts_of(batch_id).values()))
    changes = [
        "UPDATE payouts SET status = 'failed', is_live = false",
        "UPDATE payouts SET amount = amount + 1",
        "UPDATE payouts SET status = 'in_batch', is_live = true",
        "DELETE FROM payouts",
    ]

    assert accepted(changes) == []


def test_amount_and_statement_of_a_prepared_payment_are_fixed_in_the_database(cast, statements):
    prepare(cast)

    with pytest.raises(DBAPIError):
        by_hand("UPDATE payouts SET amount = amount * 2")


def test_the_database_knows_that_approving_takes_another_person(cast, statements):
    prepare(cast)

    for column in ("approved_by", "rejected_by"):
        with pytest.raises(IntegrityError):
            by_hand(f"UPDATE payout_batches SET {column} = prepared_by")


def test_a_live_flag_that_contradicts_the_status_is_refused(cast, statements):
    prepare(cast)

    with pytest.raises(IntegrityError):
        by_hand("UPDATE payouts SET is_live = false")


def test_preparing_exporting_and_paying_again_and_again_pays_each_rupiah_once(cast, statements):
    paid = 0
    for round_ in range(4):
        batch_id = prepare(cast).id
        approve(cast, batch_id)
        export(cast, batch_id)
        rows = sorted(payouts_of(batch_id).values(), key=lambda row: row.amount)
        # One of those that remain is paid each time, the others fail.
        record(cast, batch_id, Result(rows[0].reference, "paid"))
        record(cast, batch_id, *(Result(row.reference, "failed", f"Gagal {round_}") for row in rows[1:]))
        paid += rows[0].amount
        if len(rows) == 1:
            break

    assert paid == 1_050_350
    assert db.session.scalar(select(func.sum(Payout.amount)).where(Payout.status == "paid")) == 1_050_350
    with pytest.raises(RuleBroken, match=r"payouts\.nothing_payable"):
        prepare(cast)
