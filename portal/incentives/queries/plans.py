"""Reads of plans: versions, the plan of a branch in a month, the tax table in force."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, Select, Text, cast, func, select

from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.domain.plans import Plan, read_plan
from portal.domain.tax import TaxTable as ReadTaxTable
from portal.domain.tax import read_tax_table
from portal.incentives.models import PlanAssignment, PlanVersion, TaxTable
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope


@dataclass(frozen=True)
class PlanInForce:
    """A version of a plan, parsed."""

    code: str
    version: int
    valid_from: str
    name: str
    plan: Plan


@dataclass(frozen=True)
class TaxInForce:
    """A version of the tax rules, parsed."""

    version: int
    table: ReadTaxTable


@dataclass(frozen=True)
class Assigned:
    """The plan of a branch from a month on; no code means none."""

    branch_id: int
    branch_code: str
    branch_name: str
    from_month: str | None
    plan_code: str | None


@dataclass(frozen=True)
class PlanBook:
    """All versions of all plans and some branches' assignments: looks plans up without asking the database again."""

    versions: tuple[tuple[PlanInForce, bool], ...]  # each with whether it is approved
    assigned: Mapping[int, list[tuple[str, str | None]]]

    @classmethod
    def of(cls, versions: Iterable[Any], assignments: Iterable[Any]) -> Self:
        """Arrange the rows of VERSIONS and of select_assignments()."""
        assigned: defaultdict[int, list[tuple[str, str | None]]] = defaultdict(list)
        for row in assignments:
            assigned[row.branch_id].append((row.from_month, row.plan_code))
        read = ((_from_text(row), bool(row.approved)) for row in versions)
        return cls(tuple(read), {branch_id: sorted(found) for branch_id, found in assigned.items()})

    def plans_in(self, month: str) -> dict[int, PlanInForce]:
        """Map the branches to their plan in a month: what the function of this name reads."""
        held = {branch_id: self._held(found, month) for branch_id, found in self.assigned.items()}
        return {branch_id: plan for branch_id, plan in held.items() if plan is not None}

    def _held(self, assigned: list[tuple[str, str | None]], month: str) -> PlanInForce | None:
        code = next((code for from_month, code in reversed(assigned) if from_month <= month), None)
        of_code = (plan for plan, approved in self.versions if approved and plan.code == code)
        began = (plan for plan in of_code if plan.valid_from <= month)
        return max(began, key=lambda plan: plan.valid_from, default=None)

    def version(self, code: str, version: int) -> PlanInForce:
        """Return one version of a plan, as get_plan() does."""
        for plan, _ in self.versions:
            if (plan.code, plan.version) == (code, version):
                return plan
        raise NotFound("plans.unknown", {"code": f"{code} {version}"})


# Documents come as texts: what is read of a text is kept by it, and is true as long as the text is.
VERSIONS: Final = select(
    PlanVersion.code,
    PlanVersion.version,
    PlanVersion.valid_from,
    PlanVersion.approved_at.is_not(None).label("approved"),
    cast(PlanVersion.document, Text).label("document"),
)
TAX_TABLES: Final = select(
    TaxTable.version, TaxTable.valid_from, cast(TaxTable.document, Text).label("document")
)


def select_assignments(of_branches: ColumnElement[bool]) -> Select[Any]:
    """Select which plan some branches have from which month on."""
    return select(PlanAssignment.branch_id, PlanAssignment.from_month, PlanAssignment.plan_code).where(
        of_branches
    )


def _from_text(row: Any) -> PlanInForce:
    name, plan = _plan_of(row.document)
    return PlanInForce(row.code, row.version, row.valid_from, name, plan)


@lru_cache(maxsize=256)
def _plan_of(document: str) -> tuple[str, Plan]:
    read = json.loads(document)
    return read["name"], read_plan(read)


@lru_cache(maxsize=64)
def _tax_table_of(document: str) -> ReadTaxTable:
    return read_tax_table(json.loads(document))


def _read(row: PlanVersion) -> PlanInForce:
    return PlanInForce(row.code, row.version, row.valid_from, row.document["name"], read_plan(row.document))


def list_plans() -> list[PlanVersion]:
    """List all versions of all plans, by code, newest version first."""
    query = select(PlanVersion).order_by(PlanVersion.code, PlanVersion.version.desc())
    return list(db.session.execute(query).scalars())


def list_versions(code: str) -> list[PlanVersion]:
    """List the versions of a plan, newest first; NotFound if there are none."""
    query = select(PlanVersion).where(PlanVersion.code == code).order_by(PlanVersion.version.desc())
    rows = list(db.session.execute(query).scalars())
    if not rows:
        raise NotFound("plans.unknown", {"code": code})
    return rows


