"""What triggers keep for the first pages: sums that equal a fresh count, and each cadre's last report."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from portal.database.extensions import db
from portal.verification.queries.findings import Finding, each, found, rows

_KEPT: Final = (
    "SELECT kind, state, month, branch_id, SUM(n) AS n FROM tallies GROUP BY kind, state, month, branch_id"
)
_HELD_ON: Final = "SUBSTR(CAST(held_on AS TEXT), 1, 7)"
_REPORTED: Final = "SUBSTR(CAST(s.reported_on AS TEXT), 1, 7)"
_MONTHLY: Final = "FROM standings WHERE period <> 'ALL'"
_COUNTS: Final = (
    f"SELECT 'report', status, {_HELD_ON}, branch_id, COUNT(*) FROM activities GROUP BY 1, 2, 3, 4",
    "SELECT 'cadre', status, '', branch_id, COUNT(*) FROM cadres GROUP BY 1, 2, 3, 4",
    "SELECT 'user', role, '', 0, COUNT(*) FROM users GROUP BY 1, 2, 3, 4",
    "SELECT 'account', 'unverified', '', 0, COUNT(*) FROM bank_accounts"
    " WHERE is_current AND verified_by IS NULL AND NOT imported_verified",
    f"SELECT 'points', '', period, branch_id, SUM(points) {_MONTHLY} GROUP BY 1, 2, 3, 4",
    f"SELECT 'validated', '', period, branch_id, SUM(validated_signups) {_MONTHLY} GROUP BY 1, 2, 3, 4",
    f"SELECT 'ranked', '', period, branch_id, COUNT(*) {_MONTHLY} AND score >= 1000000 GROUP BY 1, 2, 3, 4",
    "SELECT 'signup', s.status || CASE WHEN s.held_reason IS NULL THEN '\\:free' ELSE '\\:held' END"
    f" || CASE WHEN s.validated_at IS NULL THEN '' ELSE '\\:once' END, {_REPORTED}, 0, COUNT(*)"
    " FROM signups s GROUP BY 1, 2, 3, 4",
    f"SELECT 'member', p.status, {_REPORTED}, 0, COUNT(*) FROM signups s"
    " JOIN participants p ON p.id = s.participant_id WHERE s.status = 'validated' GROUP BY 1, 2, 3, 4",
    "SELECT 'participant', status, '', 0, COUNT(*) FROM participants WHERE cadre_id IS NOT NULL"
    " GROUP BY 1, 2, 3, 4",
    "SELECT 'cohort', status, cohort_month, cohort_branch_id, COUNT(*) FROM participants"
    " WHERE cohort_month IS NOT NULL GROUP BY 1, 2, 3, 4",
)
_CONFIRMED: Final = (
    "SELECT 'confirmed', '{hours}', {month}, 0, COUNT(*) FROM signups"
    " WHERE status = 'validated' AND validated_at IS NOT NULL GROUP BY 1, 2, 3, 4"
)
# A month of Indonesia's zones: SQLite stores instants in UTC without saying so, PostgreSQL with their zone.
_ZONED: Final = {
    "sqlite": "STRFTIME('%Y-%m', validated_at, '+{hours} hours')",
    "postgresql": "TO_CHAR(validated_at AT TIME ZONE 'UTC' + INTERVAL '{hours} hours', 'YYYY-MM')",
}


def check_sums() -> Iterator[Finding]:
    """Count everything again that a sum is kept of."""
    differing: Counter[tuple[str, str, str, int]] = Counter()
    for query in _queries():
        for *key, counted in rows(query):
            differing[tuple(key)] += int(counted)
    for *key, kept in rows(_KEPT):
        differing[tuple(key)] -= int(kept)
    for key in sorted(key for key, by in differing.items() if by):
        yield found("a kept sum differs from a fresh count", *(part for part in key if part != ""))


def check_last_reports() -> Iterator[Finding]:
    """Look up every cadre's last report again."""
    yield from each(
        "a cadre's last report is not the newest one",
        "SELECT c.code FROM cadres c LEFT JOIN (SELECT cadre_id, MAX(held_on) AS held_on FROM activities"
        " GROUP BY cadre_id) AS a ON a.cadre_id = c.id"
        " WHERE COALESCE(CAST(a.held_on AS TEXT), '') <> COALESCE(CAST(c.last_report_on AS TEXT), '')",
    )


def _queries() -> Iterator[str]:
    yield from _COUNTS
    month = _ZONED[db.engine.dialect.name]
    for hours in (7, 8, 9):
        yield _CONFIRMED.format(hours=hours, month=month.format(hours=hours))
