"""Roles, certificates and bank accounts: who may do what, and to whom (rules.md 2 and 8.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal.domain.actors import ROLES, STAFF
from portal.domain.errors import NotAllowed, RuleBroken

__all__ = [
    "ACCOUNT_ENTERERS",
    "ACCOUNT_VERIFIERS",
    "ROLES",
    "STAFF",
    "CredentialAct",
    "account_context",
    "are_two_persons",
    "check_may_confirm_account",
    "check_may_enter_account",
    "check_may_verify_account",
    "check_not_own_report",
    "check_second_person",
    "held_reason",
    "may_submit",
    "needs_second_admin",
    "obstacle_to_submit",
]

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


def check_second_person(*, first: int, second: int) -> None:
    """Raise NotAllowed("second_person.needed") if the same person would prepare and approve."""
    if first == second:
        raise NotAllowed("second_person.needed")


@dataclass(frozen=True, slots=True)
class CredentialAct:
    """The creation of an account, or a reset of its password.

    `by` did it and saw the password or code; `beside` is the second admin where two were needed.
    """

    account: int
    by: int
    at: datetime
    beside: int | None = None


TWO_ADMINS = frozenset({"finance", "admin"})


def needs_second_admin(role: str, *, actor_role: str) -> bool:
    """Tell whether it takes two admins to create, promote or reset an account of this role (rules.md 8.5).

    The operator at the command line is exempt.
    """
    return role in TWO_ADMINS and actor_role != "operator"


def are_two_persons(
    first: int, second: int, acts: Iterable[CredentialAct], *, at: datetime, days: int
) -> bool:
    """Tell whether two accounts belong to two people at an instant (rules.md 8.5).

    They do not if, within the last `days` days, one created or reset the other, or if one person created or reset
    both and so could sign in as either. Acts of the command line do not count: the operator is exempt.
    """
    if first == second:
        return False
    recent = [act for act in acts if at - timedelta(days=days) < act.at]
    pair = {first, second}
    for act in recent:
        if act.account in pair and pair - {act.account} & {act.by, act.beside}:
            return False
    hands = [{act.by for act in recent if act.account == account} for account in (first, second)]
    return not hands[0] & hands[1]


def check_not_own_report(*, decider: int, reporter: int) -> None:
    """Raise NotAllowed("decision.own_report"): nobody decides on their own report."""
    if decider == reporter:
        raise NotAllowed("decision.own_report")


def may_submit(*, cadre_state: str, certified: bool) -> bool:
    """Tell whether a cadre may submit: only active and certified ones."""
    return cadre_state == "active" and certified


def obstacle_to_submit(*, cadre_state: str, certified: bool) -> str | None:
    """Say why a cadre may not submit: the state, or "uncertified"; None if they may."""
    if may_submit(cadre_state=cadre_state, certified=certified):
        return None
    return cadre_state if cadre_state != "active" else "uncertified"


def check_may_submit(*, cadre_state: str, certified: bool) -> None:
    """Raise RuleBroken "cadre.not_active" (state) or "cadre.not_certified"."""
    if cadre_state != "active":
        raise RuleBroken("cadre.not_active", {"state": cadre_state})
    if not certified:
        raise RuleBroken("cadre.not_certified")


def held_reason(
    *,
    cadre_state: str,
    has_account: bool,
    account_verified: bool,
    account_failed: bool = False,
    account_waits: bool = False,
) -> str | None:
    """Say why a payment is held, or None (rules.md 8.2, 8.4).

    held.not_active, held.no_account, held.account_unverified, held.account_failed (a payment failed because of the
    account and nobody has confirmed it since), held.account_waiting (a changed account that was verified only
    recently).
    """
    reasons = {
        "held.not_active": cadre_state != "active",
        "held.no_account": not has_account,
        "held.account_unverified": not account_verified,
        "held.account_failed": account_failed,
        "held.account_waiting": account_waits,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def check_may_confirm_account(*, role: str, own: bool) -> None:
    """Raise NotAllowed("account.may_not_confirm"): cadres confirm their own account, staff any in their scope."""
    if role not in ACCOUNT_ENTERERS | ACCOUNT_VERIFIERS or (role == "cadre" and not own):
        raise NotAllowed("account.may_not_confirm")
