"""Exports with full account numbers: the bank file, and the export of payables."""

from collections.abc import Iterator

from sqlalchemy import update

from portal import audit
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.payouts.formats import Payment, PaymentFile, write_payment_file
from portal.payouts.models import PayoutBatch
from portal.payouts.queries.batches import get_batch, list_file_rows, open_payment
from portal.payouts.services.preparing import check_finance

EXPORTABLE = frozenset({"approved", "settled"})


def write_file(batch: PayoutBatch) -> PaymentFile:
    """Write a batch's bank file from what is stored: the same bytes each time."""
    return write_payment_file(batch.code, _payments(batch.id), count=batch.payments, total=batch.total)


def export_batch(*, batch_id: int, by: Signature) -> PaymentFile:
    """Write an approved batch's bank file: the approved bytes, proved by the hash fixed at the approval.

    Every download is audited. RuleBroken("payouts.file_differs") if the bytes are not those approved. A batch that
    was approved before approvals fixed hashes takes the hash of its first file.
    """
    check_finance(by.actor)
    batch = get_batch(batch_id, actor=by.actor, lock=True)
    if batch.status not in EXPORTABLE:
        raise RuleBroken("payouts.not_approved")
    file = write_file(batch)
    if batch.file_sha256 not in {None, file.sha256}:
        raise RuleBroken("payouts.file_differs", {"code": batch.code})
    if batch.exported_at is None:
        change(
            update(PayoutBatch)
            .where(PayoutBatch.id == batch.id, PayoutBatch.exported_at.is_(None))
            .values(file_sha256=file.sha256, exported_at=by.at, version=PayoutBatch.version + 1)
        )
    audit.record(
        by=by,
        act="payout_batch.exported",
        subject=("payout_batch", batch.id),
        details={"payments": batch.payments, "total": batch.total, "sha256": file.sha256},
    )
    return file


def _payments(batch_id: int) -> Iterator[Payment]:
    for row in list_file_rows(batch_id):
        yield Payment(
            row.reference,
            row.bank_code,
            open_payment(row),
            row.holder,
            row.amount,
            f"Insentif {row.month} {row.cadre_code}",
        )


def record_payables_export(*, month: str, by: Signature) -> None:
    """Record in the audit trail that somebody exports a month's full account numbers.

    Only finance officers and the operator may: NotAllowed("payouts.finance_only").
    """
    if by.actor.role not in {"finance", "operator"}:
        raise NotAllowed("payouts.finance_only")
    audit.record(by=by, act="payables.exported", subject=("month", month))
