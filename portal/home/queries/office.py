"""Counts for the first pages of validators, finance, admins and auditors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.accounts.queries.users import UserFilter, count_users
from portal.cadres.queries.cadres import CadreFilter, count_cadres
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.incentives.queries.plans import count_unassigned, list_plans
from portal.jobs import Job
from portal.membership.models import ExtractImport
from portal.membership.queries.workbench import (
    count_conflicts,
    count_disputes,
    count_groups,
    count_participants,
)
from portal.organisation.queries import count_branches
from portal.payouts.queries.batches import count_batches_by_status
from portal.payouts.queries.payable import total_waiting


def _count(query: Any) -> int:
    return int(db.session.execute(query).scalar_one() or 0)


def count_validation(actor: Actor) -> Mapping[str, int]:
    """Count in scope: sign-ups by what has to be done, double claims, conflicts, participants by status."""
    found = count_participants(actor)
    return {
        **count_groups(actor),
        **{state: found.get(state, 0) for state in ("active", "grace", "lapsed")},
        "disputes": count_disputes(actor),
        "conflicts": count_conflicts(),
    }


def list_extracts(*, limit: int = 5) -> Sequence[ExtractImport]:
    """List the newest extracts."""
    query = select(ExtractImport).order_by(ExtractImport.id.desc()).limit(limit)
    return db.session.execute(query).scalars().all()


def count_finance(actor: Actor, *, at: datetime) -> Mapping[str, int]:
    """Count payable, held, batches and unverified accounts, with the same queries as the pages they link to."""
    waiting = total_waiting(actor, at=at)
    batches = count_batches_by_status(actor)
    refused = waiting.reasons.get("held.account_failed")
    return {
        "payable": waiting.ready.count,
        "payable_sum": waiting.ready.amount,
        "held": waiting.held.count,
        "prepared": batches.get("prepared", 0),
        "approved": batches.get("approved", 0),
        "accounts": count_cadres(actor, CadreFilter(account="unverified")),
        "failed": refused.count if refused else 0,
    }


def count_setup(actor: Actor, month: str) -> Mapping[str, int]:
    """Count what an admin looks after in scope: branches, accounts, branches without a plan, plans to approve, jobs."""
    return {
        "branches": count_branches(actor),
        "users": count_users(actor, UserFilter()),
        "unplanned": count_unassigned(month, actor=actor),
        "plans": sum(1 for one in list_plans() if one.approved_at is None),
        "failed_jobs": _count(select(func.count(Job.id)).where(Job.status == "failed")),
    }
