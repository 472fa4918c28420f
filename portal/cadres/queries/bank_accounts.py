"""Bank accounts: the current one, and who else uses the same one."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal import vault
from portal.cadres.models import BankAccount
from portal.database.extensions import db
from portal.domain.bank_accounts import account_context


def find_account(cadre_id: int) -> BankAccount | None:
    """Return a cadre's current bank account, or None."""
    return db.session.scalars(
        select(BankAccount).where(BankAccount.cadre_id == cadre_id, BankAccount.is_current),
    ).one_or_none()


def seal_account(
    digits: str, *, cadre_id: int, entered_at: datetime, bank_code: str | None, holder: str | None
) -> bytes:
    """Seal an account number so that it opens only in the row it is about to be stored in."""
    context = account_context(
        cadre_id=cadre_id, entered_at=entered_at, bank_code=bank_code or "", holder=holder or ""
    )
    return vault.seal(digits, context=context)


def open_account(row: Any) -> str:
    """Return a bank account's full number; VaultError if it was sealed for another row.

    The row has cadre_id, entered_at, bank_code, holder and account_sealed.
    """
    context = account_context(
        cadre_id=row.cadre_id, entered_at=row.entered_at, bank_code=row.bank_code, holder=row.holder
    )
    return vault.unseal(row.account_sealed, context=context)


def is_verified(account: BankAccount | None) -> bool:
    """Tell whether an account was verified by somebody other than who entered it, or vouched for by an import."""
    return account is not None and (account.verified_by is not None or account.imported_verified)


def count_cadres_with_account(account: BankAccount) -> int:
    """Count the other cadres who currently use the same account: a flag for reviewers, not proof of fraud."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(BankAccount)
            .where(
                BankAccount.account_hash == account.account_hash,
                BankAccount.is_current,
                BankAccount.cadre_id != account.cadre_id,
            ),
        )
        or 0
    )
