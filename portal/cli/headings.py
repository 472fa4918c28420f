"""The columns of each export (README, Files); programs read them, so names and order stay."""

from typing import Final

from portal.tables.writing import Type

Columns = tuple[tuple[str, Type], ...]

LEDGER: Final[Columns] = (
    ("entry_id", "number"),
    ("month", "text"),
    ("original_month", "text"),
    ("cadre_code", "text"),
    ("kind", "text"),
    ("points", "number"),
    ("source", "text"),
    ("rule_version", "number"),
    ("earned_on", "date"),
    ("posted_at", "text"),
    ("reverses", "number"),
)
STANDINGS: Final[Columns] = (
    ("month", "text"),
    ("scope", "text"),
    ("scope_code", "text"),
    ("rank", "number"),
    ("cadre_code", "text"),
    ("name", "text"),
    ("points", "number"),
    ("validated_signups", "number"),
)
STATEMENTS: Final[Columns] = (
    ("month", "text"),
    ("cadre_code", "text"),
    ("plan", "text"),
    ("gross", "number"),
    ("tax", "number"),
    ("net", "number"),
    ("carried_in", "number"),
    ("carried_out", "number"),
    ("payable", "number"),
    ("host_code", "text"),
    ("host_amount", "number"),
    ("status", "text"),
)
LINES: Final[Columns] = (
    ("month", "text"),
    ("cadre_code", "text"),
    ("line_no", "number"),
    ("component", "text"),
    ("original_month", "text"),
    ("band", "text"),
    ("base", "number"),
    ("rate", "text"),
    ("count", "number"),
    ("amount", "number"),
    ("explanation", "text"),
)
HOSTS: Final[Columns] = (
    ("month", "text"),
    ("original_month", "text"),
    ("host_code", "text"),
    ("cadre_code", "text"),
    ("base", "number"),
    ("amount", "number"),
)
PAYABLES: Final[Columns] = (
    ("month", "text"),
    ("reference", "text"),
    ("cadre_code", "text"),
    ("bank_code", "text"),
    ("bank_account", "text"),
    ("account_holder", "text"),
    ("amount", "number"),
    ("status", "text"),
    ("reason", "text"),
)
COVERAGE: Final[Columns] = (
    ("month", "text"),
    ("village_code", "text"),
    ("estimate", "number"),
    ("participants", "number"),
    ("visits", "number"),
    ("last_visit", "date"),
    ("where_next", "number"),
)
CARE: Final[Columns] = (
    ("month", "text"),
    ("cadre_code", "text"),
    ("participants", "number"),
    ("active", "number"),
    ("grace", "number"),
    ("lapsed", "number"),
    ("tasks_open", "number"),
    ("tasks_renewed", "number"),
    ("tasks_lost", "number"),
)
ACHIEVEMENTS: Final[Columns] = (
    ("month", "text"),
    ("cadre_code", "text"),
    ("level", "number"),
    ("streak_weeks", "number"),
    ("longest_streak", "number"),
    ("badges", "text"),
    ("league", "text"),
    ("league_group", "number"),
    ("league_rank", "number"),
)
