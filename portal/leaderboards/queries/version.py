"""A version of everything a page of ranks shows: two pages of the same version are equal."""

from typing import Final

from portal.database.extensions import db
from portal.leaderboards.queries.scopes import constant, read

# Points come through the ledger; names, aliases, transfers and closes leave a trace in the audit trail.
_NEWEST: Final = """
  SELECT (SELECT MAX(id) FROM ledger_entries) AS entry, (SELECT MAX(id) FROM audit_events) AS event, {quiet} AS quiet
"""
_STATEMENTS: Final = {
    "sqlite": constant(_NEWEST.format(quiet="1")),
    # Numbers are taken before their rows become visible: while anybody writes, the newest number proves nothing.
    "postgresql": constant(
        _NEWEST.format(
            quiet="(pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot()))",
        ),
    ),
}


def find_version() -> str | None:
    """Return the present version of pages of ranks, in one read; None while somebody is writing."""
    row = read(_STATEMENTS[db.engine.dialect.name], {})[0]
    return f"{row.entry or 0}.{row.event or 0}" if row.quiet else None
