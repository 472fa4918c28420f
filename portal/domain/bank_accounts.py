"""Bank accounts of cadres: who may enter, verify and confirm one, and what seals its number (rules.md 8.2, 9.1)."""

from __future__ import annotations

from datetime import UTC, datetime

from portal.domain.errors import NotAllowed

ACCOUNT_ENTERERS = frozenset({"cadre", "finance", "admin"})
ACCOUNT_VERIFIERS = frozenset({"supervisor", "finance", "admin"})


def account_context(*, cadre_id: int, entered_at: datetime, bank_code: str, holder: str) -> str:
    """Return the context that seals a bank account's number to its row: it opens in no other (rules.md 9.1)."""
    return f"bank_accounts:{cadre_id}:{entered_at.astimezone(UTC).isoformat()}:{bank_code}:{holder}"


def check_may_enter_account(*, role: str, own: bool) -> None:
    """Raise NotAllowed("account.may_not_enter"): cadres enter their own, finance and admins anybody's."""
    if role not in ACCOUNT_ENTERERS or (role == "cadre" and not own):
        raise NotAllowed("account.may_not_enter")


def check_may_verify_account(*, role: str, verifier: int, entered_by: int) -> None:
    """Raise NotAllowed "account.may_not_verify" by role, "account.own_entry" for who entered it."""
    if role not in ACCOUNT_VERIFIERS:
        raise NotAllowed("account.may_not_verify")
    if verifier == entered_by:
        raise NotAllowed("account.own_entry")


def check_may_confirm_account(*, role: str, own: bool) -> None:
    """Raise NotAllowed("account.may_not_confirm"): cadres confirm their own account, staff any in their scope."""
    if role not in ACCOUNT_ENTERERS | ACCOUNT_VERIFIERS or (role == "cadre" and not own):
        raise NotAllowed("account.may_not_confirm")
