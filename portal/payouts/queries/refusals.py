"""Accounts that a bank refused, which a cadre or the office has to look into (rules.md 8.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from portal.cadres.models import BankAccount, Cadre
from portal.database.extensions import db
from portal.incentives.models import Statement
from portal.payouts.models import Payout
from portal.payouts.queries.payable import account_failed, account_wait, hold_reason


@dataclass(frozen=True)
class AccountHold:
    """Why nothing is paid into a cadre's current account now.

    `reason`: held.account_failed, with the bank's words and the amount that waits; held.account_waiting, with the
    instant from which a batch takes it.
    """

    reason: str
    account_id: int
    bank_code: str
    account_tail: str
    holder: str
    failure: str = ""
    amount: int = 0
    until: datetime | None = None


def list_refusals(account_id: int) -> Sequence[Any]:
    """List the payments that failed because of the account since it was last confirmed, newest first."""
    since = or_(BankAccount.confirmed_at.is_(None), Payout.settled_at > BankAccount.confirmed_at)
    query = (
        select(Payout.reference, Payout.failure, Payout.amount, Payout.settled_at, Statement.month)
        .join(BankAccount, BankAccount.id == Payout.bank_account_id)
        .join(Statement, Statement.id == Payout.statement_id)
        .where(
            BankAccount.id == account_id,
            Payout.status == "failed",
            Payout.failure_kind == "account",
            since,
        )
    )
    return db.session.execute(query.order_by(Payout.id.desc())).all()


def select_refused_account(cadre_id: ColumnElement[int]) -> Select[tuple[int]]:
    """Select a cadre's current account if a payment failed because of it: a task for the cadre."""
    return select(BankAccount.id).where(
        BankAccount.cadre_id == cadre_id, BankAccount.is_current, account_failed()
    )


def find_account_hold(cadre_id: int, *, at: datetime) -> AccountHold | None:
    """Return what keeps a cadre's verified account from being paid into; None if nothing does."""
    row = db.session.execute(
        select(BankAccount, hold_reason(at).label("reason"))
        .join(Cadre, Cadre.id == BankAccount.cadre_id)
        .where(BankAccount.cadre_id == cadre_id, BankAccount.is_current),
    ).one_or_none()
    if row is None or row.reason not in {"held.account_failed", "held.account_waiting"}:
        return None
    account = row.BankAccount
    what = (row.reason, account.id, account.bank_code, account.account_tail, account.holder)
    if row.reason == "held.account_waiting":
        return AccountHold(*what, until=(account.verified_at or account.entered_at) + account_wait(at))
    refusals = list_refusals(account.id)
    return AccountHold(*what, failure=refusals[0].failure, amount=sum(refusal.amount for refusal in refusals))
