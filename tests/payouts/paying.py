"""Makers for tests of payouts: accounts, a closed month with statements, an officer's usual acts."""

from datetime import UTC, datetime, timedelta

from cast import Cast
from sqlalchemy import insert, select, update

from portal import audit, vault
from portal.audit import AuditEvent
from portal.cadres.models import BankAccount, Cadre
from portal.cadres.queries.bank_accounts import find_account, seal_account
from portal.cadres.services.bank_accounts import enter_account, verify_account
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Actor, Signature
from portal.incentives.models import Statement
from portal.organisation.models import Branch, RegionalOffice
from portal.payouts.formats import Result
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.tracking import payment_status
from portal.payouts.services.confirming import confirm_account
from portal.payouts.services.deciding import approve_batch, reject_batch
from portal.payouts.services.dropping import drop_payment
from portal.payouts.services.exporting import export_batch
from portal.payouts.services.preparing import prepare_batch
from portal.payouts.services.recording import record_result
from portal.points.models import Month

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
OCTOBER = "2026-10"
DAY = timedelta(days=1)


def make_account(
    cadre: Cadre, *, verified_by: int | None = None, number: str = "", **overrides
) -> BankAccount:
    """Store a current account that the cadre entered; it counts once a second person has verified it."""
    number = number or f"00123400{cadre.id:04}"
    with transaction():
        db.session.execute(
            update(BankAccount).where(BankAccount.cadre_id == cadre.id).values(is_current=False)
        )
        values = {
            "cadre_id": cadre.id,
            "bank_code": "014",
            "account_hash": vault.fingerprint("account", number),
            "account_tail": number[-4:],
            "holder": cadre.name.upper(),
            "entered_by": cadre.user_id,
            "entered_at": NOW,
            "verified_by": verified_by,
            "verified_at": NOW if verified_by else None,
        }
        values |= overrides
        row = {name: values[name] for name in ("cadre_id", "entered_at", "bank_code", "holder")}
        account = BankAccount(account_sealed=seal_account(number, **row), **values)
        db.session.add(account)
        db.session.flush()
        audit_account(account)
    return account


def audit_account(account: BankAccount) -> None:
    """Write the audit events of an account that a maker stored."""
    steps = [("account.entered", account.entered_by, account.entered_at)]
    if account.verified_by is not None:
        steps.append(("account.verified", account.verified_by, account.verified_at))
    if account.imported_verified:
        steps.append(("cadres.imported", account.entered_by, account.verified_at or account.entered_at))
    for act, by, at in steps:
        who = Actor(user_id=by, role="operator", name="")
        audit.record(by=Signature(who, at), act=act, subject=("account", account.id))


def make_statements(amounts: list[tuple[Cadre, int]], month: str = OCTOBER) -> dict[str, int]:
    """Close a month whose statements are payable with these amounts; cadre code -> statement id."""
    if db.session.get(Month, month) is None:
        with transaction():
            db.session.add(Month(month=month, status="open"))
    ids = {}
    with transaction():
        for cadre, payable in amounts:
            branch = db.session.get(Branch, cadre.branch_id)
            region = db.session.get(RegionalOffice, branch.regional_office_id)
            values = {
                "month": month, "cadre_id": cadre.id, "cadre_code": cadre.code, "branch_code": branch.code,
                "region_code": region.code, "zone": branch.time_zone, "npwp_valid": True, "tax_version": 1,
                "minimum_payout": 10_000, "points": 0, "gross": payable, "taxable": payable, "tax": 0, "net": payable,
                "carried_in": 0, "carried_out": 0, "payable": payable, "host_amount": 0,
            }  # fmt: skip
            ids[cadre.code] = db.session.execute(
                insert(Statement).values(**values).returning(Statement.id)
            ).scalar_one()
        db.session.execute(
            update(Month).where(Month.month == month).values(status="closed", digest="d" * 64, closed_at=NOW),
        )
    return ids


def make_payday(cast: Cast) -> dict[str, int]:
    """Let October owe money to Marlina and Herman, whose accounts Fahmi verified."""
    for cadre in (cast.marlina, cast.herman):
        make_account(cadre, verified_by=cast.fahmi.id)
    return make_statements([(cast.marlina, 1_000_350), (cast.herman, 50_000)])


