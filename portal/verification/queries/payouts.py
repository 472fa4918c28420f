"""Payouts: what was approved is stored, nobody is paid twice or by one person, and each status has its event."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from portal import vault
from portal.audit import AuditEvent
from portal.cadres.models import BankAccount
from portal.cadres.queries.bank_accounts import open_account
from portal.domain.errors import RuleBroken, VaultError
from portal.domain.payouts import payout_reference
from portal.incentives.models import Statement
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.batches import open_payment
from portal.payouts.services.exporting import write_file
from portal.verification.queries.findings import Finding, each, found, rows

_RESULTS: Final = ("paid", "failed")
# how many of each result, by batch, person and moment
_ResultCounts = defaultdict[tuple[int, int, datetime], Counter[str]]


def check_batches() -> Iterator[Finding]:
    """Compare each batch with its rows, and check that two people decided it."""
    own = "FROM payouts p WHERE p.batch_id = b.id AND p.dropped_at IS NULL"
    yield from each(
        "a batch's count or total is not that of its rows",
        f"SELECT b.code FROM payout_batches b WHERE b.total <> (SELECT COALESCE(SUM(p.amount), 0) {own})"
        f" OR b.payments <> (SELECT COUNT(*) {own})",
    )
    yield from each(
        "a batch was prepared and decided by one person",
        "SELECT code FROM payout_batches WHERE approved_by = prepared_by OR rejected_by = prepared_by",
    )
    yield from each(
        "a payment of a batch that nobody approved and exported is settled",
        "SELECT p.reference FROM payouts p JOIN payout_batches b ON b.id = p.batch_id"
        " WHERE p.status IN ('paid', 'failed')"
        " AND (b.status NOT IN ('approved', 'settled') OR b.exported_at IS NULL)",
    )
    yield from each(
        "a payment is dissolved though its batch was not rejected and nobody dropped it",
        "SELECT p.reference FROM payouts p JOIN payout_batches b ON b.id = p.batch_id"
        " WHERE p.status = 'dissolved' AND b.status <> 'rejected' AND p.dropped_at IS NULL",
    )
    yield from each(
        "a batch is settled while a payment waits, or rejected while one lives",
        "SELECT b.code FROM payout_batches b WHERE EXISTS (SELECT 1 FROM payouts p WHERE p.batch_id = b.id"
        " AND (b.status = 'settled' AND p.status = 'in_batch' OR b.status = 'rejected' AND p.is_live))",
    )


def check_payments() -> Iterator[Finding]:
    """Check that each statement is paid at most once, with its own amount and reference."""
    yield from each(
        "a statement is in more than one live batch, or paid twice",
        "SELECT statement_id FROM payouts WHERE status IN ('in_batch', 'paid')"
        " GROUP BY statement_id HAVING COUNT(*) > 1",
    )
    yield from each(
        "a payment is not what its statement says",
        "SELECT p.reference FROM payouts p JOIN statements s ON s.id = p.statement_id"
        " WHERE p.amount <> s.payable OR p.cadre_id <> s.cadre_id",
    )
    yield from each(
        "a payment lives in a state that ends it, or not in one that keeps it",
        "SELECT reference FROM payouts WHERE is_live <> (status IN ('in_batch', 'paid'))",
    )
    attempts: dict[int, int] = defaultdict(int)
    query = select(Payout.statement_id, Payout.reference, Statement.month)
    query = query.join(Statement, Statement.id == Payout.statement_id).order_by(Payout.id)
    for row in rows(query):
        attempts[row.statement_id] += 1
        if row.reference != payout_reference(row.month, row.statement_id, attempts[row.statement_id]):
            yield found("a payment has another reference than its statement gives", row.reference)


def check_accounts() -> Iterator[Finding]:
    """Open every account number in its row, and trace each payment to the account it was taken from."""
    columns = BankAccount.__table__.c
    for row in rows(select(*columns).order_by(columns.id)):
        digits = _opened(open_account, row)
        if digits is None:
            yield found("a bank account's number does not open in its row", row.id)
        elif vault.fingerprint("account", digits) != bytes(row.account_hash):
            yield found("a bank account's number is not the one that was entered", row.id)
        elif digits[-4:] != row.account_tail:
            yield found("a bank account's last digits are not those of its number", row.id)
    yield from _check_frozen_accounts()
    yield from each(
        "a bank account was entered and verified by one person",
        "SELECT id FROM bank_accounts WHERE verified_by = entered_by",
    )
    yield from each(
        "a payment went out into an account that nobody had verified",
        "SELECT p.reference FROM payouts p JOIN payout_batches b ON b.id = p.batch_id"
        " JOIN bank_accounts a ON a.id = p.bank_account_id"
        " WHERE b.approved_at IS NOT NULL AND p.status <> 'dissolved'"
        " AND (a.verified_by IS NULL AND NOT a.imported_verified OR a.verified_at > b.approved_at)",
    )


def _check_frozen_accounts() -> Iterator[Finding]:
    account = BankAccount.__table__.c
    now = (account.cadre_id, account.bank_code, account.holder, account.account_hash)
    query = select(*Payout.__table__.c, *(column.label(f"{column.name}_of_account") for column in now))
    query = query.outerjoin(BankAccount, BankAccount.id == Payout.bank_account_id).order_by(Payout.id)
    for row in rows(query):
        digits = _opened(open_payment, row)
        if digits is None:
            yield found("a payment's account number does not open in its row", row.reference)
            continue
        if digits[-4:] != row.account_tail:
            yield found("a payment's last digits are not those of its account", row.reference)
        if row.bank_account_id is None:
            continue  # an older portal prepared it, from an account that was changed before the upgrade
        stored = (row.cadre_id_of_account, row.bank_code_of_account, row.holder_of_account)
        hashed = row.account_hash_of_account and bytes(row.account_hash_of_account)
        if (row.cadre_id, row.bank_code, row.holder) != stored or hashed != vault.fingerprint(
            "account", digits
        ):
            yield found("a payment goes to another account than the cadre's", row.reference)


def _opened(open_row: Any, row: Any) -> str | None:
    try:
        return str(open_row(row))
    except VaultError:
        return None


def check_files() -> Iterator[Finding]:
    """Write the bank file of each approved batch again: it must have the hash fixed at the approval."""
    query = select(PayoutBatch).where(PayoutBatch.status.in_(("approved", "settled")))
    for (batch,) in list(rows(query.order_by(PayoutBatch.id))):
        try:
            same = batch.file_sha256 in {None, write_file(batch).sha256}
        except (VaultError, RuleBroken):
            same = False
        if not same:
            yield found("a batch no longer gives the bank file that was approved", batch.code)
        if batch.file_sha256 is None and batch.exported_at is not None:
            yield found("a batch went out without the hash of its file", batch.code)


def _same(column: str, value: str) -> str:
    """Return an equality that no index on the column serves: many events share instant and actor, few a subject."""
    return f"COALESCE(e.{column}, {value}) = {value}"


# table, column of the person (None: anybody), column of the time, act, kind of the subject, condition
_STEPS: Final = (
    ("payout_batches", "prepared_by", "prepared_at", "payout_batch.prepared", "payout_batch"),
    ("payout_batches", "approved_by", "approved_at", "payout_batch.approved", "payout_batch"),
    ("payout_batches", "rejected_by", "rejected_at", "payout_batch.rejected", "payout_batch"),
    ("payout_batches", None, "exported_at", "payout_batch.exported", "payout_batch"),
    ("payouts", "dropped_by", "dropped_at", "payout.dropped", "payout"),
    ("bank_accounts", "verified_by", "verified_at", "account.verified", "account"),
    ("bank_accounts", "confirmed_by", "confirmed_at", "account.confirmed", "account"),
)


def check_events() -> Iterator[Finding]:
    """Find the event behind each status, by the person and time that the row names."""
    for table, who, when, act, kind in _STEPS:
        step = who or when
        by = f" AND {_same('actor_id', f't.{who}')}" if who else ""
        yield from each(
            f"nothing in the audit trail stands behind {step.removesuffix('_by').removesuffix('_at')}",
            f"SELECT '{table}', t.id FROM {table} t WHERE t.{step} IS NOT NULL AND NOT EXISTS"
            f" (SELECT 1 FROM audit_events e WHERE e.act = '{act}' AND e.subject_kind = '{kind}'"
            f" AND e.subject_id = CAST(t.id AS VARCHAR(20)) AND {_same('at', f't.{when}')}{by})",
        )
    yield from _check_entries()
    yield from _check_ends()
    yield from _check_results()


def _check_entries() -> Iterator[Finding]:
    """Check that the trail has who entered each account, or which file vouched for it."""
    imported = (
        f"EXISTS (SELECT 1 FROM audit_events e WHERE e.act = 'cadres.imported' AND {_same('at', 'a.entered_at')}"
        f" AND {_same('actor_id', 'a.entered_by')})"
    )
    yield from each(
        "nothing in the audit trail stands behind entered",
        "SELECT 'bank_accounts', a.id FROM bank_accounts a WHERE NOT EXISTS (SELECT 1 FROM audit_events e"
        " WHERE e.act = 'account.entered' AND e.subject_kind = 'account'"
        f" AND e.subject_id = CAST(a.id AS VARCHAR(20)) AND {_same('actor_id', 'a.entered_by')}"
        f" AND {_same('at', 'a.entered_at')}) AND NOT {imported}",
    )
    yield from each(
        "no import stands behind an account that a file is said to vouch for",
        "SELECT 'bank_accounts', a.id FROM bank_accounts a WHERE a.imported_verified AND NOT EXISTS"
        " (SELECT 1 FROM audit_events e WHERE e.act = 'cadres.imported' AND COALESCE(e.at, a.entered_at)"
        " = COALESCE(CASE WHEN a.verified_by IS NULL THEN a.verified_at END, a.entered_at))",
    )


def _check_ends() -> Iterator[Finding]:
    yield from each(
        "nothing in the audit trail stands behind settled",
        "SELECT b.code FROM payout_batches b WHERE b.status = 'settled' AND NOT EXISTS (SELECT 1 FROM audit_events e"
        " WHERE e.act = 'payout_batch.settled' AND e.subject_kind = 'payout_batch'"
        " AND e.subject_id = CAST(b.id AS VARCHAR(20)))",
    )
    batches = {str(row.id): row for row in rows(select(*PayoutBatch.__table__.c))}
    query = select(AuditEvent.subject_id, AuditEvent.details).where(AuditEvent.act == "payout_batch.approved")
    for row in rows(query):
        batch, said = batches.get(row.subject_id), row.details or {}
        if batch is None:
            yield found("a batch that was approved is gone", row.subject_id)
        elif (said.get("payments"), said.get("total")) != (batch.payments, batch.total) or said.get(
            "sha256", batch.file_sha256
        ) != batch.file_sha256:
            yield found("a batch is not what its approval says", batch.code)


def _check_results() -> Iterator[Finding]:
    """Count the results of each batch, person and moment again: the trail says how many were paid and failed."""
    said, named = _recorded_results()
    stored: _ResultCounts = defaultdict(Counter)
    for row in rows(select(*Payout.__table__.c).where(Payout.status.in_(_RESULTS))):
        stored[row.batch_id, row.settled_by, row.settled_at][row.status] += 1
        if named.get(row.reference, row.status) != row.status:
            yield found("a payment's result is not the one that was recorded", row.reference)
    for key in sorted({*said, *stored}, key=str):
        if said[key] != stored[key]:
            yield found("paid or failed without a recorded result, or the other way round", "batch", key[0])


def _recorded_results() -> tuple[_ResultCounts, dict[str, str]]:
    """Return what the trail says of results: how many of each, and the one of each payment by its reference."""
    query = select(AuditEvent.subject_id, AuditEvent.actor_id, AuditEvent.at, AuditEvent.details)
    said: _ResultCounts = defaultdict(Counter)
    named: dict[str, str] = {}
    for row in rows(query.where(AuditEvent.act == "payout_batch.result_recorded")):
        details = row.details or {}
        for result in _RESULTS:
            said[int(row.subject_id), row.actor_id, row.at][result] += details.get(result, 0)
        named |= details.get("results", {})
    return said, named
