"""What may be paid now, what is held and why (rules.md 8.1, 8.2)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, exists, func, or_, select

from portal.domain.actors import Actor
from portal.extensions import db
from portal.incentives.models import Statement
from portal.payouts.models import Payout
from portal.people.models import BankAccount, Branch, Cadre
from portal.people.queries import in_scope

PAGE = 25


def verified() -> ColumnElement[bool]:
    """Say which accounts count: verified by somebody else than who entered them, or imported as verified."""
    by_another = BankAccount.verified_by.is_not(None) & (BankAccount.verified_by != BankAccount.entered_by)
    return or_(BankAccount.imported_verified, by_another)


def hold_reason() -> ColumnElement[Any]:
    """Give the reason why a cadre's money is held, or NULL; the same words as domain.people.held_reason."""
    return case(
        (Cadre.status != "active", "held.not_active"),
        (BankAccount.id.is_(None), "held.no_account"),
        (verified(), None),
        else_="held.account_unverified",
    )


def with_account(query: Select[Any]) -> Select[Any]:
    """Add the cadre of each statement and the current account, if there is one."""
    current = and_(BankAccount.cadre_id == Cadre.id, BankAccount.is_current)
    return query.join(Cadre, Cadre.id == Statement.cadre_id).outerjoin(BankAccount, current)


def attempts() -> ColumnElement[int]:
    """Count the payouts that a statement already had, dissolved and failed ones included."""
    return (
        select(func.count()).where(Payout.statement_id == Statement.id).correlate(Statement).scalar_subquery()
    )


def statement_in_scope(actor: Actor) -> ColumnElement[bool]:
    """Say which statements lie in the actor's scope, by the branch they were computed in."""
    return Statement.branch_code.in_(select(Branch.code).where(in_scope(actor, Branch.id)))


def _unpaid(query: Select[Any], actor: Actor) -> Select[Any]:
    """Keep what is payable and in no live payout. Statements exist for closed months only."""
    live = exists().where(Payout.statement_id == Statement.id, Payout.is_live)
    query = with_account(query).where(Statement.payable > 0, ~live)
    return query if actor.scope == "nation" else query.where(statement_in_scope(actor))


@dataclass(frozen=True)
class Sum:
    """How many payments and how many rupiah."""

    count: int
    amount: int


@dataclass(frozen=True)
class Waiting:
    """What waits for payment: ready now, by month, and held, by reason."""

    ready: Sum
    months: dict[str, Sum]
    held: Sum
    reasons: dict[str, Sum]


def total_waiting(actor: Actor) -> Waiting:
    """Add up what is payable in the actor's scope and in no batch."""
    reason = hold_reason().label("reason")
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


def list_unpaid(
    actor: Actor, *, month_until: str | None = None, statement_ids: Collection[int] | None = None
) -> Sequence[Any]:
    """List what is payable and in no live payout, held or not, with the account as it is now."""
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
            hold_reason().label("reason"),
            attempts().label("attempts"),
        ),
        actor,
    )
    if month_until is not None:
        query = query.where(Statement.month <= month_until)
    if statement_ids is not None:
        query = query.where(Statement.id.in_(statement_ids))
    return db.session.execute(query.order_by(Statement.id)).all()


def list_held(actor: Actor, *, after: int = 0, limit: int = PAGE, reason: str = "") -> Sequence[Any]:
    """List held statements with cadre and reason; `after` is the last id seen; one more than a page."""
    why = hold_reason()
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
