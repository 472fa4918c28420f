"""Standings: live rows and counts equal the ledger, frozen places equal the rulebook's ranking."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from portal.domain.ranking import rank
from portal.points.queries import OF_A_MONTH
from portal.verification.queries.findings import Finding, closed_months, each, found, rows

_Total = tuple[int, int, str, str, str]
_ELSEWHERE: Final = 0  # no rank: who is not on a board has none there, not even that of no points
_SUMS = """
    SELECT cadre_id, {period} AS period, SUM(points) AS points,
           SUM(CASE kind WHEN 'signup' THEN 1 WHEN 'signup_reversal' THEN -1 ELSE 0 END) AS validated
    FROM ledger_entries GROUP BY 1, 2"""
_QUARTER = "SUBSTR(month, 1, 4) || '-Q' || ((CAST(SUBSTR(month, 6, 2) AS INTEGER) + 2) / 3)"
_PERIODS = " UNION ALL ".join(
    _SUMS.format(period=period) for period in ("month", _QUARTER, "SUBSTR(month, 1, 4)", "'ALL'")
)


def check_live() -> Iterator[Finding]:
    """Compare every live standing with the sum of its entries."""
    yield from each(
        "a live standing differs from its entries",
        "SELECT s.period, c.code FROM standings s JOIN cadres c ON c.id = s.cadre_id"
        f" LEFT JOIN ({_PERIODS}) AS t ON t.cadre_id = s.cadre_id AND t.period = s.period"
        " WHERE s.points <> COALESCE(t.points, 0) OR s.validated_signups <> COALESCE(t.validated, 0)"
        " OR s.score <> s.points * 1000000 + s.validated_signups + 500000",
    )
    yield from each(
        "a cadre with entries has no live standing",
        f"SELECT t.period, t.cadre_id FROM ({_PERIODS}) AS t LEFT JOIN standings s"
        " ON s.cadre_id = t.cadre_id AND s.period = t.period WHERE s.cadre_id IS NULL",
    )


def check_places() -> Iterator[Finding]:
    """Compare branch, office and host body of every live standing with the month's term, or with what holds today."""
    monthly = OF_A_MONTH.format(period="s.period")
    yield from each(
        "a live standing stands in another place than its cadre",
        "SELECT s.period, c.code FROM standings s JOIN cadres c ON c.id = s.cadre_id"
        " LEFT JOIN cadre_terms t ON t.cadre_id = s.cadre_id AND t.from_month = (SELECT MAX(h.from_month)"
        " FROM cadre_terms h WHERE h.cadre_id = s.cadre_id AND h.from_month <= s.period)"
        f" LEFT JOIN branches b ON b.id = CASE WHEN {monthly} THEN t.branch_id ELSE c.branch_id END"
        " WHERE b.id IS NULL OR s.branch_id <> b.id OR s.regional_office_id <> b.regional_office_id"
        " OR COALESCE(s.host_body_id, 0)"
        f" <> COALESCE(CASE WHEN {monthly} THEN t.host_body_id ELSE c.host_body_id END, 0)",
    )


def check_teams() -> Iterator[Finding]:
    """Compare the kept sums of each closed month's host bodies with its frozen places and the terms that held."""
    for closed in closed_months(None):
        yield from each(
            "a team of a closed month differs from its frozen places",
            "SELECT x.month, x.host_id FROM ("
            " SELECT f.month, t.host_body_id AS host_id, f.points AS points, 1 AS members FROM frozen_standings f"
            " JOIN cadre_terms t ON t.cadre_id = f.cadre_id AND t.from_month = (SELECT MAX(h.from_month)"
            " FROM cadre_terms h WHERE h.cadre_id = f.cadre_id AND h.from_month <= f.month)"
            f" WHERE f.month = '{closed.month}' AND f.scope = 'nation' AND t.host_body_id IS NOT NULL"
            " UNION ALL SELECT month, branch_id, -n, 0 FROM tallies"
            f" WHERE kind = 'team_points' AND state = '' AND month = '{closed.month}'"
            " UNION ALL SELECT month, branch_id, 0, -n FROM tallies"
            f" WHERE kind = 'team_members' AND state = '' AND month = '{closed.month}') AS x"
            " GROUP BY x.month, x.host_id HAVING SUM(x.points) <> 0 OR SUM(x.members) <> 0 ORDER BY 1, 2",
        )


