"""Who acts: the person (or the operator) behind a change, with role and scope; and when."""

from dataclasses import dataclass
from datetime import datetime

ROLES = ("cadre", "supervisor", "validator", "finance", "admin", "auditor", "operator")
STAFF = ("supervisor", "validator", "finance", "admin", "auditor")
SCOPES = ("branch", "region", "nation")
# What a personal token may be for; it never does more than its person may.
TOKEN_SCOPES = ("read", "report", "review", "validate", "finance", "admin")


@dataclass(frozen=True)
class Actor:
    """The person behind an act.

    `scope` is branch, region or nation; `branch_id` and `region_id` say which one. `cadre_id` is set for
    cadres only. `session_id` is the server-side session's row, None for commands and jobs.
    """

    user_id: int
    role: str
    name: str
    scope: str = "nation"
    branch_id: int | None = None
    region_id: int | None = None
    cadre_id: int | None = None
    session_id: int | None = None
    locale: str = "id"
    theme: str = "auto"
    zone: str = "Asia/Jakarta"
    must_change_password: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who acts, and when (a UTC instant): what every change is signed with."""

    actor: Actor
    at: datetime
