"""One word for the state of everything a page of ranks shows: two pages of one version are the same."""

from typing import Final

from portal.extensions import db
from portal.leaderboards.queries.scopes import constant, read

# Points come through the ledger; names, aliases, transfers and closes leave a trace in the audit trail.
_NEWEST: Final = """
  SELECT (SELECT MAX(id) FROM ledger_entries) AS entry, (SELECT MAX(id) FROM audit_events) AS event, {quiet} AS quiet
"""
_STATEMENTS: Final = {
    "sqlite": constant(_NEWEST.format(quiet="1")),
    # A number is taken before its row can be seen: while anybody writes, the newest number proves nothing.
    "postgresql": constant(
        _NEWEST.format(
            quiet="(pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot()))",
        ),
    ),
}


def find_version() -> str | None:
    """Return the version that pages of ranks have now, in one read; None while somebody is writing."""
    row = read(_STATEMENTS[db.engine.dialect.name], {})[0]
    return f"{row.entry or 0}.{row.event or 0}" if row.quiet else None
