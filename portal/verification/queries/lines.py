"""Statement lines: each one's arithmetic by its plan version, and its evidence."""

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import select

from portal.domain.incentives import ADJUSTMENT, HOST_BASE, HOST_OVERRIDE, percent
from portal.domain.plans import Plan, rate_text
from portal.domain.points import PACKS, pack_band
from portal.incentives.models import StatementLine
from portal.verification.queries.findings import Finding, each, found, rows
from portal.verification.queries.plans import Plans

_PACK_OF: Final = {pack_band(pack): pack for pack in PACKS}
_LINE: Final = StatementLine.__table__.c
# The rate that a kind of line names, and what its amount at its close is computed by; None: the plan has no such line.
_Rule = tuple[str, Callable[[Any], int] | None]
_NO_LINE: Final[_Rule] = ("", None)
_PAIR: Final = attrgetter("cadre_id", "original_month")
_MONTH: Final = attrgetter("month")
_BY_EARNED: Final = (_LINE.cadre_id, _LINE.original_month, _LINE.month, _LINE.statement_id, _LINE.line_no)


def check_arithmetic() -> Iterator[Finding]:
    """Compute every line again from its base, rate and count, minus what was posted earlier for its earned month.

    An adjustment can only come from a granted dispute (rules.md 7.4); disputes cannot be opened yet, so there is
    none.
    """
    yield from each(
        "an adjustment has no decision behind it",
        f"SELECT month, id, amount FROM statement_lines WHERE component = '{ADJUSTMENT}'",
    )
    rules = _Rules()
    query = select(*_LINE).where(_LINE.component != ADJUSTMENT).order_by(*_BY_EARNED)
    for _, group in groupby(rows(query), key=_PAIR):
        posted: dict[tuple[str, str], int] = {}
        for month, lines in groupby(group, key=_MONTH):
            members = list(lines)
            before = dict(posted)
            for row in members:
                key = (row.component, row.band)
                posted[key] = posted.get(key, 0) + row.amount
            base = sum(amount for (component, _), amount in posted.items() if component in HOST_BASE)
            for row in members:
                if not _is_correct(row, rules, before.get((row.component, row.band), 0), base):
                    yield found(
                        "a line's arithmetic does not come out",
                        month,
                        row.id,
                        row.component,
                        row.original_month,
                    )


def _is_correct(row: Any, rules: "_Rules", posted: int, host_base: int) -> bool:
    """Tell whether a line is what its plan makes of its base and count, minus what was posted before."""
    late = row.month != row.original_month
    if late and row.rate == "" and not row.count and row.component != "rank_prize":
        return bool(row.amount == -posted)  # the plan no longer makes this line
    if row.component == "rank_prize":
        return bool(row.amount == -posted) if late else row.amount > 0 and row.count == 1
    if row.component == HOST_OVERRIDE and row.base != host_base:
        return False
    rate, amount = rules.of(row.plan_code, row.plan_version, row.component, row.band)
    return amount is not None and row.rate == rate and bool(row.amount == amount(row) - posted)


class _Rules:
    """What plan versions make of their lines: the rate that each kind of line names, and its amount at its close."""

    def __init__(self) -> None:
        self._plans = Plans()
        self._known: dict[tuple[str, int, str, str], _Rule] = {}

    def of(self, code: str, version: int, component: str, band: str) -> _Rule:
        """Return the rule of a kind of line; without an amount where the plan has no such line."""
        key = (code, version, component, band)
        if key not in self._known:
            self._known[key] = _rule_of(self._plans.get(code, version), component, band)
        return self._known[key]


def _rule_of(plan: Plan, component: str, band: str) -> _Rule:
    if component in {"contribution_share", HOST_OVERRIDE}:
        return _percentage(plan, component, band)
    if component == "acquisition_fee" and plan.fee is not None:
        return _fee(plan.fee.amounts.get(_PACK_OF.get(band, "")), plan.fee.min_new)
    if component == "flat_bonus" and plan.bonus is not None:
        each_one, min_new = plan.bonus.amount, plan.bonus.min_new
        return str(each_one), lambda row: each_one if (row.count or 0) >= min_new else 0
    if component == "retention_bonus" and plan.retention is not None:
        return _fee(plan.retention.amounts.get(int(band)))
    if component == "badge_bonus" and plan.badges is not None:
        return _fee(plan.badges.amounts.get(band))
    return _NO_LINE


def _percentage(plan: Plan, component: str, band: str) -> _Rule:
    """Take the plan's percentage of a line's base; the host body's part is deducted from the cadre's."""
    bands = plan.share.bands if plan.share else ()
    rates = {("contribution_share", one.name): one.rate for one in bands}
    if plan.host is not None:
        rates[HOST_OVERRIDE, ""] = plan.host.rate
    rate = rates.get((component, band))
    if rate is None:
        return _NO_LINE
    sign = -1 if component == HOST_OVERRIDE else 1
    return rate_text(rate), lambda row: sign * percent(row.base or 0, rate)


def _fee(each_one: int | None, min_new: int = 0) -> _Rule:
    """Pay so much for each one that a line counts, if enough were new."""
    if each_one is None:
        return _NO_LINE

    def amount(row: Any) -> int:
        reached = not min_new or (row.details or {}).get("counting_new", 0) >= min_new
        return each_one * (row.count or 0) if reached else 0

    return str(each_one), amount


