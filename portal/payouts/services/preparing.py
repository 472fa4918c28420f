"""Preparing a batch, which freezes who is paid what into which account."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert

from portal import audit
from portal.cadres.queries.bank_accounts import open_account
from portal.database import bulk
from portal.database.extensions import db
from portal.database.locks import Turn, wait_for
from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import local_date
from portal.domain.payouts import payout_reference
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.batches import count_batches, get_batch, seal_payment
from portal.payouts.queries.payable import list_unpaid

_FROZEN = (
    "batch_id",
    "statement_id",
    "cadre_id",
    "reference",
    "amount",
    "bank_code",
    "bank_account_id",
    "account_sealed",
    "account_tail",
    "holder",
    "status",
    "is_live",
)


def check_finance(actor: Actor) -> None:
    """Raise NotAllowed("payouts.finance_only"): only finance officers move money."""
    if actor.role != "finance":
        raise NotAllowed("payouts.finance_only")


def prepare_batch(
    *,
    actor: Actor,
    at: datetime,
    month_until: str | None = None,
    statement_ids: Collection[int] | None = None,
) -> PayoutBatch:
    """Put everything payable up to a month, or the chosen statements, into a new batch; held ones stay out.

    Chosen statements that cannot be paid are refused: RuleBroken "payouts.row_held" or "payouts.not_payable".
    """
    check_finance(actor)
    wait_for(Turn.PREPARE_BATCH)
    unpaid = list_unpaid(actor, at=at, month_until=month_until, statement_ids=statement_ids)
    if statement_ids is not None:
        _check_chosen(unpaid, statement_ids)
    rows = [row for row in unpaid if row.reason is None]
    if not rows:
        raise RuleBroken("payouts.nothing_payable")
    total = sum(row.payable for row in rows)
    batch_id = _insert_batch(count=len(rows), total=total, actor=actor, at=at)
    table = Payout.__table__
    assert isinstance(table, Table)  # noqa: S101 - mypy knows models by their base only
    bulk.fill(table, _FROZEN, _frozen(batch_id, rows))
    audit.record(
        actor=actor,
        act="payout_batch.prepared",
        subject=("payout_batch", batch_id),
        at=at,
        details={"payments": len(rows), "total": total, "month_until": month_until},
    )
    return get_batch(batch_id, actor=actor)


def _check_chosen(unpaid: Any, statement_ids: Collection[int]) -> None:
    if set(statement_ids) != {row.id for row in unpaid}:
        raise RuleBroken("payouts.not_payable")
    for row in unpaid:
        if row.reason is not None:
            raise RuleBroken("payouts.row_held", {"code": row.cadre_code, "reason": row.reason})


def _insert_batch(*, count: int, total: int, actor: Actor, at: datetime) -> int:
    code = f"PC-{local_date(at, 'Asia/Jakarta'):%Y}-{count_batches() + 1:04}"
    statement = insert(PayoutBatch).values(
        code=code,
        status="prepared",
        payments=count,
        total=total,
        prepared_by=actor.user_id,
        prepared_at=at,
        version=1,
    )
    return int(db.session.execute(statement.returning(PayoutBatch.id)).scalar_one())


def _frozen(batch_id: int, rows: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows to store; each number is sealed anew, for its row alone."""
    for row in rows:
        reference = payout_reference(row.month, row.id, row.attempts + 1)
        yield (
            batch_id,
            row.id,
            row.cadre_id,
            reference,
            row.payable,
            row.bank_code,
            row.bank_account_id,
            seal_payment(open_account(row), reference=reference, bank_code=row.bank_code, holder=row.holder),
            row.account_tail,
            row.holder,
            "in_batch",
            True,
        )
