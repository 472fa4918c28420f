"""The payment status of statements: for the cadre's page, for lists and for exports."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import JSON, select

from portal.cadres.models import BankAccount
from portal.cadres.queries.bank_accounts import open_account
from portal.database.bulk import batches
from portal.database.columns import Instant
from portal.database.extensions import db
from portal.database.together import Together, given, instant, is_listed
from portal.domain.payouts import payout_reference
from portal.incentives.models import Statement
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.batches import open_payment
from portal.payouts.queries.payable import account_wait, attempts, held_since, hold_reason, with_account
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


@dataclass(frozen=True)
class Payments:
    """How far the money of some statements is: the status of each by its number, and on request its steps."""

    status: dict[int, PaymentStatus]
    _rows: Mapping[int, Any]
    _newest: Mapping[int, Any]

    def track(self, statement_id: int) -> Track:
        """Return the steps of a statement's payment; none if it is carried."""
        row, status, payment = (
            self._rows[statement_id],
            self.status[statement_id],
            self._newest.get(statement_id),
        )
        sent = payment if payment is not None and status.batch_id is not None else None
        frozen = row if sent is None else sent
        return Track(
            status.status,
            status.reason,
            row.payable,
            frozen.bank_code,
            frozen.account_tail,
            _steps(status, instant(row.closed_at), sent),
            None if payment is None else payment.failure,
        )


_IDS: Final = given("ids", JSON)
_READ: Final = Together(
    statements=with_account(
        select(
            Statement.id,
            Statement.payable,
            BankAccount.bank_code,
            BankAccount.account_tail,
            Month.closed_at,
            held_since(given("since", Instant)).label("hold"),
        ).join(Month, Month.month == Statement.month)
    ).where(is_listed(Statement.id, _IDS)),
    payments=select(
        Payout.statement_id,
        Payout.status,
        Payout.is_live,
        Payout.batch_id,
        Payout.bank_code,
        Payout.account_tail,
        Payout.settled_at,
        Payout.failure,
        PayoutBatch.approved_at,
        PayoutBatch.exported_at,
    )
    .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
    .where(is_listed(Payout.statement_id, _IDS), Payout.status != "dissolved")
    .order_by(Payout.statement_id, Payout.id),
)


def read_payments(statement_ids: Iterable[int], *, at: datetime) -> Payments:
    """Read how far the money of some statements is; a statement's live payment is always its newest."""
    rows: dict[int, Any] = {}
    newest: dict[int, Any] = {}
    since = at - account_wait(at)
    for chunk in batches(sorted(set(statement_ids))):
        found = _READ.read(ids=chunk, since=since)
        rows |= {row.id: row for row in found["statements"]}
        newest |= {payment.statement_id: _timed(payment) for payment in found["payments"]}
    return Payments(
        {key: _status(row.payable, row.hold, newest.get(key)) for key, row in rows.items()}, rows, newest
    )


def _timed(payment: Any) -> Any:
    return payment._replace(
        **{name: instant(getattr(payment, name)) for name in ("settled_at", "approved_at", "exported_at")}
    )


def payment_status(statement_ids: Iterable[int], *, at: datetime) -> dict[int, PaymentStatus]:
    """Return the payment status of each statement."""
    return read_payments(statement_ids, at=at).status


def _newest_payments(statement_ids: list[int]) -> dict[int, Any]:
    """Return each statement's newest payout that was not dissolved, with its sealed account."""
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


def _steps(status: PaymentStatus, closed_at: datetime | None, sent: Any) -> tuple[Step, ...]:
    if status.status == "carried":
        return ()
    times = [
        closed_at,
        sent.approved_at if sent else None,
        sent.exported_at if sent else None,
        status.settled_at,
    ]
    reached = next((place for place, at in enumerate(times) if at is None), len(times))
    stopped = {"held": 1 if sent is None else 3, "failed": 3}.get(status.status)
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
