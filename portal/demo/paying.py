"""The payouts of the demo: verified accounts, batches prepared and approved by two officers, the bank's answers."""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal import audit
from portal.cadres.models import BankAccount, Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.demo.calendar import Calendar, closing_of, local_instant
from portal.domain.actors import Actor, Signature
from portal.domain.months import first_day, local_date, next_month
from portal.incentives.models import Statement
from portal.payouts.formats import Result
from portal.payouts.models import Payout
from portal.payouts.queries.payable import list_unpaid
from portal.payouts.services.deciding import approve_batch
from portal.payouts.services.exporting import export_batch
from portal.payouts.services.preparing import prepare_batch
from portal.payouts.services.recording import record_all_paid, record_result

CLOSED_ACCOUNT = "Rekening tujuan sudah ditutup"
BANK_DOWN = "Gangguan sistem di bank tujuan"


def pay_month(
    month: str, calendar: Calendar, *, officer: Actor, second: Actor, paid_before: str | None
) -> None:
    """Pay a closed month's payable statements in a batch, as far as the demo's end allows.

    The newest closed month stays a prepared batch that waits for the second officer. The month before keeps one row
    unanswered, which the bank sends back later (see `fail_one`). The oldest has one row that failed for another
    reason than the account and goes out again with the next batch.
    """
    prepared = closing_of(month) + timedelta(hours=7, minutes=9)
    day = local_date(prepared, "Asia/Jakarta")
    if prepared >= calendar.end or not _any_payable(officer, month, prepared):
        return
    batch = prepare_batch(by=Signature(officer, prepared), month_until=month)
    settled = local_instant(first_day(next_month(month)).replace(day=5), 11, 20)
    if month == calendar.closed[-1] or settled >= calendar.end:
        return
    batch_id = batch.id
    approve_batch(batch_id=batch_id, by=Signature(second, local_instant(day, 10, 15)))
    export_batch(batch_id=batch_id, by=Signature(officer, local_instant(day, 10, 40)))
    rows = _references(batch_id)
    if paid_before is None and len(calendar.closed) > 2 and len(rows) > 1:
        failed = Result(rows[-1], "failed", BANK_DOWN)
        record_result(batch_id=batch_id, results=[failed], by=Signature(officer, settled))
    if len(calendar.closed) > 1 and month == calendar.closed[-2] and len(rows) > 1:
        paid = [Result(reference, "paid") for reference in rows[:-1]]
        record_result(batch_id=batch_id, results=paid, by=Signature(officer, settled))
        return
    record_all_paid(batch_id=batch_id, by=Signature(officer, settled))


def fail_one(calendar: Calendar, *, officer: Actor) -> None:
    """Let the bank send back the unanswered row: its account is closed, so the payment is held."""
    at = local_instant(calendar.last_day - timedelta(days=1), 14, 5)
    query = (
        select(Payout.batch_id, Payout.reference)
        .join(Statement, Statement.id == Payout.statement_id)
        .where(Payout.status == "in_batch", Statement.month < calendar.closed[-1])
        .order_by(Payout.id)
    )
    for row in db.session.execute(query).all():
        failed = Result(row.reference, "failed", CLOSED_ACCOUNT)
        record_result(batch_id=row.batch_id, results=[failed], by=Signature(officer, at))


def audit_accounts(finance: int) -> None:
    """Record in the audit trail who entered and who verified each account."""
    columns = (BankAccount.id, BankAccount.cadre_id, BankAccount.entered_by, BankAccount.entered_at)
    query = select(*columns, BankAccount.verified_by, BankAccount.verified_at, Cadre.branch_id)
    query = query.join(Cadre, Cadre.id == BankAccount.cadre_id).order_by(BankAccount.id)
    for batch in bulk.batches(db.session.execute(query).all()):
        events = []
        for row in batch:
            role = "finance" if row.entered_by == finance else "cadre"
            steps = [(row.entered_at, row.entered_by, role, "account.entered")]
            if row.verified_by is not None:
                steps.append((row.verified_at, row.verified_by, "finance", "account.verified"))
            details = {"cadre_id": row.cadre_id}
            for at, by, role_then, act in steps:
                what = ("account", str(row.id), row.branch_id)
                events.append(audit.Event(at, by, role_then, act, *what, details=details))
        audit.record_many(events)


def _any_payable(officer: Actor, month: str, at: datetime) -> bool:
    return any(row.reason is None for row in list_unpaid(officer, at=at, month_until=month))


def _references(batch_id: int) -> list[str]:
    query = select(Payout.reference).where(Payout.batch_id == batch_id).order_by(Payout.id)
    return list(db.session.scalars(query))
