"""What a month would cost under another plan: computed like the close, own month only, written by nobody."""

from dataclasses import asdict, dataclass
from typing import Any

from portal.domain.errors import RuleBroken
from portal.domain.months import parse_month
from portal.incentives.queries.computing import compute, prepare
from portal.incentives.queries.places import frozen_rows, preview_rows
from portal.incentives.queries.plans import PlanInForce, find_plan_in_force
from portal.incentives.queries.results import Totals
from portal.incentives.queries.rosters import list_offices
from portal.incentives.queries.standings import Standings
from portal.points.queries import find_month


@dataclass(frozen=True)
class Simulation:
    """A month under one plan for some branches, beside what they have now; rupiah."""

    code: str
    version: int
    month: str
    new: Totals
    present: Totals

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints."""
        present = {"present_gross": self.present.gross, "present_host_amount": self.present.host_amount}
        return {"plan": self.code, "version": self.version, "month": self.month} | asdict(self.new) | present


def simulate_plan(code: str, month: str, *, branch_id: int | None = None) -> Simulation:
    """Compute a month's own lines as if one branch, or every branch, had a plan.

    Late money and balances are left out: they belong to other months.
    """
    month = parse_month(month)
    plan = find_plan_in_force(code, month)
    if plan is None:
        raise RuleBroken("plans.not_in_force", {"code": code, "month": month})
    offices = [branch_id] if branch_id is not None else list(list_offices())
    new = _total(month, dict.fromkeys(offices, plan), set(offices))
    return Simulation(code, plan.version, month, new, _total(month, None, set(offices)))


def _total(month: str, plans: dict[int, PlanInForce] | None, offices: set[int]) -> Totals:
    standings, totals = Standings(), Totals()
    context = prepare(month, standings, plans)
    row = find_month(month)
    rows = frozen_rows(month) if row is not None and row.status == "closed" else preview_rows(month)
    for _ in standings.note(rows):
        pass
    for one in compute(context, ()):
        if one.held.branch_id in offices:
            totals.add(one)
    return totals
