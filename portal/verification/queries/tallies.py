"""What triggers keep for the first pages: sums that equal a fresh count, and each cadre's last report."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from portal.database.extensions import db
from portal.points.queries import OF_A_MONTH
from portal.verification.queries.findings import Finding, each, found, rows

_KEPT: Final = (
    "SELECT kind, state, month, branch_id, SUM(n) AS n FROM tallies GROUP BY kind, state, month, branch_id"
)
_HELD_ON: Final = "SUBSTR(CAST(held_on AS TEXT), 1, 7)"
_REPORTED: Final = "SUBSTR(CAST(s.reported_on AS TEXT), 1, 7)"
_SIGNUPS: Final = "signups s JOIN cadres c ON c.id = s.cadre_id"
_MONTHLY: Final = f"FROM standings WHERE {OF_A_MONTH.format(period='period')}"
_TEAMS: Final = "FROM standings WHERE host_body_id IS NOT NULL GROUP BY 1, 2, 3, 4"
_COUNTS: Final = (
    f"SELECT 'report', status, {_HELD_ON}, branch_id, COUNT(*) FROM activities GROUP BY 1, 2, 3, 4",
    "SELECT 'cadre', status, '', branch_id, COUNT(*) FROM cadres GROUP BY 1, 2, 3, 4",
    "SELECT 'user', role, '', 0, COUNT(*) FROM users GROUP BY 1, 2, 3, 4",
    "SELECT 'account', 'unverified', '', 0, COUNT(*) FROM bank_accounts"
    " WHERE is_current AND verified_by IS NULL AND NOT imported_verified",
    f"SELECT 'points', '', period, branch_id, SUM(points) {_MONTHLY} GROUP BY 1, 2, 3, 4",
    f"SELECT 'validated', '', period, branch_id, SUM(validated_signups) {_MONTHLY} GROUP BY 1, 2, 3, 4",
    f"SELECT 'ranked', '', period, branch_id, COUNT(*) {_MONTHLY} AND score >= 1000000 GROUP BY 1, 2, 3, 4",
    f"SELECT 'team_points', '', period, host_body_id, SUM(points) {_TEAMS} HAVING SUM(points) <> 0",
    f"SELECT 'team_members', '', period, host_body_id, COUNT(*) {_TEAMS}",
    "SELECT 'branch_signup', s.status || CASE WHEN s.held_reason IS NULL THEN '\\:free' ELSE '\\:held' END"
    f" || CASE WHEN s.validated_at IS NULL THEN '' ELSE '\\:once' END, {_REPORTED}, c.branch_id, COUNT(*)"
    f" FROM {_SIGNUPS} GROUP BY 1, 2, 3, 4",
    f"SELECT 'branch_member', p.status, {_REPORTED}, c.branch_id, COUNT(*) FROM {_SIGNUPS}"
    " JOIN participants p ON p.id = s.participant_id WHERE s.status = 'validated' GROUP BY 1, 2, 3, 4",
    "SELECT 'participant', status, '', 0, COUNT(*) FROM participants WHERE cadre_id IS NOT NULL"
    " GROUP BY 1, 2, 3, 4",
    "SELECT 'cohort', status, cohort_month, cohort_branch_id, COUNT(*) FROM participants"
    " WHERE cohort_month IS NOT NULL GROUP BY 1, 2, 3, 4",
)
_CONFIRMED: Final = (
    f"SELECT 'branch_confirmed', '{{hours}}', {{month}}, c.branch_id, COUNT(*) FROM {_SIGNUPS}"
    " WHERE s.status = 'validated' AND s.validated_at IS NOT NULL GROUP BY 1, 2, 3, 4"
)
# Sums that are kept by branch, and under another name for the nation too.
_NATIONAL: Final = {"branch_signup": "signup", "branch_member": "member", "branch_confirmed": "confirmed"}
_STATES: Final = ("active", "grace", "lapsed")
_COUNTED_STATES: Final = ", ".join(f"-COUNT(CASE WHEN status = '{state}' THEN 1 END)" for state in _STATES)
_UNLIKE: Final = " OR ".join(f"SUM({state}) <> 0" for state in _STATES)
# A month of Indonesia's zones: SQLite stores instants in UTC without saying so, PostgreSQL with their zone.
_ZONED: Final = {
    "sqlite": "STRFTIME('%Y-%m', s.validated_at, '+{hours} hours')",
    "postgresql": "TO_CHAR(s.validated_at AT TIME ZONE 'UTC' + INTERVAL '{hours} hours', 'YYYY-MM')",
}


def check_sums() -> Iterator[Finding]:
    """Count everything again that a sum is kept of."""
    differing: Counter[tuple[str, str, str, int]] = Counter()
    for query in _queries():
        for *key, counted in rows(query):
            differing[tuple(key)] += int(counted)
            kind, state, month, _branch = key
            if kind in _NATIONAL:
                differing[_NATIONAL[kind], state, month, 0] += int(counted)
    for *key, kept in rows(_KEPT):
        differing[tuple(key)] -= int(kept)
    for key in sorted(key for key, by in differing.items() if by):
        yield found("a kept sum differs from a fresh count", *(part for part in key if part != ""))


def check_cadre_sums() -> Iterator[Finding]:
    """Count every cadre's participants again."""
    yield from each(
        "the kept participants of a cadre differ from a fresh count",
        f"SELECT cadre_id FROM (SELECT cadre_id, {', '.join(_STATES)} FROM cadre_sums UNION ALL"
        f" SELECT cadre_id, {_COUNTED_STATES} FROM participants WHERE cadre_id IS NOT NULL GROUP BY cadre_id) AS counts"
        f" GROUP BY cadre_id HAVING {_UNLIKE} ORDER BY 1",
    )


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
