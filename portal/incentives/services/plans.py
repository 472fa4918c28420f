"""Plans as data: the shipped ones, loading, approval by a second person, assignment to branches."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, update

from portal import audit
from portal.accounts.queries.second_person import require_two_persons
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.months import parse_month
from portal.domain.plan_schema import PLAN_SCHEMA
from portal.domain.plan_shipped import SHIPPED_PLANS
from portal.domain.plans import check_plan, content_hash
from portal.domain.tax import DEFAULT_TAX
from portal.incentives.models import PlanAssignment, PlanVersion, TaxTable
from portal.incentives.queries.plans import find_plan_in_force, get_plan_version
from portal.organisation.models import Branch
from portal.points.queries import is_closed
from portal.points.services.months import lock_month
from portal.tables.documents import find_fault

VALID_FROM: Final = "2015-01"


@dataclass(frozen=True)
class CheckedPlan:
    """A plan document that satisfies the schema and the rules."""

    code: str
    valid_from: str
    content_hash: str
    document: dict[str, Any]


def install_shipped_plans(*, by: Signature) -> None:
    """Store the three shipped plans and the tax table, approved, unless they are there (rules.md 6)."""
    for code, document in SHIPPED_PLANS.items():
        values = {
            "code": code,
            "version": 1,
            "valid_from": document["valid_from"],
            "document": document,
            "content_hash": content_hash(document),
            "loaded_by": by.actor.user_id,
            "loaded_at": by.at,
            "approved_by": by.actor.user_id,
            "approved_at": by.at,
        }
        statement = insert_into(PlanVersion).on_conflict_do_nothing().returning(PlanVersion.id)
        stored = db.session.execute(statement.values(**values)).scalar_one_or_none()
        if stored is not None:
            audit.record(by=by, act="plan.installed", subject=("plan", code))
    table = insert_into(TaxTable).on_conflict_do_nothing()
    db.session.execute(table.values(version=1, valid_from=VALID_FROM, document=DEFAULT_TAX))


def check_document(document: Mapping[str, Any]) -> CheckedPlan:
    """Check a plan document against the published schema and the rules; name the first fault."""
    fault = find_fault(document, PLAN_SCHEMA)
    if fault is not None:
        raise RuleBroken("plans.schema", {"place": fault.place, "problem": fault.problem})
    check_plan(document)
    found = dict(document)
    return CheckedPlan(found["code"], found["valid_from"], content_hash(found), found)


def load_plan(*, document: Mapping[str, Any], by: Signature, approved: bool = False) -> PlanVersion:
    """Store a version of a plan; the same content again returns the existing version.

    A further version may not change a closed month: it is valid from an open one. Loaded by command
    (`approved`) it needs no second person: the operator stands outside (rules.md 8.5).
    """
    checked = check_document(document)
    same = select(PlanVersion).where(
        PlanVersion.code == checked.code,
        PlanVersion.content_hash == checked.content_hash,
    )
    found = db.session.execute(same).scalar_one_or_none()
    if found is not None:
        return found
    newest = db.session.execute(
        select(func.max(PlanVersion.version)).where(PlanVersion.code == checked.code),
    ).scalar_one()
    if newest is not None:
        _require_open(checked.valid_from)
    taken = select(PlanVersion.version).where(
        PlanVersion.code == checked.code,
        PlanVersion.valid_from == checked.valid_from,
    )
    if db.session.execute(taken).scalar_one_or_none() is not None:
        raise RuleBroken("plans.valid_from_taken", {"code": checked.code, "month": checked.valid_from})
    stored = PlanVersion(
        code=checked.code,
        version=(newest or 0) + 1,
        valid_from=checked.valid_from,
        document=checked.document,
        content_hash=checked.content_hash,
        loaded_by=by.actor.user_id,
        loaded_at=by.at,
        approved_by=by.actor.user_id if approved else None,
        approved_at=by.at if approved else None,
    )
    db.session.add(stored)
    db.session.flush()
    details = {"version": stored.version, "content_hash": stored.content_hash, "approved": approved}
    audit.record(by=by, act="plan.loaded", subject=("plan", stored.code), details=details)
    return stored


def approve_plan(*, code: str, version: int, by: Signature) -> PlanVersion:
    """Approve a version of a plan that somebody else loaded; approving it again changes nothing."""
    found = get_plan_version(code, version)
    if found.approved_at is not None:
        return found
    if found.loaded_by == by.actor.user_id:
        raise NotAllowed("plans.own_version", {"code": code})
    require_two_persons(first=found.loaded_by, second=by.actor.user_id, at=by.at)
    if version > 1:
        _require_open(found.valid_from)
    approved = change(
        update(PlanVersion)
        .where(PlanVersion.id == found.id, PlanVersion.approved_at.is_(None))
        .values(approved_by=by.actor.user_id, approved_at=by.at)
    )
    if approved.rowcount == 1:
        details = {"version": version, "content_hash": found.content_hash}
        audit.record(by=by, act="plan.approved", subject=("plan", code), details=details)
    db.session.refresh(found)
    return found


def assign_plan(*, branch_id: int | None, code: str | None, from_month: str, by: Signature) -> int:
    """Give a branch, or all (None), a plan from an open month on; no code removes the plan.

    Returns how many branches changed. A later assignment still holds from its own month.
    """
    month = parse_month(from_month)
    _require_open(month)
    lock_month(month)
    _require_open(month)  # it may have been closed while this waited for the lock
    if code is not None and find_plan_in_force(code, month) is None:
        raise RuleBroken("plans.not_in_force", {"code": code, "month": month})
    changed = 0
    for branch in _branches(branch_id):
        changed += _assign(branch, code, month, by=by)
    return changed


def _assign(branch_id: int, code: str | None, month: str, *, by: Signature) -> int:
    statement = insert_into(PlanAssignment).values(
        branch_id=branch_id,
        from_month=month,
        plan_code=code,
        assigned_by=by.actor.user_id,
        assigned_at=by.at,
    )
    found = db.session.execute(
        select(PlanAssignment.plan_code)
        .where(PlanAssignment.branch_id == branch_id, PlanAssignment.from_month <= month)
        .order_by(PlanAssignment.from_month.desc())
        .limit(1),
    ).scalar_one_or_none()
    if found == code:
        return 0
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["branch_id", "from_month"],
            set_={"plan_code": code, "assigned_by": by.actor.user_id, "assigned_at": by.at},
        ),
    )
    audit.record(
        by=by,
        act="plan.assigned",
        subject=audit.Subject("branch", branch_id, branch_id),
        details={"code": code, "from_month": month, "before": found},
    )
    return 1


def _branches(branch_id: int | None) -> list[int]:
    query = select(Branch.id).order_by(Branch.id)
    if branch_id is None:
        return list(db.session.execute(query).scalars())
    found = db.session.execute(query.where(Branch.id == branch_id)).scalar_one_or_none()
    if found is None:
        raise NotFound("people.no_such_branch", {"branch": branch_id})
    return [found]


def _require_open(month: str) -> None:
    if is_closed(month):
        raise RuleBroken("plans.month_closed", {"month": month})
