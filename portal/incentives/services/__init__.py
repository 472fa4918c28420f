"""Writes of incentives: plans, their assignment, and what a month pays."""

from portal.incentives.services.awarding import award_month
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
    "approve_plan",
    "assign_plan",
    "award_month",
    "check_document",
    "install_shipped_plans",
    "load_plan",
]
