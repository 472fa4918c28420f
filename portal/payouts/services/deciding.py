"""Another finance officer's decision on a batch: approve it, or reject it with a reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from portal import audit
from portal.accounts.queries.second_person import require_two_persons
from portal.database.guarded import change, change_one
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.names import check_reason
from portal.domain.payouts import check_approver, check_payout_transition
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.batches import get_batch, list_obstacles, total_rows
from portal.payouts.services.exporting import write_file
from portal.payouts.services.preparing import check_finance


def approve_batch(*, batch_id: int, by: Signature, version_seen: int | None = None) -> PayoutBatch:
    """Approve a batch that another officer prepared, and fix its bank file; a second time changes nothing.

    A row that is held by now, or whose account changed, blocks the approval and is named, until that payment is
    dropped or the batch is rejected.
    """
    check_finance(by.actor)
    batch = get_batch(batch_id, actor=by.actor, lock=True)
    if batch.status != "prepared" and batch.approved_by == by.actor.user_id:
        return batch
    _check_second_person(batch, by)
    new = check_payout_transition("batch", batch.status, "approve")
    _check_holds(batch.id, by.at)
    rows = total_rows(batch.id).get("in_batch", (0, 0))
    if rows != (batch.payments, batch.total):
        values = {"count": batch.payments, "total": batch.total, "rows": rows[0], "sum": rows[1]}
        raise RuleBroken("payouts.totals_differ", values)
    file = write_file(batch)
    decision = {
        "status": new,
        "approved_by": by.actor.user_id,
        "approved_at": by.at,
        "file_sha256": file.sha256,
    }
    _decide(batch, decision, version_seen)
    audit.record(
        by=by,
        act="payout_batch.approved",
        subject=("payout_batch", batch.id),
        version_seen=version_seen,
        details={"payments": batch.payments, "total": batch.total, "sha256": file.sha256},
    )
    return get_batch(batch.id, actor=by.actor)


def reject_batch(
    *, batch_id: int, reason: str, by: Signature, version_seen: int | None = None
) -> PayoutBatch:
    """Reject a batch that another officer prepared: its rows dissolve, their statements are payable again."""
    check_finance(by.actor)
    reason = check_reason(reason, "payouts.reason_missing", least=1)
    batch = get_batch(batch_id, actor=by.actor, lock=True)
    if batch.status == "rejected" and batch.rejected_by == by.actor.user_id:
        return batch
    _check_second_person(batch, by)
    new = check_payout_transition("batch", batch.status, "reject")
    decision = {"status": new, "rejected_by": by.actor.user_id, "rejected_at": by.at, "reject_reason": reason}
    _decide(batch, decision, version_seen)
    change(
        update(Payout)
        .where(Payout.batch_id == batch.id, Payout.status == "in_batch")
        .values(status=check_payout_transition("payment", "in_batch", "dissolve"), is_live=False)
    )
    audit.record(
        by=by,
        act="payout_batch.rejected",
        subject=("payout_batch", batch.id),
        reason=reason,
        version_seen=version_seen,
    )
    return get_batch(batch.id, actor=by.actor)


def _check_second_person(batch: PayoutBatch, by: Signature) -> None:
    """Refuse the person who prepared the batch, and anybody who is no second person to them (rules.md 8.5)."""
    check_approver(prepared_by=batch.prepared_by, approver=by.actor.user_id)
    require_two_persons(first=batch.prepared_by, second=by.actor.user_id, at=by.at)


def _decide(batch: PayoutBatch, values: dict[str, Any], version_seen: int | None) -> None:
    """Change the batch only if it is as the officer saw it; otherwise somebody was faster."""
    seen = batch.version if version_seen is None else version_seen
    change_one(
        update(PayoutBatch)
        .where(PayoutBatch.id == batch.id, PayoutBatch.status == "prepared", PayoutBatch.version == seen)
        .values(**values, version=PayoutBatch.version + 1),
        otherwise=RuleBroken(
            "state.not_possible", {"machine": "batch", "state": batch.status, "act": values["status"]}
        ),
    )


def _check_holds(batch_id: int, at: datetime) -> None:
    obstacles = list_obstacles(batch_id, at=at)
    if obstacles:
        first = obstacles[0]
        values = {"code": first.cadre_code, "name": first.name, "count": len(obstacles)}
        raise RuleBroken("payouts.row_held_since", values)
