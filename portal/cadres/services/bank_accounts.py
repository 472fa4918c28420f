"""Bank accounts: entered by one person, verified by another (rules.md 8.2)."""

import re

from sqlalchemy import insert, update

from portal import audit, vault
from portal.accounts.queries.second_person import require_two_persons
from portal.cadres.models import BankAccount
from portal.cadres.queries.bank_accounts import find_account, seal_account
from portal.cadres.queries.cadres import get_cadre
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.bank_accounts import check_may_enter_account, check_may_verify_account
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.nik import strip_separators

_ACCOUNT = re.compile(r"[0-9]{6,20}")
_BANK = re.compile(r"[A-Za-z0-9]{2,16}")


def normalise_account(text: str) -> str:
    """Return an account number's digits; raise RuleBroken("account.malformed")."""
    digits = strip_separators(text)
    if not _ACCOUNT.fullmatch(digits):
        raise RuleBroken("account.malformed")
    return digits


def check_bank_code(text: str) -> str:
    """Return a bank's code; raise RuleBroken("account.bad_bank")."""
    code = text.strip().upper()
    if not _BANK.fullmatch(code):
        raise RuleBroken("account.bad_bank")
    return code


def enter_account(*, cadre_id: int, bank_code: str, account: str, holder: str, by: Signature) -> BankAccount:
    """Enter a cadre's bank account; it stays unverified until another person has checked it.

    Entering the same account again changes nothing; a different one replaces the old one, which is kept.
    """
    cadre = get_cadre(cadre_id, actor=by.actor)
    check_may_enter_account(role=by.actor.role, own=by.actor.cadre_id == cadre.id)
    digits, bank, name = normalise_account(account), check_bank_code(bank_code), " ".join(holder.split())
    if not name or len(name) > 120:
        raise RuleBroken("account.holder_needed")
    found = find_account(cadre.id)
    fingerprint = vault.fingerprint("account", digits)
    if found is not None and (found.account_hash, found.bank_code, found.holder) == (fingerprint, bank, name):
        return found
    db.session.execute(
        update(BankAccount)
        .where(BankAccount.cadre_id == cadre.id, BankAccount.is_current)
        .values(is_current=False),
    )
    sealed = seal_account(digits, cadre_id=cadre.id, entered_at=by.at, bank_code=bank, holder=name)
    number = db.session.scalar(
        insert(BankAccount)
        .values(
            cadre_id=cadre.id,
            bank_code=bank,
            account_sealed=sealed,
            account_hash=fingerprint,
            account_tail=digits[-4:],
            holder=name,
            is_current=True,
            imported_verified=False,
            entered_by=by.actor.user_id,
            entered_at=by.at,
        )
        .returning(BankAccount.id),
    )
    audit.record(
        by=by,
        act="account.entered",
        subject=audit.Subject("account", number, cadre.branch_id),
        details={"cadre_id": cadre.id, "replaces": found.id if found else None},
    )
    return db.session.get_one(BankAccount, number, populate_existing=True)


def verify_account(*, cadre_id: int, account_id: int, by: Signature) -> BankAccount:
    """Record that a cadre's account was checked, by somebody who is a second person to whoever entered it."""
    cadre = get_cadre(cadre_id, actor=by.actor)
    account = find_account(cadre.id)
    if account is None:
        raise NotFound("account.none")
    if account.id != account_id:
        raise RuleBroken("people.changed_meanwhile")
    check_may_verify_account(role=by.actor.role, verifier=by.actor.user_id, entered_by=account.entered_by)
    require_two_persons(first=account.entered_by, second=by.actor.user_id, at=by.at)
    done = change(
        update(BankAccount)
        .where(BankAccount.id == account_id, BankAccount.is_current, BankAccount.verified_by.is_(None))
        .values(verified_by=by.actor.user_id, verified_at=by.at)
    )
    if done.rowcount:
        audit.record(
            by=by,
            act="account.verified",
            subject=audit.Subject("account", account_id, cadre.branch_id),
            details={"cadre_id": cadre.id},
        )
    db.session.refresh(account)
    return account
