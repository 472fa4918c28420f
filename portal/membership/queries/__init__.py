"""Reads of membership."""

from portal.membership.queries.own import (
    count_participants,
    find_newest_as_of,
    list_own_signups,
    list_participants,
)
from portal.membership.queries.workbench import (
    GROUPS,
    count_conflicts,
    count_disputes,
    count_groups,
    find_job_of,
    get_case,
    get_extract,
    list_candidates_of,
    list_conflicts,
    list_disputes,
    list_extracts,
    list_group,
    list_history_of,
    open_name,
)

__all__ = [
    "GROUPS",
    "count_conflicts",
    "count_disputes",
    "count_groups",
    "count_participants",
    "find_job_of",
    "find_newest_as_of",
    "get_case",
    "get_extract",
    "list_candidates_of",
    "list_conflicts",
    "list_disputes",
    "list_extracts",
    "list_group",
    "list_history_of",
    "list_own_signups",
    "list_participants",
    "open_name",
]
