"""Rank prizes: split again by the frozen ranks and the plan that each statement froze (rules.md 4.3, 6)."""

from collections import defaultdict
from collections.abc import Iterator

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
    plans: dict[int, tuple[str, int]] = {
        row.cadre_id: (row.plan_code, row.plan_version)
        for row in rows(
            "SELECT cadre_id, plan_code, plan_version FROM statements"
            f" WHERE month = '{month}' AND plan_code IS NOT NULL",
        )
    }
    boards: defaultdict[tuple[str, str], dict[int, int | None]] = defaultdict(dict)
    validated: dict[int, int] = {}
    for row in rows(
        "SELECT scope, scope_code, cadre_id, rank, validated_signups FROM frozen_standings"
        f" WHERE month = '{month}' AND rank IS NOT NULL",
    ):
        boards[row.scope, row.scope_code][row.cadre_id] = row.rank
        validated[row.cadre_id] = row.validated_signups
    won: dict[Winner, int] = {}
    for version in sorted(set(plans.values())):
        for prize in get_plan(*version).plan.prizes:
            for (scope, _), ranks in boards.items():
                if scope != prize.scope:
                    continue
                split = split_prizes(
                    ranks, prize.amounts, validated=validated, min_validated=prize.min_validated
                )
                won |= {(who, scope): amount for who, amount in split.items() if plans.get(who) == version}
    return won
