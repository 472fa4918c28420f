"""The payment status of statements: for the cadre's page, for lists and for exports."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.cadres.models import BankAccount
from portal.cadres.queries.bank_accounts import open_account
from portal.database.bulk import batches
from portal.database.extensions import db
from portal.domain.payouts import payout_reference
from portal.incentives.models import Statement
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.batches import open_payment
from portal.payouts.queries.payable import attempts, hold_reason, with_account
from portal.points.models import Month

STEPS = ("calculated", "approved", "sent", "received")


class PaymentStatus(NamedTuple):
    """The payment status of a closed month's statement.

    `status`: carried, payable, held, in_batch, paid or failed. `reason`: the code of the hold, or the bank's words
    about a failure. A failed one whose cadre is held now counts as held, since that is what keeps it from being
    paid. `batch_id` is set also for a payment that failed because of the account.
    """

    status: str
    reason: str | None = None
    batch_id: int | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """One step of a payment. `state`: d done, n now, t to come, f stopped there."""

    code: str
    state: str
    at: datetime | None = None


@dataclass(frozen=True)
class Track:
    """The steps of one statement's payment, with its account and the bank's words about a failure."""

    status: str
    reason: str | None
    amount: int
    bank_code: str | None
    account_tail: str | None
    steps: tuple[Step, ...]
    failure: str | None = None


def payment_status(statement_ids: Iterable[int], *, at: datetime) -> dict[int, PaymentStatus]:
    """Return the payment status of each statement."""
    found: dict[int, PaymentStatus] = {}
    for chunk in batches(sorted(set(statement_ids))):
        payments = _newest_payments(chunk)
        query = with_account(select(Statement.id, Statement.payable, hold_reason(at).label("hold")))
        for row in db.session.execute(query.where(Statement.id.in_(chunk))):
            found[row.id] = _status(row.payable, row.hold, payments.get(row.id))
    return found


def _newest_payments(statement_ids: list[int]) -> dict[int, Any]:
    """Return each statement's newest payout that was not dissolved; a live one is always the newest."""
    query = (
        select(*Payout.__table__.columns)
        .where(Payout.statement_id.in_(statement_ids), Payout.status != "dissolved")
        .order_by(Payout.statement_id, Payout.id)
    )
    return {payment.statement_id: payment for payment in db.session.execute(query)}


def _status(payable: int, hold: str | None, payment: Any) -> PaymentStatus:
    if payable <= 0:
        return PaymentStatus("carried")
    if payment is not None and payment.is_live:
        return PaymentStatus(payment.status, None, payment.batch_id, payment.settled_at)
    if hold is not None:
        failed = payment if hold == "held.account_failed" else None
        return PaymentStatus("held", hold, failed.batch_id if failed else None)
    if payment is not None:
        return PaymentStatus("failed", payment.failure, payment.batch_id, payment.settled_at)
    return PaymentStatus("payable")


def payment_track(cadre_id: int, month: str, *, at: datetime) -> Track | None:
    """Return the steps of a cadre's payment for a closed month; None without a statement, no steps if carried."""
    query = with_account(
        select(
            Statement.id,
            Statement.payable,
            BankAccount.bank_code,
            BankAccount.account_tail,
            Month.closed_at,
        ).join(Month, Month.month == Statement.month),
    )
    row = db.session.execute(
        query.where(Statement.cadre_id == cadre_id, Statement.month == month)
    ).one_or_none()
    if row is None:
        return None
    status = payment_status([row.id], at=at)[row.id]
    payment = _newest_payments([row.id]).get(row.id)
    batch = db.session.get(PayoutBatch, status.batch_id) if status.batch_id is not None else None
    frozen = payment if payment is not None and batch is not None else row
    return Track(
        status.status,
        status.reason,
        row.payable,
        frozen.bank_code,
        frozen.account_tail,
        _steps(status, row.closed_at, batch),
        payment.failure if payment is not None else None,
    )


def _steps(status: PaymentStatus, closed_at: datetime | None, batch: PayoutBatch | None) -> tuple[Step, ...]:
    if status.status == "carried":
        return ()
    times = [
        closed_at,
        batch.approved_at if batch else None,
        batch.exported_at if batch else None,
        status.settled_at,
    ]
    reached = next((place for place, at in enumerate(times) if at is None), len(times))
    stopped = {"held": 1 if batch is None else 3, "failed": 3}.get(status.status)
    return tuple(
        Step(code, _state(place, reached, stopped), at)
        for place, (code, at) in enumerate(zip(STEPS, times, strict=True))
    )


def _state(place: int, reached: int, stopped: int | None) -> str:
    if place == stopped:
        return "f"
    if place < reached:
        return "d"
    return "n" if place == reached and stopped is None else "t"


def stream_payables(month: str, *, at: datetime) -> Iterator[Any]:
    """Yield what a closed month owes, by cadre code: reference, full account, amount, status, reason.

    Rows in a batch show what was frozen there; others show the present account and the reference that their next
    batch will give.
    """
    pairs = db.session.execute(
        select(Statement.cadre_code, Statement.id).where(Statement.month == month, Statement.payable > 0),
    ).all()
    for chunk in batches(statement_id for _code, statement_id in sorted(map(tuple, pairs))):
        yield from _payables(chunk, at)


@dataclass(frozen=True, slots=True)
class Payable:
    """One row of the export of payables, with the full account number."""

    month: str
    reference: str
    cadre_code: str
    bank_code: str | None
    account: str | None
    holder: str | None
    amount: int
    status: str
    reason: str | None


def _whole_account(row: Any, payment: Any) -> str | None:
    if payment is not None:
        return open_payment(payment)
    return None if row.account_sealed is None else open_account(row)


def _payables(statement_ids: list[int], at: datetime) -> Iterator[Payable]:
    payments = _newest_payments(statement_ids)
    query = with_account(
        select(
            Statement.id,
            Statement.month,
            Statement.cadre_code,
            Statement.payable,
            Statement.cadre_id,
            BankAccount.entered_at,
            BankAccount.bank_code,
            BankAccount.account_sealed,
            BankAccount.holder,
            hold_reason(at).label("hold"),
            attempts().label("attempts"),
        ),
    ).where(Statement.id.in_(statement_ids))
    rows = {row.id: row for row in db.session.execute(query)}
    for statement_id in statement_ids:
        row = rows[statement_id]
        payment = payments.get(statement_id)
        status = _status(row.payable, row.hold, payment)
        live = payment is not None and payment.is_live
        held = payment if live and payment is not None else row
        reference = (
            payment.reference if live and payment else payout_reference(row.month, row.id, row.attempts + 1)
        )
        yield Payable(
            row.month,
            reference,
            row.cadre_code,
            held.bank_code,
            _whole_account(row, payment if live else None),
            held.holder,
            row.payable,
            status.status,
            status.reason,
        )
