"""Rank prizes: split again by the frozen ranks and the plan that each statement froze (rules.md 4.3, 6)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from portal.domain.ranking import split_prizes
from portal.incentives.queries.plans import get_plan
from portal.verification.queries.findings import Finding, closed_months, found, rows

Winner = tuple[int, str]  # cadre and scope


def check_prizes(month: str | None = None) -> Iterator[Finding]:
    """Compute each closed month's prizes again and compare them with its own lines, in both directions."""
    for closed in closed_months(month):
        yield from _check_month(closed.month)


def _check_month(month: str) -> Iterator[Finding]:
    wanted = _split_month(month)
    paid = rows(
        "SELECT l.id, l.cadre_id, l.band, l.amount FROM statement_lines l"
        f" WHERE l.month = '{month}' AND l.original_month = l.month AND l.component = 'rank_prize' ORDER BY l.id",
    )
    for row in paid:
        if wanted.pop((row.cadre_id, row.band), 0) != row.amount:
            yield found("a prize is not what the frozen ranks give", month, row.band, row.id)
    for (cadre_id, scope), amount in sorted(wanted.items()):
        yield found("a prize that the frozen ranks give is missing", month, scope, cadre_id, amount)


def _split_month(month: str) -> dict[Winner, int]:
    """Split the prizes of a month: a board's places under each plan that its cadres' statements froze."""
    versions = [
        (row.plan_code, row.plan_version)
        for row in rows(
            f"SELECT DISTINCT plan_code, plan_version FROM statements WHERE month = '{month}'"
            " AND plan_code IS NOT NULL ORDER BY plan_code, plan_version",
        )
    ]
    prizes = [(version, prize) for version in versions for prize in get_plan(*version).plan.prizes]
    last = max((len(prize.amounts) for _, prize in prizes), default=0)
    plans: dict[int, tuple[str, int]] = {}
    boards: defaultdict[tuple[str, str], dict[int, int | None]] = defaultdict(dict)
    validated: dict[int, int] = {}
    for row in _places(month, last):
        boards[row.scope, row.scope_code][row.cadre_id] = row.rank
        validated[row.cadre_id] = row.validated_signups
        plans[row.cadre_id] = (row.plan_code, row.plan_version)
    won: dict[Winner, int] = {}
    for version, prize in prizes:
        for (scope, _), ranks in boards.items():
            if scope != prize.scope:
                continue
            split = split_prizes(ranks, prize.amounts, validated=validated, min_validated=prize.min_validated)
            won |= {(who, scope): amount for who, amount in split.items() if plans[who] == version}
    return won


def _places(month: str, last: int) -> Iterator[Any]:
    """Yield the places up to the last rank that may win, each with the plan that the cadre's statement froze."""
    return rows(
        "SELECT f.scope, f.scope_code, f.cadre_id, f.rank, f.validated_signups, s.plan_code, s.plan_version"
        " FROM frozen_standings f LEFT JOIN statements s ON s.month = f.month AND s.cadre_id = f.cadre_id"
        f" WHERE f.month = '{month}' AND f.rank <= {last}",
    )
