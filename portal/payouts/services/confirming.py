"""Confirming an account into which a payment failed (rules.md 8.4)."""

from sqlalchemy import update

from portal import audit
from portal.cadres.models import BankAccount
from portal.cadres.queries.bank_accounts import find_account
from portal.cadres.queries.cadres import get_cadre
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.bank_accounts import check_may_confirm_account
from portal.domain.errors import NotFound, RuleBroken
from portal.payouts.queries.refusals import list_refusals


def confirm_account(*, cadre_id: int, account_id: int, by: Signature) -> None:
    """Confirm that a cadre's account is right: payments held because the bank refused it are payable again.

    Cadres confirm their own account; supervisors, finance and admins confirm one in their scope. Confirming again
    changes nothing.
    """
    cadre = get_cadre(cadre_id, actor=by.actor)
    check_may_confirm_account(role=by.actor.role, own=by.actor.cadre_id == cadre.id)
    account = find_account(cadre.id)
    if account is None:
        raise NotFound("account.none")
    if account.id != account_id:
        raise RuleBroken("people.changed_meanwhile")
    refusals = list_refusals(account.id)
    if not refusals:
        if account.confirmed_at is None:
            raise RuleBroken("account.nothing_to_confirm")
        return
    change(
        update(BankAccount)
        .where(BankAccount.id == account.id, BankAccount.is_current)
        .values(confirmed_by=by.actor.user_id, confirmed_at=by.at)
    )
    audit.record(
        by=by,
        act="account.confirmed",
        subject=audit.Subject("account", account.id, cadre.branch_id),
        details={"cadre_id": cadre.id, "references": [refusal.reference for refusal in refusals][:50]},
    )
    db.session.expire_all()
