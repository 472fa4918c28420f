"""Preparing a batch, which freezes who is paid what into which account."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, insert

from portal import audit
from portal.cadres.queries.bank_accounts import open_account
from portal.database import bulk
from portal.database.extensions import db
from portal.database.locks import Turn, wait_for
from portal.domain.actors import Actor, Signature
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


def prepare_batch(*, month_until: str, by: Signature) -> PayoutBatch:
    """Put everything payable up to a month into a new batch; held statements stay out."""
    check_finance(by.actor)
    wait_for(Turn.PREPARE_BATCH)
    rows = [row for row in list_unpaid(by.actor, at=by.at, month_until=month_until) if row.reason is None]
    if not rows:
        raise RuleBroken("payouts.nothing_payable")
    total = sum(row.payable for row in rows)
    batch_id = _insert_batch(count=len(rows), total=total, by=by)
    table = Payout.__table__
    assert isinstance(table, Table)  # noqa: S101 - mypy knows models by their base only
    bulk.fill(table, _FROZEN, _frozen(batch_id, rows))
    audit.record(
        by=by,
        act="payout_batch.prepared",
        subject=("payout_batch", batch_id),
        details={"payments": len(rows), "total": total, "month_until": month_until},
    )
    return get_batch(batch_id, actor=by.actor)


def _insert_batch(*, count: int, total: int, by: Signature) -> int:
    code = f"PC-{local_date(by.at, 'Asia/Jakarta'):%Y}-{count_batches() + 1:04}"
    statement = insert(PayoutBatch).values(
        code=code,
        status="prepared",
        payments=count,
        total=total,
        prepared_by=by.actor.user_id,
        prepared_at=by.at,
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
