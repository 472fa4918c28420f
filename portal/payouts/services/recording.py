"""Recording the bank's results: paid, or failed with a reason; recording one again changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, exists, update

from portal import audit
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Actor, Signature
from portal.domain.bank_reasons import failure_kind
from portal.domain.errors import RuleBroken
from portal.domain.payouts import check_payout_transition
from portal.payouts.formats import Result
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.batches import get_batch, list_by_reference
from portal.payouts.services.preparing import check_finance

_ACTS = {"paid": "pay", "failed": "fail"}
_NAMED = 50  # an audit event lists this many references; the rows themselves name who and when


@dataclass(frozen=True)
class RecordedResults:
    """How many rows became paid, failed, or were recorded already, and whether that settles the batch."""

    paid: int
    failed: int
    unchanged: int
    settled: bool


def record_result(*, batch_id: int, results: Iterable[Result], by: Signature) -> RecordedResults:
    """Mark rows of an exported batch paid or failed; all of the results are recorded, or none.

    Refused: a reference of another batch, a failure without the bank's reason, a result that contradicts the
    recorded one. A failed row makes its statement payable again.
    """
    batch = _open_batch(batch_id, by.actor)
    known = list_by_reference(batch.id)
    changes: dict[str, tuple[Any, Result]] = {}
    unchanged = 0
    for result in results:
        row = known.get(result.reference)
        if row is None:
            raise RuleBroken("payouts.unknown_reference", {"reference": result.reference})
        if result.status == "failed" and not (result.reason or "").strip():
            raise RuleBroken("payouts.bank_reason_missing", {"reference": result.reference})
        if row.status == result.status:
            unchanged += 1
        elif row.status != "in_batch":
            raise RuleBroken("payouts.already_recorded", {"reference": result.reference})
        else:
            changes[result.reference] = (row, result)
    _store(changes, by=by)
    return _conclude(batch, [result for _row, result in changes.values()], unchanged, by=by)


def record_all_paid(*, batch_id: int, by: Signature) -> RecordedResults:
    """Mark all rows of an exported batch without a result as paid."""
    batch = _open_batch(batch_id, by.actor)
    rows = list_by_reference(batch.id)
    waiting = [Result(reference, "paid") for reference, row in rows.items() if row.status == "in_batch"]
    change(
        update(Payout)
        .where(Payout.batch_id == batch.id, Payout.status == "in_batch")
        .values(
            status=check_payout_transition("payment", "in_batch", "pay"),
            settled_at=by.at,
            settled_by=by.actor.user_id,
        )
    )
    return _conclude(batch, waiting, len(rows) - len(waiting), by=by)


def _open_batch(batch_id: int, actor: Actor) -> PayoutBatch:
    check_finance(actor)
    batch = get_batch(batch_id, actor=actor, lock=True)
    if batch.exported_at is None:
        raise RuleBroken("payouts.not_exported")
    return batch


def _store(changes: dict[str, tuple[Any, Result]], *, by: Signature) -> None:
    if not changes:
        return
    table = Payout.__table__
    assert isinstance(table, Table)  # noqa: S101 - mypy knows models by their base only
    names = ("status", "is_live", "settled_at", "settled_by", "failure", "failure_kind")
    rows = []
    for row, result in changes.values():
        status = check_payout_transition("payment", row.status, _ACTS[result.status])
        paid = status == "paid"
        failure = None if paid else " ".join((result.reason or "").split())
        kind = None if failure is None else failure_kind(failure, result.code)
        rows.append((row.id, status, paid, by.at, by.actor.user_id, failure, kind))
    bulk.update_many(table, names, sorted(rows))
    db.session.expire_all()


def _conclude(batch: PayoutBatch, taken: list[Result], unchanged: int, *, by: Signature) -> RecordedResults:
    """Write the audit trail, and settle the batch once no row waits."""
    paid = sum(result.status == "paid" for result in taken)
    failed = len(taken) - paid
    if taken:
        details: dict[str, Any] = {"paid": paid, "failed": failed}
        if len(taken) <= _NAMED:
            details["results"] = {result.reference: result.status for result in taken}
        audit.record(
            by=by, act="payout_batch.result_recorded", subject=("payout_batch", batch.id), details=details
        )
    waiting = exists().where(Payout.batch_id == PayoutBatch.id, Payout.status == "in_batch")
    changed = change(
        update(PayoutBatch)
        .where(PayoutBatch.id == batch.id, PayoutBatch.status == "approved", ~waiting)
        .values(status="settled", version=PayoutBatch.version + 1)
    )
    if changed.rowcount == 1:
        audit.record(by=by, act="payout_batch.settled", subject=("payout_batch", batch.id))
    db.session.expire_all()
    settled = get_batch(batch.id, actor=by.actor).status == "settled"
    return RecordedResults(paid, failed, unchanged, settled)
