"""Writes of incentives: plans, their assignment, and what a month pays."""

from portal.incentives.services.awarding import Totals, award_month, late_pairs
from portal.incentives.services.plans import (
    Checked,
    approve_plan,
    assign_plan,
    check_document,
    install_shipped_plans,
    load_plan,
)

__all__ = [
    "Checked",
    "Totals",
    "approve_plan",
    "assign_plan",
    "award_month",
    "check_document",
    "install_shipped_plans",
    "late_pairs",
    "load_plan",
]
