"""What is kept of each village: sums that equal a fresh count, and until when an estimate holds (rules.md 12.3)."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from portal.verification.queries.findings import Finding, each, found, rows

_KEPT: Final = (
    "SELECT village_code, branch_id, SUM(visits) AS visits, SUM(participants) AS participants FROM village_sums"
    " GROUP BY village_code, branch_id"
)
_VISITS: Final = (
    "SELECT village_code, branch_id, COUNT(*) FROM activities"
    " WHERE status = 'approved' AND village_code IS NOT NULL GROUP BY village_code, branch_id"
)
_PARTICIPANTS: Final = (
    "SELECT a.village_code, a.branch_id, COUNT(*) FROM participants p JOIN signups s ON s.id = p.signup_id"
    " JOIN activities a ON a.ref = s.activity_ref WHERE p.status IN ('active', 'grace')"
    " AND a.village_code IS NOT NULL GROUP BY a.village_code, a.branch_id"
)


def check_sums() -> Iterator[Finding]:
    """Count the visits and the participants of every village again."""
    differing: Counter[tuple[str, str, int]] = Counter()
    for what, query in (("visits", _VISITS), ("participants", _PARTICIPANTS)):
        for village, branch, counted in rows(query):
            differing[what, village, branch] += int(counted)
    for village, branch, visits, participants in rows(_KEPT):
        differing["visits", village, branch] -= int(visits)
        differing["participants", village, branch] -= int(participants)
    for what, village, branch in sorted(key for key, by in differing.items() if by):
        yield found(f"the kept {what} of a village differ from a fresh count", village, branch)


def check_estimates() -> Iterator[Finding]:
    """Look for each estimate's next one again."""
    yield from each(
        "an estimate does not hold until the next one",
        "SELECT e.village_code, e.year FROM village_estimates e LEFT JOIN village_estimates n"
        " ON n.village_code = e.village_code AND n.year > e.year GROUP BY e.village_code, e.year, e.last_year"
        " HAVING COALESCE(MIN(n.year) - 1, 9999) <> e.last_year",
    )
