"""Reads of people."""

from portal.people.queries.accounts import count_cadres_with_account, find_account, is_verified
from portal.people.queries.branches import (
    find_branch_by_code,
    get_branch,
    get_host_body,
    list_branches,
    list_branches_with_counts,
    list_host_bodies,
    list_host_bodies_with_counts,
    list_regional_offices,
)
from portal.people.queries.cadres import (
    CadreFilter,
    count_cadres,
    find_cadre_by_code,
    find_cadre_by_user,
    get_cadre,
    has_cadres,
    list_cadres,
    masks_of,
)
from portal.people.queries.months import first_open_month
from portal.people.queries.scope import in_scope
from portal.people.queries.sessions import (
    find_actor_by_token,
    find_presence,
    get_actor_by_email,
    get_operator,
    list_sessions,
)
from portal.people.queries.terms import (
    Term,
    list_terms,
    list_terms_with_names,
    term_of,
    terms_in,
    today_for,
    zone_of,
)
from portal.people.queries.users import (
    UserFilter,
    all_users,
    count_users,
    find_user_by_identifier,
    get_user,
    list_users,
    phone_mask,
)

__all__ = [
    "CadreFilter",
    "Term",
    "UserFilter",
    "all_users",
    "count_cadres",
    "count_cadres_with_account",
    "count_users",
    "find_account",
    "find_actor_by_token",
    "find_branch_by_code",
    "find_cadre_by_code",
    "find_cadre_by_user",
    "find_presence",
    "find_user_by_identifier",
    "first_open_month",
    "get_actor_by_email",
    "get_branch",
    "get_cadre",
    "get_host_body",
    "get_operator",
    "get_user",
    "has_cadres",
    "in_scope",
    "is_verified",
    "list_branches",
    "list_branches_with_counts",
    "list_cadres",
    "list_host_bodies",
    "list_host_bodies_with_counts",
    "list_regional_offices",
    "list_sessions",
    "list_terms",
    "list_terms_with_names",
    "list_users",
    "masks_of",
    "phone_mask",
    "term_of",
    "terms_in",
    "today_for",
    "zone_of",
]
