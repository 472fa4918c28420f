"""Bank accounts: the current one, and who else uses the same."""

from sqlalchemy import func, select

from portal.extensions import db
from portal.people.models import BankAccount


def find_account(cadre_id: int) -> BankAccount | None:
    """Return a cadre's current bank account, or None."""
    return db.session.scalars(
        select(BankAccount).where(BankAccount.cadre_id == cadre_id, BankAccount.is_current),
    ).one_or_none()


def is_verified(account: BankAccount | None) -> bool:
    """Tell whether somebody else than who entered it has verified an account, or an import vouched for it."""
    return account is not None and (account.verified_by is not None or account.imported_verified)


def count_cadres_with_account(account: BankAccount) -> int:
    """Count the other cadres whose current account is the same one: a flag, not a verdict."""
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
