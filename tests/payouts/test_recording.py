"""The bank's results are recorded once, all of them or none, and settle the batch."""

import pytest
from paying import NOW, acts, approve, payouts_of, prepare, record, sent, statuses

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.payouts.formats import Result
from portal.payouts.queries.tracking import payment_status
from portal.payouts.services.recording import record_all_paid


def test_paid_and_failed_are_recorded_once_and_settle_the_batch(cast, statements):
    batch_id = sent(cast)
    rows = payouts_of(batch_id)
    good, bad = rows[statements["K-MARLINA"]].reference, rows[statements["K-HERMAN"]].reference

    assert record(cast, batch_id, Result(good, "paid")).settled is False
    done = record(cast, batch_id, Result(good, "paid"), Result(bad, "failed", "Rekening  ditutup"))
    assert (done.paid, done.failed, done.unchanged, done.settled) == (0, 1, 1, True)

    db.session.expire_all()
    found = payment_status(statements.values(), at=NOW)
    assert found[statements["K-MARLINA"]] == ("paid", None, batch_id, NOW)
    assert found[statements["K-HERMAN"]][:3] == ("held", "held.account_failed", batch_id)
    events = len(acts())
    again = record(cast, batch_id, Result(good, "paid"), Result(bad, "failed", "Rekening ditutup"))
    assert (again.paid, again.failed, again.unchanged) == (0, 0, 2)
    assert len(acts()) == events


def test_a_failed_payment_is_payable_again_under_a_new_reference(cast, statements):
    batch_id = sent(cast)
    rows = payouts_of(batch_id)
    record(
        cast,
        batch_id,
        *(Result(row.reference, "failed", "Bank tutup") for row in rows.values()),
    )

    again = prepare(cast)
    assert again.payments == 2
    assert {row.reference for row in rows.values()}.isdisjoint(
        {row.reference for row in payouts_of(again.id).values()}
    )


def test_all_that_wait_can_be_paid_at_once(cast, statements):
    batch_id = sent(cast)
    failed = payouts_of(batch_id)[statements["K-HERMAN"]].reference
    record(cast, batch_id, Result(failed, "failed", "Bank tutup"))

    with transaction():
        done = record_all_paid(batch_id=batch_id, by=Signature(cast.actor("farah"), NOW))
    assert (done.paid, done.failed, done.unchanged, done.settled) == (1, 0, 1, True)
    assert statuses(statements) == {"K-MARLINA": "paid", "K-HERMAN": "failed"}


def test_results_are_taken_whole_or_not_at_all(cast, statements):
    batch_id = sent(cast)
    good = payouts_of(batch_id)[statements["K-MARLINA"]].reference
    refusals = {
        "payouts.unknown_reference": Result("PK2610000000000101X", "paid"),
        "payouts.bank_reason_missing": Result(
            payouts_of(batch_id)[statements["K-HERMAN"]].reference, "failed", " "
        ),
    }
    for code, result in refusals.items():
        with pytest.raises(RuleBroken, match=code.replace(".", r"\.")):
            record(cast, batch_id, Result(good, "paid"), result)
        assert statuses(statements)["K-MARLINA"] == "in_batch"


def test_another_answer_than_the_recorded_one_is_refused(cast, statements):
    batch_id = sent(cast)
    good = payouts_of(batch_id)[statements["K-MARLINA"]].reference
    record(cast, batch_id, Result(good, "paid"))

    with pytest.raises(RuleBroken, match=r"payouts\.already_recorded"):
        record(cast, batch_id, Result(good, "failed", "Rekening ditutup"))


def test_the_bank_cannot_answer_before_the_file_went_out(cast, statements):
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    reference = payouts_of(batch_id)[statements["K-MARLINA"]].reference

    with pytest.raises(RuleBroken, match=r"payouts\.not_exported"):
        record(cast, batch_id, Result(reference, "paid"))
