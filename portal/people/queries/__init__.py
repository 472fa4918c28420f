"""Reads of people."""

from portal.people.queries.branches import (
    find_branch_by_code,
    get_branch,
    get_host_body,
    list_branches,
    list_branches_with_counts,
    list_host_bodies,
    list_regional_offices,
)
from portal.people.queries.cadres import find_cadre_by_code, get_cadre
from portal.people.queries.scope import in_scope
from portal.people.queries.sessions import (
    find_actor_by_token,
    find_presence,
    get_actor_by_email,
    get_operator,
    list_sessions,
)
from portal.people.queries.terms import Term, list_terms, term_of, terms_in, today_for, zone_of

__all__ = [
    "Term",
    "find_actor_by_token",
    "find_branch_by_code",
    "find_cadre_by_code",
    "find_presence",
    "get_actor_by_email",
    "get_branch",
    "get_cadre",
    "get_host_body",
    "get_operator",
    "in_scope",
    "list_branches",
    "list_branches_with_counts",
    "list_host_bodies",
    "list_regional_offices",
    "list_sessions",
    "list_terms",
    "term_of",
    "terms_in",
    "today_for",
    "zone_of",
]