def verify(cast: Cast, cadre: Cadre, at: datetime = NOW, by: str = "fahmi") -> None:
    """Let somebody at the office verify a cadre's current account."""
    account = find_account(cadre.id)
    with transaction():
        verify_account(cadre_id=cadre.id, account_id=account.id, by=Signature(cast.actor(by), at))


def prepare(cast: Cast, by: str = "farah", at: datetime = NOW, **wanted) -> PayoutBatch:
    with transaction():
        return prepare_batch(by=Signature(cast.actor(by), at), **(wanted or {"month_until": OCTOBER}))


def approve(cast: Cast, batch_id: int, by: str = "omar", at: datetime = NOW) -> PayoutBatch:
    with transaction():
        return approve_batch(batch_id=batch_id, by=Signature(cast.actor(by), at))


def drop(cast: Cast, batch_id: int, reference: str, by: str = "omar", **more) -> PayoutBatch:
    values = {"reason": "Nama pemilik keliru"} | more
    with transaction():
        return drop_payment(
            batch_id=batch_id, reference=reference, by=Signature(cast.actor(by), NOW), **values
        )


def reject(
    cast: Cast, batch_id: int, by: str = "omar", reason: str = "Nama pemilik rekening keliru"
) -> PayoutBatch:
    with transaction():
        return reject_batch(batch_id=batch_id, reason=reason, by=Signature(cast.actor(by), NOW))


def export(cast: Cast, batch_id: int, by: str = "farah"):
    with transaction():
        return export_batch(batch_id=batch_id, by=Signature(cast.actor(by), NOW))


def record(cast: Cast, batch_id: int, *results, by: str = "farah"):
    with transaction():
        return record_result(batch_id=batch_id, results=results, by=Signature(cast.actor(by), NOW))


def sent(cast: Cast) -> int:
    """Bring October into a batch that the bank has; return its id."""
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    export(cast, batch_id)
    return batch_id


def payouts_of(batch_id: int) -> dict[int, Payout]:
    """Return a batch's rows by statement."""
    db.session.expire_all()
    rows = db.session.query(Payout).filter_by(batch_id=batch_id).all()
    return {row.statement_id: row for row in rows}


def set_status(cadre: Cadre, status: str) -> None:
    with transaction():
        db.session.execute(update(Cadre).where(Cadre.id == cadre.id).values(status=status))


def acts() -> list[str]:
    """List the audit trail's acts in order."""
    return list(db.session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))


def statuses(statements: dict[str, int]) -> dict[str, str]:
    """Return the status of each cadre's payment as of NOW."""
    db.session.expire_all()
    found = payment_status(statements.values(), at=NOW)
    return {code: found[statement_id].status for code, statement_id in statements.items()}


def status_of(statements: dict[str, int], code: str, at=NOW):
    """Return a cadre's payment: its status, reason and batch."""
    db.session.expire_all()
    return payment_status(statements.values(), at=at)[statements[code]]


def change_account(cast, cadre, number: str = "998877665544", at=NOW, by: str | None = None) -> None:
    """Let the cadre, or whoever is named, enter another account."""
    actor = cast.actor(by) if by else cast.actor(cadre.code.removeprefix("K-").lower())
    with transaction():
        enter_account(
            cadre_id=cadre.id, bank_code="014", account=number, holder=cadre.name, by=Signature(actor, at)
        )


def refuse(cast, statements, code: str, reason: str = "Rekening tutup") -> int:
    """Let the bank send a statement's payment back and pay the others; return the batch."""
    batch_id = sent(cast)
    results = [
        Result(row.reference, "failed", reason)
        if row.statement_id == statements[code]
        else Result(row.reference, "paid")
        for row in payouts_of(batch_id).values()
    ]
    record(cast, batch_id, *results)
    return batch_id


def confirm(cast, cadre, by: str, at=NOW + DAY) -> None:
    """Let somebody say that the account which the bank refused is right."""
    account = find_account(cadre.id)
    with transaction():
        confirm_account(cadre_id=cadre.id, account_id=account.id, by=Signature(cast.actor(by), at))
