"""Dropping one payment from a prepared batch, with a reason and without dissolving the batch (rules.md 8.5)."""

from sqlalchemy import update

from portal import audit
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.names import check_reason
from portal.domain.payouts import check_payout_transition
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.batches import get_batch, list_by_reference, total_rows
from portal.payouts.services.preparing import check_finance


def drop_payment(
    *, batch_id: int, reference: str, reason: str, by: Signature, version_seen: int | None = None
) -> PayoutBatch:
    """Drop one payment from a prepared batch: it becomes payable again, and the batch's count and total change.

    The same officer's second time changes nothing. The last payment cannot be dropped: such a batch is rejected.
    """
    check_finance(by.actor)
    reason = check_reason(reason, "payouts.drop_reason_missing", least=1)
    batch = get_batch(batch_id, actor=by.actor, lock=True)
    row = list_by_reference(batch.id).get(reference)
    if row is None:
        raise RuleBroken("payouts.unknown_reference", {"reference": reference})
    if row.status == "dissolved" and row.dropped_by == by.actor.user_id:
        return batch
    new = check_payout_transition("payment", row.status, "dissolve")
    seen = batch.version if version_seen is None else version_seen
    if batch.status != "prepared" or batch.version != seen:
        raise RuleBroken("state.not_possible", {"machine": "batch", "state": batch.status, "act": "drop"})
    if batch.payments == 1:
        raise RuleBroken("payouts.last_payment")
    values = {"status": new, "is_live": False, "dropped_by": by.actor.user_id, "dropped_at": by.at}
    _write(batch, row.id, values | {"drop_reason": reason})
    audit.record(
        by=by,
        act="payout.dropped",
        subject=("payout", row.id),
        reason=reason,
        version_seen=version_seen,
        details={"batch_id": batch.id, "reference": reference, "amount": row.amount},
    )
    return get_batch(batch.id, actor=by.actor)


def _write(batch: PayoutBatch, payout_id: int, values: dict[str, object]) -> None:
    """Change the payment, then count and total, in the order in which the database checks them."""
    change(update(Payout).where(Payout.id == payout_id).values(**values))
    count, total = total_rows(batch.id).get("in_batch", (0, 0))
    change(
        update(PayoutBatch)
        .where(PayoutBatch.id == batch.id)
        .values(payments=count, total=total, version=PayoutBatch.version + 1)
    )
    db.session.expire_all()
