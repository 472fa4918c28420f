"""What may be paid now, and what is held and why (rules.md 8.1, 8.2, 8.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from portal.cadres.models import BankAccount, Cadre
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.bank_reasons import ACCOUNT
from portal.incentives.models import Statement
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope, parameter
from portal.payouts.models import Payout

PAGE = 25


def verified() -> ColumnElement[bool]:
    """Return the condition of accounts that count: verified by a second person, or imported as verified."""
    by_another = BankAccount.verified_by.is_not(None) & (BankAccount.verified_by != BankAccount.entered_by)
    return or_(BankAccount.imported_verified, by_another)


def account_failed() -> ColumnElement[bool]:
    """Return the condition that a payment failed because of the current account, unconfirmed since."""
    failed = aliased(Payout)
    since = or_(BankAccount.confirmed_at.is_(None), failed.settled_at > BankAccount.confirmed_at)
    return (
        exists()
        .where(
            failed.bank_account_id == BankAccount.id,
            failed.status == "failed",
            failed.failure_kind == ACCOUNT,
            since,
        )
        .correlate(BankAccount)
    )


def account_waits(since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that the account replaced another and was verified since then (rules.md 8.2)."""
    before = aliased(BankAccount)
    replaced = exists().where(before.cadre_id == BankAccount.cadre_id, before.id < BankAccount.id)
    verified_at = func.coalesce(BankAccount.verified_at, BankAccount.entered_at)
    return replaced.correlate(BankAccount) & (verified_at > since)


def account_wait(at: datetime) -> timedelta:
    """Return how long a changed account waits after its verification."""
    return timedelta(days=int(parameter("account_wait_days", month=f"{at:%Y-%m}")))


def hold_reason(at: datetime) -> ColumnElement[Any]:
    """Return the code of the reason why a cadre's money is held, or NULL (rules.md 8.2, 8.4); the first that holds."""
    return held_since(at - account_wait(at))


def held_since(since: datetime | BindParameter[datetime]) -> ColumnElement[Any]:
    """Return the same, where `since` is when an account that replaced another has to have been verified by."""
    return case(
        (Cadre.status != "active", "held.not_active"),
        (BankAccount.id.is_(None), "held.no_account"),
        (~verified(), "held.account_unverified"),
        (account_failed(), "held.account_failed"),
        (account_waits(since), "held.account_waiting"),
        else_=None,
    )


def with_account(query: Select[Any]) -> Select[Any]:
    """Join the cadre of each statement and the current account, if there is one."""
    current = and_(BankAccount.cadre_id == Cadre.id, BankAccount.is_current)
    return query.join(Cadre, Cadre.id == Statement.cadre_id).outerjoin(BankAccount, current)


def attempts() -> ColumnElement[int]:
    """Count the earlier payouts of a statement, dissolved and failed ones included."""
    return (
        select(func.count()).where(Payout.statement_id == Statement.id).correlate(Statement).scalar_subquery()
    )


def statement_in_scope(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of statements in the actor's scope, by the branch they were computed in."""
    return Statement.branch_code.in_(select(Branch.code).where(in_scope(actor, Branch.id)))


def _unpaid(query: Select[Any], actor: Actor) -> Select[Any]:
    """Keep what is payable and in no live payout. Only closed months have statements."""
    live = exists().where(Payout.statement_id == Statement.id, Payout.is_live)
    query = with_account(query).where(Statement.payable > 0, ~live)
    return query if actor.scope == "nation" else query.where(statement_in_scope(actor))


@dataclass(frozen=True)
class Sum:
    """A number of payments and their sum in rupiah."""

    count: int
    amount: int


@dataclass(frozen=True)
class Waiting:
    """What waits for payment: ready now, by month; and held, by reason."""

    ready: Sum
    months: dict[str, Sum]
    held: Sum
    reasons: dict[str, Sum]


def total_waiting(actor: Actor, *, at: datetime) -> Waiting:
    """Add up what is payable in the actor's scope and not in a batch."""
    reason = hold_reason(at).label("reason")
    query = _unpaid(
        select(Statement.month, reason, func.count(), cast(func.sum(Statement.payable), BigInteger)), actor
    )
    months: dict[str, Sum] = {}
    reasons: dict[str, Sum] = {}
    for month, why, count, amount in db.session.execute(query.group_by(Statement.month, "reason")):
        kept, key = (months, month) if why is None else (reasons, why)
        had = kept.get(key, Sum(0, 0))
        kept[key] = Sum(had.count + count, had.amount + int(amount))
    return Waiting(
        _added(months), dict(sorted(months.items())), _added(reasons), dict(sorted(reasons.items()))
    )


def _added(sums: dict[str, Sum]) -> Sum:
    return Sum(sum(each.count for each in sums.values()), sum(each.amount for each in sums.values()))


def list_unpaid(actor: Actor, *, at: datetime, month_until: str) -> Sequence[Any]:
    """List what is payable up to a month and in no live payout, held or not, with the present account."""
    query = _unpaid(
        select(
            Statement.id,
            Statement.month,
            Statement.cadre_id,
            Statement.cadre_code,
            Statement.payable,
            BankAccount.id.label("bank_account_id"),
            BankAccount.entered_at,
            BankAccount.bank_code,
            BankAccount.account_sealed,
            BankAccount.account_tail,
            BankAccount.holder,
            hold_reason(at).label("reason"),
            attempts().label("attempts"),
        ),
        actor,
    )
    return db.session.execute(query.where(Statement.month <= month_until).order_by(Statement.id)).all()


def list_held(
    actor: Actor, *, at: datetime, after: int = 0, limit: int = PAGE, reason: str = ""
) -> Sequence[Any]:
    """List held statements with cadre and reason; `after` is the last id seen; one more than fits on a page."""
    why = hold_reason(at)
    query = _unpaid(
        select(
            Statement.id,
            Statement.month,
            Statement.payable,
            Statement.cadre_id,
            Statement.cadre_code,
            Cadre.name,
            Cadre.status.label("cadre_status"),
            Branch.name.label("branch"),
            why.label("reason"),
        ),
        actor,
    ).join(Branch, Branch.code == Statement.branch_code)
    query = query.where(why == reason) if reason else query.where(why.is_not(None))
    return db.session.execute(query.where(Statement.id > after).order_by(Statement.id).limit(limit + 1)).all()
