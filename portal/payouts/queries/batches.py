"""Batches and their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, exists, func, or_, select

from portal import vault
from portal.accounts.models import User
from portal.cadres.models import BankAccount, Cadre
from portal.cadres.queries.bank_accounts import open_account
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.domain.payouts import payout_context
from portal.incentives.models import Statement
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.payable import hold_reason, statement_in_scope, with_account

STATUSES = ("prepared", "approved", "settled", "rejected")
PAGE = 25
ROWS = 50


@dataclass(frozen=True)
class Obstacle:
    """A row of a batch that could not be paid now, and the reason's code."""

    reference: str
    cadre_code: str
    name: str
    reason: str


def _visible(query: Select[Any], actor: Actor) -> Select[Any]:
    """Keep the batches that are entirely in the actor's scope."""
    if actor.scope == "nation":
        return query
    outside = exists().where(
        Payout.batch_id == PayoutBatch.id,
        Statement.id == Payout.statement_id,
        ~statement_in_scope(actor),
    )
    return query.where(~outside)


def get_batch(batch_id: int, *, actor: Actor, lock: bool = False) -> PayoutBatch:
    """Return a batch in the actor's scope; with `lock`, nobody else decides on it in the meantime."""
    query = _visible(select(PayoutBatch).where(PayoutBatch.id == batch_id), actor)
    if lock:
        query = query.with_for_update()
    batch: PayoutBatch | None = db.session.scalars(
        query.execution_options(populate_existing=True)
    ).one_or_none()
    if batch is None:
        raise NotFound("payouts.no_such_batch")
    return batch


def list_batches(
    actor: Actor, *, before: int | None = None, status: str = "", limit: int = PAGE
) -> Sequence[Any]:
    """List batches with their numbers of paid and failed rows, newest first; one more than fits on a page."""
    tally = (
        select(
            Payout.batch_id,
            func.sum(case((Payout.status == "paid", 1), else_=0)).label("paid"),
            func.sum(case((Payout.status == "failed", 1), else_=0)).label("failed"),
        )
        .group_by(Payout.batch_id)
        .subquery()
    )
    page = _visible(select(PayoutBatch.id), actor).order_by(PayoutBatch.id.desc()).limit(limit + 1)
    if before is not None:
        page = page.where(PayoutBatch.id < before)
    if status:
        page = page.where(PayoutBatch.status == status)
    query = (
        select(PayoutBatch, User.name.label("prepared_by_name"), tally.c.paid, tally.c.failed)
        .join(User, User.id == PayoutBatch.prepared_by)
        .outerjoin(tally, tally.c.batch_id == PayoutBatch.id)
        .where(PayoutBatch.id.in_(page))
    )
    return db.session.execute(query.order_by(PayoutBatch.id.desc())).all()


def count_batches() -> int:
    """Count all batches there ever were; none is deleted."""
    return db.session.scalar(select(func.count()).select_from(PayoutBatch)) or 0


def count_batches_by_status(actor: Actor) -> dict[str, int]:
    """Count the batches in the actor's scope by status: the same ones as list_batches."""
    query = _visible(select(PayoutBatch.status, func.count()), actor).group_by(PayoutBatch.status)
    return {row[0]: row[1] for row in db.session.execute(query)}


def people_of(batch: PayoutBatch) -> dict[str, str]:
    """Return the names of those who prepared, approved and rejected a batch."""
    roles = {"prepared": batch.prepared_by, "approved": batch.approved_by, "rejected": batch.rejected_by}
    wanted = {user_id for user_id in roles.values() if user_id is not None}
    names = {
        row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    }
    return {role: names[user_id] for role, user_id in roles.items() if user_id is not None}


def total_rows(batch_id: int) -> dict[str, tuple[int, int]]:
    """Return count and sum of a batch's rows by status."""
    query = (
        select(Payout.status, func.count(), cast(func.sum(Payout.amount), BigInteger))
        .where(Payout.batch_id == batch_id)
        .group_by(Payout.status)
    )
    return {status: (count, int(amount)) for status, count, amount in db.session.execute(query)}


