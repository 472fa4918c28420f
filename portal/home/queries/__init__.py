"""Reads of home: what each role's first page shows, the audit trail, and whether the portal is ready."""

from portal.home.queries.audit import PAGE as AUDIT_PAGE
from portal.home.queries.audit import AuditFilter, list_acts, list_events
from portal.home.queries.branch import (
    Funnel,
    Silent,
    count_work,
    funnel_of,
    list_silent,
    list_top,
    list_trend,
    total_month,
)
from portal.home.queries.cadre import Tasks, count_tasks, name_sources, points_since
from portal.home.queries.health import check_database, check_keys, head_revision
from portal.home.queries.naming import name_all
from portal.home.queries.office import count_finance, count_setup, count_validation, list_extracts

__all__ = [
    "AUDIT_PAGE",
    "AuditFilter",
    "Funnel",
    "Silent",
    "Tasks",
    "check_database",
    "check_keys",
    "count_finance",
    "count_setup",
    "count_tasks",
    "count_validation",
    "count_work",
    "funnel_of",
    "head_revision",
    "list_acts",
    "list_events",
    "list_extracts",
    "list_silent",
    "list_top",
    "list_trend",
    "name_all",
    "name_sources",
    "points_since",
    "total_month",
]
