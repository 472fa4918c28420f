"""What a month would cost under another plan: computed like the close, own month only, nothing written."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from portal.database.extensions import db
from portal.domain.errors import RuleBroken
from portal.domain.months import parse_month
from portal.incentives.computation.computing import compute, prepare_month
from portal.incentives.computation.places import frozen_rows, preview_rows
from portal.incentives.computation.results import Totals
from portal.incentives.queries.plans import PlanInForce, find_plan_in_force, get_plan, plans_in
from portal.incentives.queries.rosters import list_offices
from portal.organisation.models import Branch
from portal.points.queries import find_month


@dataclass(frozen=True)
class BranchCost:
    """One branch's month under its present plan and under the simulated one, in rupiah."""

    name: str
    has: PlanInForce | None
    present: Totals
    new: Totals


@dataclass(frozen=True)
class Simulation:
    """A month's data under one version of a plan, compared with what is in force in `in_force`; rupiah."""

    plan: PlanInForce
    month: str
    in_force: str
    branches: list[BranchCost]

    @property
    def new(self) -> Totals:
        """Add up what the branches would cost."""
        return _sum(row.new for row in self.branches)

    @property
    def present(self) -> Totals:
        """Add up what the branches cost under their present plans."""
        return _sum(row.present for row in self.branches)

    @property
    def replaced(self) -> list[PlanInForce | None]:
        """Return the versions that the branches have, each once; None is no plan."""
        return list(
            {(row.has.code, row.has.version) if row.has else None: row.has for row in self.branches}.values()
        )

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints."""
        present = {"present_gross": self.present.gross, "present_host_amount": self.present.host_amount}
        head = {"plan": self.plan.code, "version": self.plan.version, "month": self.month}
        return head | asdict(self.new) | present


def _sum(parts: Any) -> Totals:
    whole = Totals()
    for part in parts:
        for name, amount in asdict(part).items():
            setattr(whole, name, getattr(whole, name) + amount)
    return whole


def simulate_plan(
    code: str,
    month: str,
    *,
    branch_id: int | None = None,
    version: int | None = None,
    in_force: str | None = None,
) -> Simulation:
    """Compute a month's own lines as if one branch, or every branch, had a version of a plan.

    Without a version, the one that holds in the month. The comparison is with what the branches have in `in_force`,
    else in the month itself. Late money and balances are left out: they belong to other months.
    """
    month = parse_month(month)
    plan = find_plan_in_force(code, month) if version is None else get_plan(code, version)
    if plan is None:
        raise RuleBroken("plans.not_in_force", {"code": code, "month": month})
    offices = [branch_id] if branch_id is not None else list(list_offices())
    has = plans_in(in_force or month)
    present = _totals(month, {office: has[office] for office in offices if office in has})
    new = _totals(month, dict.fromkeys(offices, plan))
    names = db.session.execute(
        select(Branch.id, Branch.name).where(Branch.id.in_(offices)).order_by(Branch.name, Branch.id)
    )
    rows = [BranchCost(name, has.get(key), present[key], new[key]) for key, name in names]
    return Simulation(plan, month, in_force or month, rows)


def _totals(month: str, plans: Mapping[int, PlanInForce]) -> defaultdict[int, Totals]:
    """Add up the statements of a month by the branch that each cadre has in it."""
    totals = defaultdict[int, Totals](Totals)
    row = find_month(month)
    rows = frozen_rows(month) if row is not None and row.status == "closed" else preview_rows(month)
    for one in compute(prepare_month(month, lambda _: rows, plans=dict(plans)), ()):
        totals[one.held.branch_id].add(one)
    return totals
