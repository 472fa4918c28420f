"""Reads of incentives: plans, the month's computation, statements, estimates."""

from portal.incentives.queries.computing import (
    ComputedLine,
    ComputedStatement,
    Totals,
    compute,
    compute_group,
    prepare,
)
from portal.incentives.queries.late import late_pairs
from portal.incentives.queries.plans import (
    PlanInForce,
    find_plan_in_force,
    find_plan_of_branch,
    get_plan,
    get_plan_version,
    list_assigned,
    list_assignments,
    list_plans,
    list_versions,
    plans_in,
    tax_in,
)
from portal.incentives.queries.standings import StandingRow, Standings

__all__ = [
    "ComputedLine",
    "ComputedStatement",
    "PlanInForce",
    "StandingRow",
    "Standings",
    "Totals",
    "compute",
    "compute_group",
    "find_plan_in_force",
    "find_plan_of_branch",
    "get_plan",
    "get_plan_version",
    "late_pairs",
    "list_assigned",
    "list_assignments",
    "list_plans",
    "list_versions",
    "plans_in",
    "prepare",
    "tax_in",
]