def check_counts() -> Iterator[Finding]:
    """Count again how many cadres have each number of points."""
    for level, bucket in ((0, "points"), (1, "points / 64")):
        counted = (
            f"SELECT period, {bucket} AS bucket, COUNT(*) AS n FROM standings"
            f" WHERE points > 0 GROUP BY period, {bucket}"
        )
        yield from each(
            "a count of cadres by points differs",
            f"SELECT t.period, t.bucket FROM ({counted}) AS t LEFT JOIN score_counts c"
            f" ON c.period = t.period AND c.level = {level} AND c.bucket = t.bucket"
            " WHERE COALESCE(c.cadres, 0) <> t.n",
        )
        yield from each(
            "cadres are counted where none are",
            f"SELECT c.period, c.bucket FROM score_counts c LEFT JOIN ({counted}) AS t"
            " ON c.period = t.period AND c.bucket = t.bucket"
            f" WHERE c.level = {level} AND c.cadres <> 0 AND t.n IS NULL",
        )


def check_frozen(month: str | None = None) -> Iterator[Finding]:
    """Rank each closed month again by the rulebook, in each scope; or one of them."""
    for closed in closed_months(month):
        yield from _check_month(closed.month)


def _check_month(month: str) -> Iterator[Finding]:
    totals = _totals(month)
    boards = _ranks(totals)
    for scope, code, cadre_id, *place, cadre_code in rows(
        "SELECT scope, scope_code, cadre_id, rank, points, validated_signups, cadre_code FROM frozen_standings"
        f" WHERE month = '{month}'",
    ):
        ranks = boards.get((scope, code), {})
        rank_due = ranks.pop(cadre_id, _ELSEWHERE)
        if (*place, cadre_code) != (rank_due, *totals.get(cadre_id, ())[:3]):
            yield found("a frozen place differs from the ranking", month, scope, cadre_id)
    for (scope, code), ranks in boards.items():
        for cadre_id in ranks:
            yield found("a frozen place is missing", month, scope, code, cadre_id)


def _totals(month: str) -> dict[int, _Total]:
    """Sum up a month's entries by cadre: points, validated sign-ups, the cadre's code, branch and regional office.

    The branch is that of the cadre's term, since a transfer may come after the month's entries. A branch may move
    to another regional office later, so the office is the one frozen for the branch's cadres.
    """
    sums = rows(
        "SELECT e.cadre_id, c.code, b.code, r.code, e.points, e.validated FROM"
        " (SELECT cadre_id, SUM(points) AS points,"
        " SUM(CASE kind WHEN 'signup' THEN 1 WHEN 'signup_reversal' THEN -1 ELSE 0 END) AS validated"
        f" FROM ledger_entries WHERE month = '{month}' GROUP BY cadre_id) AS e"
        " JOIN cadres c ON c.id = e.cadre_id JOIN cadre_terms t ON t.cadre_id = e.cadre_id AND t.from_month ="
        f" (SELECT MAX(h.from_month) FROM cadre_terms h WHERE h.cadre_id = e.cadre_id AND h.from_month <= '{month}')"
        " JOIN branches b ON b.id = t.branch_id JOIN regional_offices r ON r.id = b.regional_office_id",
    )
    offices = _frozen_offices(month)
    return {
        cadre_id: (int(points), int(validated), code, branch, offices.get(branch, region))
        for cadre_id, code, branch, region, points, validated in sums
    }


def _ranks(totals: Mapping[int, _Total]) -> dict[tuple[str, str], dict[int, int | None]]:
    """Rank cadres on every board, by scope and code."""
    boards: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for cadre_id, (points, validated, _, branch, region) in totals.items():
        scored = (cadre_id, points, validated)
        boards["branch", branch].append(scored)
        boards["region", region].append(scored)
        boards["nation", "ID"].append(scored)
    return {board: rank(members) for board, members in boards.items()}


def _frozen_offices(month: str) -> dict[str, str]:
    """Return the regional office that a closed month froze for each branch."""
    found = rows(
        "SELECT b.scope_code AS branch, MIN(r.scope_code) AS region FROM frozen_standings b"
        " JOIN frozen_standings r ON r.month = b.month AND r.cadre_id = b.cadre_id AND r.scope = 'region'"
        f" WHERE b.month = '{month}' AND b.scope = 'branch' GROUP BY b.scope_code",
    )
    return {row.branch: row.region for row in found}
