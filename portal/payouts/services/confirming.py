"""Saying that an account is right although a payment into it failed (rules.md 8.4)."""

from datetime import datetime

from sqlalchemy import update

from portal import audit
from portal.domain.actors import Actor
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.people import check_may_confirm_account
from portal.extensions import db
from portal.payouts import queries
from portal.people.models import BankAccount
from portal.people.queries import find_account, get_cadre


def confirm_account(*, cadre_id: int, account_id: int, actor: Actor, at: datetime) -> None:
    """Say that a cadre's account is right: what was held for the bank's refusal is payable again.

    Cadres do so for their own account, supervisors, finance and admins for one in their scope. Saying it again
    changes nothing.
    """
    cadre = get_cadre(cadre_id, actor=actor)
    check_may_confirm_account(role=actor.role, own=actor.cadre_id == cadre.id)
    account = find_account(cadre.id)
    if account is None:
        raise NotFound("account.none")
    if account.id != account_id:
        raise RuleBroken("people.changed_meanwhile")
    refusals = queries.list_refusals(account.id)
    if not refusals:
        if account.confirmed_at is None:
            raise RuleBroken("account.nothing_to_confirm")
        return
    db.session.execute(
        update(BankAccount)
        .where(BankAccount.id == account.id, BankAccount.is_current)
        .values(confirmed_by=actor.user_id, confirmed_at=at)
        .execution_options(synchronize_session=False),
    )
    audit.record(
        actor=actor,
        act="account.confirmed",
        subject=("account", account.id),
        at=at,
        branch_id=cadre.branch_id,
        details={"cadre_id": cadre.id, "references": [refusal.reference for refusal in refusals][:50]},
    )
    db.session.expire_all()
