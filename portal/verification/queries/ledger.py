"""The ledger: reversals mirror their originals, every source has earned what it should and nothing else."""

from collections.abc import Iterator
from typing import Final

from portal.domain.months import month_of
from portal.verification.queries.findings import Finding, each, found, rows


def check_entries() -> Iterator[Finding]:
    """Check each entry by itself, and each reversal against the entry it reverses.

    An entry's branch is the one at its posting: a transfer from the first day of the open month comes after entries
    that nobody may change, and standings follow the transfer (rules.md 1.7).
    """
    yield from each(
        "a reversal does not mirror its original",
        "SELECT r.id, o.id FROM ledger_entries r JOIN ledger_entries o ON o.id = r.reverses"
        " WHERE r.points <> -o.points OR r.cadre_id <> o.cadre_id OR r.original_month <> o.original_month"
        " OR r.source <> o.source OR r.kind <> o.kind || '_reversal' OR r.month < o.month",
    )
    for row in rows("SELECT id, earned_on, original_month FROM ledger_entries"):
        if month_of_text(row.earned_on) != row.original_month:
            yield found("an entry's original month is not that of its earned date", row.id)


def month_of_text(value: object) -> str:
    """Return the month of a date that a driver may return as text."""
    return value[:7] if isinstance(value, str) else month_of(value)  # type: ignore[arg-type] # else a date


def _joined(kind: str, table: str) -> str:
    """Join sources with their entry e, its reversal r and what waits for them, w: at most one row of each."""
    source = f"'{kind}:' || s.ref"
    return (
        f"{table} s LEFT JOIN ledger_entries e ON e.source = {source} AND e.kind = '{kind}'"
        f" LEFT JOIN ledger_entries r ON r.source = {source} AND r.kind = '{kind}_reversal'"
        f" LEFT JOIN waiting_entries w ON w.source = {source} AND w.kind = '{kind}'"
    )


_EARNS: Final = "CASE WHEN e.id IS NULL THEN 0 ELSE 1 END + CASE WHEN w.id IS NULL THEN 0 ELSE 1 END"
_REVERSED: Final = "CASE WHEN r.id IS NULL THEN 0 ELSE 1 END"


def check_sources() -> Iterator[Finding]:
    """Compare entries with their sources."""
    yield from each(
        "a source earned one kind twice",
        "SELECT source, kind FROM ledger_entries GROUP BY source, kind HAVING COUNT(*) > 1"
        " UNION ALL SELECT source, kind FROM waiting_entries GROUP BY source, kind HAVING COUNT(*) > 1",
    )
    yield from each(
        "an approved activity with a place among the day's first three has no entry",
        f"SELECT s.ref FROM {_joined('activity', 'activities')}"
        f" WHERE s.status = 'approved' AND s.slot IS NOT NULL AND {_EARNS} <> 1",
    )
    yield from each(
        "an activity that is not approved still earns",
        f"SELECT s.ref FROM {_joined('activity', 'activities')}"
        f" WHERE (s.status <> 'approved' OR s.slot IS NULL) AND {_EARNS} <> {_REVERSED}",
    )
    yield from each(
        "a validated new sign-up has no entry, or another one has",
        f"SELECT s.ref FROM {_joined('signup', 'signups')} WHERE {_EARNS} - {_REVERSED} <>"
        " CASE WHEN s.status = 'validated' AND (s.outcome = 'new' OR s.history) THEN 1 ELSE 0 END",
    )
    yield from each(
        "an entry names a source that is not there",
        "SELECT e.id, e.source FROM ledger_entries e WHERE"
        " (e.source LIKE 'activity:%' AND NOT EXISTS"
        " (SELECT 1 FROM activities a WHERE a.ref = SUBSTR(e.source, 10)))"
        " OR (e.source LIKE 'signup:%' AND NOT EXISTS"
        " (SELECT 1 FROM signups s WHERE s.ref = SUBSTR(e.source, 8)))",
    )