def get_plan_version(code: str, version: int) -> PlanVersion:
    """Return one version of a plan."""
    query = select(PlanVersion).where(PlanVersion.code == code, PlanVersion.version == version)
    row = db.session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("plans.unknown", {"code": f"{code} {version}"})
    return row


def find_plan_in_force(code: str, month: str) -> PlanInForce | None:
    """Return the approved version that holds in a month, or None."""
    query = (
        select(PlanVersion)
        .where(
            PlanVersion.code == code, PlanVersion.approved_at.is_not(None), PlanVersion.valid_from <= month
        )
        .order_by(PlanVersion.valid_from.desc())
        .limit(1)
    )
    row = db.session.execute(query).scalar_one_or_none()
    return None if row is None else _read(row)


def get_plan(code: str, version: int) -> PlanInForce:
    """Return a version of a plan, parsed; closed months name their version."""
    return _read(get_plan_version(code, version))


def _assigned_codes(month: str) -> dict[int, str | None]:
    """Map each branch to its plan code in a month: that of its newest assignment up to then."""
    rows = db.session.execute(
        select(PlanAssignment.branch_id, PlanAssignment.plan_code)
        .where(PlanAssignment.from_month <= month)
        .order_by(PlanAssignment.from_month),
    )
    return {row.branch_id: row.plan_code for row in rows}


def plans_in(month: str) -> dict[int, PlanInForce]:
    """Map branches to their plan in a month; a branch without one has standings but no money."""
    codes = _assigned_codes(month)
    found = {code: find_plan_in_force(code, month) for code in set(codes.values()) if code is not None}
    plans = ((branch_id, found.get(code)) for branch_id, code in codes.items() if code is not None)
    return {branch_id: plan for branch_id, plan in plans if plan is not None}


def find_plan_of_branch(branch_id: int, month: str) -> PlanInForce | None:
    """Return the plan of a branch in a month, or None."""
    return plans_in(month).get(branch_id)


def list_assigned(month: str, *, actor: Actor) -> list[Assigned]:
    """List the branches of an actor's scope with their plan in a month, by code."""
    newest = {
        row.branch_id: row
        for row in db.session.execute(
            select(PlanAssignment)
            .where(PlanAssignment.from_month <= month)
            .order_by(PlanAssignment.from_month),
        ).scalars()
    }
    listed = select(Branch.id, Branch.code, Branch.name).where(in_scope(actor, Branch.id))
    branches = db.session.execute(listed.order_by(Branch.code)).all()
    return [
        Assigned(
            branch.id,
            branch.code,
            branch.name,
            newest[branch.id].from_month if branch.id in newest else None,
            newest[branch.id].plan_code if branch.id in newest else None,
        )
        for branch in branches
    ]


def count_unassigned(month: str, *, actor: Actor) -> int:
    """Count the branches of an actor's scope that have no plan in a month."""
    newest = (
        select(PlanAssignment.plan_code)
        .where(PlanAssignment.branch_id == Branch.id, PlanAssignment.from_month <= month)
        .order_by(PlanAssignment.from_month.desc())
        .limit(1)
        .scalar_subquery()
    )
    without = select(func.count()).select_from(Branch).where(in_scope(actor, Branch.id), newest.is_(None))
    return int(db.session.execute(without).scalar_one())


def list_assignments(code: str) -> list[Any]:
    """List where and from when a plan was assigned: branch code, branch name, from_month; newest first."""
    return list(
        db.session.execute(
            select(Branch.code, Branch.name, PlanAssignment.from_month)
            .join(Branch, Branch.id == PlanAssignment.branch_id)
            .where(PlanAssignment.plan_code == code)
            .order_by(PlanAssignment.from_month.desc(), Branch.code),
        ).all(),
    )


def tax_in(month: str) -> TaxInForce:
    """Return the tax rules that hold in a month."""
    query = select(TaxTable).where(TaxTable.valid_from <= month).order_by(TaxTable.valid_from.desc()).limit(1)
    row = db.session.execute(query).scalar_one_or_none()
    if row is None:
        row = db.session.execute(select(TaxTable).order_by(TaxTable.valid_from).limit(1)).scalar_one_or_none()
    if row is None:
        raise NotFound("plans.no_tax_table")
    return TaxInForce(row.version, read_tax_table(row.document))


def tax_of(tables: Iterable[Any], month: str) -> TaxInForce:
    """Choose from the rows of TAX_TABLES those rules that tax_in() reads."""
    ordered = sorted(tables, key=lambda row: str(row.valid_from))
    if not ordered:
        raise NotFound("plans.no_tax_table")
    held = [row for row in ordered if row.valid_from <= month]
    row = held[-1] if held else ordered[0]
    return TaxInForce(row.version, _tax_table_of(row.document))
