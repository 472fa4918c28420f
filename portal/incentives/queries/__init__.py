"""Reads of incentives: plans, the month's computation, statements, estimates."""

from portal.incentives.queries.computing import compute, compute_group, prepare
from portal.incentives.queries.estimates import Estimate, estimate_for
from portal.incentives.queries.late import late_pairs
from portal.incentives.queries.places import frozen_rows, preview_rows
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
from portal.incentives.queries.results import ComputedLine, ComputedStatement, ShownLine, Totals
from portal.incentives.queries.simulations import Simulation, simulate_plan
from portal.incentives.queries.standings import StandingRow, Standings
from portal.incentives.queries.statements import (
    PAGE,
    Evidence,
    HostTotal,
    MonthTotals,
    StatementRow,
    count_evidence,
    find_statement,
    get_statement,
    list_evidence,
    list_host_amounts,
    list_lines,
    list_own,
    list_statements,
    total_hosts,
    total_statements,
)

__all__ = [
    "PAGE",
    "ComputedLine",
    "ComputedStatement",
    "Estimate",
    "Evidence",
    "HostTotal",
    "MonthTotals",
    "PlanInForce",
    "ShownLine",
    "Simulation",
    "StandingRow",
    "Standings",
    "StatementRow",
    "Totals",
    "compute",
    "compute_group",
    "count_evidence",
    "estimate_for",
    "find_plan_in_force",
    "find_plan_of_branch",
    "find_statement",
    "frozen_rows",
    "get_plan",
    "get_plan_version",
    "get_statement",
    "late_pairs",
    "list_assigned",
    "list_assignments",
    "list_evidence",
    "list_host_amounts",
    "list_lines",
    "list_own",
    "list_plans",
    "list_statements",
    "list_versions",
    "plans_in",
    "prepare",
    "preview_rows",
    "simulate_plan",
    "tax_in",
    "total_hosts",
    "total_statements",
]
