"""Reads of incentives: plans, the month's computation, statements, estimates."""

from portal.incentives.queries.computing import (
    ComputedLine,
    ComputedStatement,
    compute,
    compute_group,
    prepare,
)
from portal.incentives.queries.facts import list_earlier_pairs
from portal.incentives.queries.late import list_fraud_pairs, list_marks
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
    "compute",
    "compute_group",
    "find_plan_in_force",
    "find_plan_of_branch",
    "get_plan",
    "get_plan_version",
    "list_assigned",
    "list_assignments",
    "list_earlier_pairs",
    "list_fraud_pairs",
    "list_marks",
    "list_plans",
    "list_versions",
    "plans_in",
    "prepare",
    "tax_in",
]
