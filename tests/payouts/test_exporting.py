"""The bank's file: of approved batches only, whole, and the same each time."""

import pytest
from by_hand import unguarded
from paying import acts, approve, export, make_account, payouts_of, prepare, sent
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.domain.errors import RuleBroken
from portal.payouts.models import PayoutBatch
from portal.payouts.queries.batches import seal_payment


def test_a_batch_that_nobody_approved_has_no_file(cast, statements):
    batch_id = prepare(cast).id

    with pytest.raises(RuleBroken, match=r"payouts\.not_approved"):
        export(cast, batch_id)


def test_the_file_holds_whole_accounts_count_and_total_and_is_the_same_each_time(cast, statements):
    batch_id = prepare(cast).id
    approve(cast, batch_id)

    first = export(cast, batch_id)
    lines = first.content.decode().splitlines()
    assert lines[0] == "reference,bank_code,bank_account,account_holder,amount,note"
    assert (
        f",014,00123400{cast.marlina.id:04},MARLINA AGUSTINA,1000350,Insentif 2026-10 K-MARLINA"
        in first.content.decode()
    )
    assert lines[-1] == "TOTAL,,,PC-2026-0001,1050350,2"
    assert lines[1:-1] == sorted(lines[1:-1])

    # Whatever happens to names and accounts later, the batch stays as approved.
    make_account(cast.marlina, number="111122223333", verified_by=cast.fahmi.id)
    again = export(cast, batch_id, by="omar")
    assert again.content == first.content
    assert db.session.get(PayoutBatch, batch_id).file_sha256 == first.sha256
    assert acts().count("payout_batch.exported") == 2


def test_a_file_that_differs_from_the_approved_one_is_not_handed_out(cast, statements, database):
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    unguarded(database, "UPDATE payouts SET reference = reference || 'X' WHERE amount = 50000")
    row = payouts_of(batch_id)[statements["K-HERMAN"]]
    sealed = seal_payment("998877665544", reference=row.reference, bank_code=row.bank_code, holder=row.holder)
    unguarded(
        database, "UPDATE payouts SET account_sealed = :sealed WHERE id = :id", sealed=sealed, id=row.id
    )

    with pytest.raises(RuleBroken, match=r"payouts\.file_differs"):
        export(cast, batch_id)


def test_no_account_number_gets_into_the_audit_trail(cast, statements):
    sent(cast)

    details = " ".join(str(row) for row in db.session.scalars(select(AuditEvent.details)))
    assert "00123400" not in details