def list_rows(batch_id: int, *, after: int = 0, status: str = "", limit: int = ROWS) -> Sequence[Any]:
    """List a batch's rows with the cadre, by id; one more than fits on a page."""
    query = (
        select(Payout, Cadre.code, Cadre.name, Statement.month)
        .join(Cadre, Cadre.id == Payout.cadre_id)
        .join(Statement, Statement.id == Payout.statement_id)
        .where(Payout.batch_id == batch_id, Payout.id > after)
    )
    if status:
        query = query.where(Payout.status == status)
    return db.session.execute(query.order_by(Payout.id).limit(limit + 1)).all()


def list_file_rows(batch_id: int) -> Sequence[Any]:
    """List the rows of a bank file, without dropped ones; accounts are still sealed."""
    return db.session.execute(
        select(
            Payout.reference,
            Payout.bank_code,
            Payout.account_sealed,
            Payout.holder,
            Payout.amount,
            Statement.month,
            Statement.cadre_code,
        )
        .join(Statement, Statement.id == Payout.statement_id)
        .where(Payout.batch_id == batch_id, Payout.status != "dissolved")
        .order_by(Payout.id),
    ).all()


def seal_payment(digits: str, *, reference: str, bank_code: str, holder: str) -> bytes:
    """Seal an account number so that it opens only in the row of its payment."""
    return vault.seal(digits, context=payout_context(reference=reference, bank_code=bank_code, holder=holder))


def open_payment(row: Any) -> str:
    """Return the full account number of a payment; VaultError if it was sealed for another row.

    The row has reference, bank_code, holder and account_sealed.
    """
    context = payout_context(reference=row.reference, bank_code=row.bank_code, holder=row.holder)
    return vault.unseal(row.account_sealed, context=context)


def _list_doubtful(batch_id: int, at: datetime) -> Sequence[Any]:
    """List the rows whose cadre is held now, or whose current account is another row than the frozen one."""
    reason = hold_reason(at)
    changed = Payout.bank_account_id.is_distinct_from(BankAccount.id)
    query = with_account(
        select(
            Payout.reference,
            Payout.bank_code,
            Payout.account_sealed,
            Payout.holder,
            Statement.cadre_code,
            Cadre.name,
            reason.label("reason"),
            BankAccount,
        )
        .select_from(Payout)
        .join(Statement, Statement.id == Payout.statement_id),
    )
    query = query.where(
        Payout.batch_id == batch_id, Payout.status == "in_batch", or_(reason.is_not(None), changed)
    )
    return db.session.execute(query.order_by(Payout.id)).all()


def list_obstacles(batch_id: int, *, at: datetime) -> list[Obstacle]:
    """List the rows that could not be paid now: the cadre is held by now, or the account has changed."""
    found = ((row, _obstacle(row)) for row in _list_doubtful(batch_id, at))
    return [Obstacle(row.reference, row.cadre_code, row.name, why) for row, why in found if why is not None]


def _obstacle(row: Any) -> str | None:
    """Say what keeps a row from being paid; None if its account is the same, though stored as another row."""
    if row.reason is not None:
        return str(row.reason)
    account = row.BankAccount
    frozen, now = (row.bank_code, row.holder), (account.bank_code, account.holder)
    same = frozen == now and open_payment(row) == open_account(account)
    return None if same else "held.account_changed"


def list_by_reference(batch_id: int) -> dict[str, Any]:
    """Map a batch's references to id, status, amount, failure and who dropped it."""
    query = select(
        Payout.reference, Payout.id, Payout.status, Payout.amount, Payout.failure, Payout.dropped_by
    ).where(Payout.batch_id == batch_id)
    return {row.reference: row for row in db.session.execute(query)}