_BEHIND: Final = "FROM line_evidence v JOIN statement_lines l ON l.id = v.line_id"
_NAMED: Final = "SELECT l.month, l.id, v.kind, v.ref_id"
_OTHERS: Final = (
    "SELECT l.month, v.line_id, v.kind, v.ref_id FROM line_evidence v LEFT JOIN statement_lines l ON l.id = v.line_id"
    " WHERE l.id IS NULL OR v.kind NOT IN ('signup', 'entry', 'contribution', 'badge')",
    f"{_NAMED} {_BEHIND} LEFT JOIN badge_awards a ON a.id = v.ref_id WHERE v.kind = 'badge'"
    " AND (a.id IS NULL OR a.cadre_id <> l.cadre_id OR a.code <> l.band)",
    f"{_NAMED} {_BEHIND} LEFT JOIN signups s ON s.id = v.ref_id"
    " WHERE v.kind = 'signup' AND (s.id IS NULL OR s.cadre_id <> l.cadre_id)",
    f"{_NAMED} {_BEHIND} LEFT JOIN ledger_entries e ON e.id = v.ref_id WHERE v.kind = 'entry'"
    " AND (e.id IS NULL OR e.cadre_id <> l.cadre_id OR e.month <> l.original_month)",
    f"{_NAMED} {_BEHIND} LEFT JOIN contributions c ON c.id = v.ref_id WHERE v.kind = 'contribution'"
    " AND (c.id IS NULL OR NOT EXISTS (SELECT 1 FROM signups o WHERE o.participant_id = c.participant_id"
    " AND o.cadre_id = l.cadre_id UNION ALL SELECT 1 FROM hand_overs h"
    " WHERE h.participant_id = c.participant_id AND h.to_cadre_id = l.cadre_id))",
)
# Lines beside what stands behind each: how many, what was paid, and how many of it a conflict corrected. The evidence
# of a late line includes withdrawn sign-ups, which explain it.
_COUNTED: Final = (
    "SELECT * FROM (SELECT l.month, l.id, l.component, l.original_month,"
    " CASE WHEN l.component IN ('contribution_share', 'retention_bonus', 'badge_bonus')"
    " THEN COALESCE(b.n, 0) <> l.count"
    " WHEN l.month = l.original_month THEN COALESCE(b.n, 0) <> l.count ELSE COALESCE(b.n, 0) < l.count END"
    " AS miscounted,"
    " l.component = 'contribution_share' AND COALESCE(b.corrected, 0) = 0 AND COALESCE(b.paid, 0) <> l.base AS misadded"
    " FROM statement_lines l LEFT JOIN"
    " (SELECT v.line_id, COUNT(*) AS n, SUM(c.amount) AS paid, COUNT(k.blth) AS corrected"
    " FROM line_evidence v LEFT JOIN contributions c ON c.id = v.ref_id AND v.kind = 'contribution'"
    " LEFT JOIN (SELECT DISTINCT participant_id, blth FROM contribution_conflicts WHERE status <> 'open') AS k"
    " ON k.participant_id = c.participant_id AND k.blth = c.blth GROUP BY v.line_id) AS b ON b.line_id = l.id"
    " WHERE l.rate <> ''"
    " AND l.component IN ('contribution_share', 'retention_bonus', 'acquisition_fee', 'badge_bonus')) AS counted"
    " WHERE miscounted OR misadded"
)


def check_evidence() -> Iterator[Finding]:
    """Compare the evidence of each line with its count and base, and with the cadre that it pays."""
    for query in _OTHERS:
        yield from each("a line stands on something that is not there, or not its cadre's", query)
    for month, key, component, earned, miscounted, misadded in rows(_COUNTED):
        if miscounted:
            yield found("a line does not count what stands behind it", month, key, component, earned)
        if misadded:
            yield found(
                "a line's base is not the sum of what stands behind it", month, key, component, earned
            )
    yield from each(
        "a line does not count what stands behind it",
        "SELECT l.month, l.id, l.component, l.original_month FROM statement_lines l WHERE l.component = 'flat_bonus'"
        " AND l.month = l.original_month AND l.count <> (SELECT COUNT(DISTINCT COALESCE(s.participant_id, -s.id))"
        " FROM line_evidence v JOIN signups s ON s.id = v.ref_id WHERE v.line_id = l.id AND v.kind = 'signup')",
    )
    yield from each(
        "a prize stands on other points than its frozen place",
        "SELECT l.month, l.id, f.cadre_code FROM statement_lines l"
        " JOIN frozen_standings f ON f.month = l.original_month AND f.cadre_id = l.cadre_id AND f.scope = 'nation'"
        " LEFT JOIN (SELECT v.line_id, SUM(e.points) AS points"
        " FROM line_evidence v JOIN ledger_entries e ON e.id = v.ref_id AND v.kind = 'entry' GROUP BY v.line_id) AS b"
        " ON b.line_id = l.id WHERE l.component = 'rank_prize' AND COALESCE(b.points, 0) <> f.points",
    )
