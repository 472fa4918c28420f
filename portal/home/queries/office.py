"""Counts for the first pages of validators, finance, admins and auditors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.domain.actors import Actor
from portal.extensions import db
from portal.incentives.models import PlanAssignment, PlanVersion
from portal.jobs import Job
from portal.membership.models import ContributionConflict, ExtractImport, Participant
from portal.payouts.queries import count_batches_by_status, total_waiting
from portal.people.models import Branch, Cadre, User
from portal.people.queries import CadreFilter, count_cadres
from portal.signups.models import SignUp


def _grouped(column: Any, number: Any) -> dict[str, int]:
    return {
        str(key): int(count) for key, count in db.session.execute(select(column, number).group_by(column))
    }


def _count(query: Any) -> int:
    return int(db.session.execute(query).scalar_one() or 0)


def count_validation() -> Mapping[str, int]:
    """Count sign-ups by state, those a person must decide, open conflicts, and participants by state."""
    open_states = ("reported", "matched", "disputed")
    held = select(func.count(SignUp.id)).where(
        SignUp.status.in_(open_states), SignUp.held_reason.is_not(None)
    )
    conflicts = select(func.count(ContributionConflict.id)).where(ContributionConflict.status == "open")
    signups = _grouped(SignUp.status, func.count(SignUp.id))
    participants = _grouped(Participant.status, func.count(Participant.id))
    return {
        **{state: signups.get(state, 0) for state in (*open_states, "validated", "expired")},
        **{state: participants.get(state, 0) for state in ("active", "grace", "lapsed")},
        "held": _count(held),
        "conflicts": _count(conflicts),
    }


def list_extracts(*, limit: int = 5) -> Sequence[ExtractImport]:
    """List the newest extracts."""
    query = select(ExtractImport).order_by(ExtractImport.id.desc()).limit(limit)
    return db.session.execute(query).scalars().all()


def count_finance(actor: Actor, *, at: datetime) -> Mapping[str, int]:
    """Count what waits for payment, what is held, batches by state, accounts: by the queries of their own pages."""
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


def count_nation(month: str) -> Mapping[str, int]:
    """Count what an admin looks after: branches, cadres, users, branches without a plan, plans to approve."""
    newest = (
        select(PlanAssignment.branch_id, func.max(PlanAssignment.from_month).label("from_month"))
        .where(PlanAssignment.from_month <= month)
        .group_by(PlanAssignment.branch_id)
        .subquery()
    )
    planned = (
        select(func.count())
        .select_from(PlanAssignment)
        .join(
            newest,
            (newest.c.branch_id == PlanAssignment.branch_id)
            & (newest.c.from_month == PlanAssignment.from_month),
        )
        .where(PlanAssignment.plan_code.is_not(None))
    )
    branches = _count(select(func.count(Branch.id)))
    return {
        "branches": branches,
        "cadres": _count(select(func.count(Cadre.id)).where(Cadre.status == "active")),
        "users": _count(
            select(func.count(User.id)).where(User.is_active, User.role.not_in(("cadre", "operator")))
        ),
        "unplanned": branches - _count(planned),
        "plans": _count(select(func.count(PlanVersion.id)).where(PlanVersion.approved_at.is_(None))),
        "failed_jobs": _count(select(func.count(Job.id)).where(Job.status == "failed")),
    }
