"""The arithmetic of plans: facts of a cadre's earned month in, lines in rupiah out (rules.md 6)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from portal.domain.plans import Plan, rate_text
from portal.domain.points import PACKS, pack_band

# The lines that the host body's percentage applies to: no prizes, bonuses per head, adjustments or debts.
HOST_BASE = frozenset({"acquisition_fee", "flat_bonus", "contribution_share"})
HOST_OVERRIDE = "host_override"
ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a cadre's earned month is computed from.

    ``new_by_pack``: new participants validated and not withdrawn, by pack. ``counting_new``: the workers that count
    for ``min_new``, each once; it includes those withdrawn without fraud after the month's close.
    ``contributions``: number -> (sum in rupiah, count), only of the plan's payer types. ``retention``: n ->
    participants who reached month n. ``badges``: code -> count. ``prizes``: scope -> rupiah won. ``host``: whether
    the cadre has a host body.
    """

    new_by_pack: Mapping[str, int] = field(default_factory=dict)
    counting_new: int = 0
    contributions: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    retention: Mapping[int, int] = field(default_factory=dict)
    badges: Mapping[str, int] = field(default_factory=dict)
    prizes: Mapping[str, int] = field(default_factory=dict)
    host: bool = False


LINE_FIELDS = ("component", "original_month", "band", "base", "rate", "count", "amount")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement; base and count are None, band and rate empty, where they do not apply.

    ``rate`` is plain text: a percentage (15, 7.5) or rupiah each (15000).
    """

    component: str
    original_month: str
    band: str
    base: int | None
    rate: str
    count: int | None
    amount: int

    @property
    def key(self) -> tuple[str, str]:
        """Return what late money is compared by: component and band."""
        return self.component, self.band

    @property
    def fields(self) -> tuple[str, str, str, int | None, str, int | None, int]:
        """Return the values of LINE_FIELDS."""
        return (
            self.component,
            self.original_month,
            self.band,
            self.base,
            self.rate,
            self.count,
            self.amount,
        )


def earned_month(received: str, covered: str, at_receipt: str | None, at_coverage: str | None) -> str:
    """Return the one month in which a contribution is earned: that of its receipt, or the month it covers.

    The plan that the cadre had at the receipt decides (``receipt``, ``coverage``; None: no plan), so that a change
    of plan never pays twice. Without a plan at the receipt, the plan of the covered month may claim it.
    """
    return covered if (at_receipt or at_coverage) == "coverage" else received


def count_workers(signups: Iterable[Iterable[Hashable]]) -> int:
    """Count the workers behind some sign-ups, each given by what identifies its worker (participant, NIK or None).

    Sign-ups that share an identifier are one worker: the match may be wrong, or the number misspelled.
    """
    workers: list[set[tuple[int, Hashable]]] = []
    for names in signups:
        mine = {(place, name) for place, name in enumerate(names) if name is not None}
        same = [known for known in workers if known & mine]
        workers = [known for known in workers if not known & mine]
        workers.append(mine.union(*same))
    return len(workers)


def percent(base: int, rate: Decimal) -> int:
    """Take a percentage in one step, in exact decimal, rounded half up; below zero, half away from zero."""
    if not base:
        return 0
    numerator, denominator = _ratio(rate)
    whole = (2 * abs(base) * numerator + denominator) // (2 * denominator)
    return -whole if base < 0 else whole


@lru_cache(maxsize=256)
def _ratio(rate: Decimal) -> tuple[int, int]:
    """Return a percentage as an exact fraction."""
    numerator, denominator = rate.as_integer_ratio()
    return numerator, denominator * 100


def all_lines(plan: Plan, facts: Facts, month: str) -> list[Line]:
    """List every line the plan can make for an earned month, including those without base and count."""
    lines = [
        *_fee_lines(plan, facts, month),
        *_bonus_lines(plan, facts, month),
        *_share_lines(plan, facts, month),
    ]
    lines += [
        Line("rank_prize", month, prize.scope, None, "", int(won > 0), won)
        for prize in plan.prizes
        for won in (facts.prizes.get(prize.scope, 0),)
    ]
    if plan.retention is not None:
        lines += [
            _per_head("retention_bonus", month, str(n), each, facts.retention.get(n, 0))
            for n, each in plan.retention.amounts.items()
        ]
    if plan.badges is not None:
        lines += [
            _per_head("badge_bonus", month, badge, each, facts.badges.get(badge, 0))
            for badge, each in plan.badges.amounts.items()
        ]
    if plan.host is not None and plan.host.mode == "out_of" and facts.host:
        base = host_base(lines)
        taken = percent(base, plan.host.rate)
        lines.append(Line(HOST_OVERRIDE, month, "", base, rate_text(plan.host.rate), None, -taken))
    return lines


def _per_head(component: str, month: str, band: str, each: int, count: int) -> Line:
    return Line(component, month, band, None, str(each), count, each * count)


def _fee_lines(plan: Plan, facts: Facts, month: str) -> list[Line]:
    if plan.fee is None:
        return []
    reached = facts.counting_new >= plan.fee.min_new
    lines = []
    for pack in PACKS:
        if pack in plan.fee.amounts:
            each, count = plan.fee.amounts[pack], facts.new_by_pack.get(pack, 0)
            amount = each * count if reached else 0
            lines.append(Line("acquisition_fee", month, pack_band(pack), None, str(each), count, amount))
    return lines


def _bonus_lines(plan: Plan, facts: Facts, month: str) -> list[Line]:
    if plan.bonus is None:
        return []
    reached = facts.counting_new >= plan.bonus.min_new
    amount = plan.bonus.amount if reached else 0
    return [Line("flat_bonus", month, "", None, str(plan.bonus.amount), facts.counting_new, amount)]


def _share_lines(plan: Plan, facts: Facts, month: str) -> list[Line]:
    if plan.share is None:
        return []
    lines = []
    for band in plan.share.bands:
        base = count = 0
        for number, (paid, months) in facts.contributions.items():
            if band.first <= number <= band.last:
                base, count = base + paid, count + months
        amount = percent(base, band.rate)
        lines.append(Line("contribution_share", month, band.name, base, rate_text(band.rate), count, amount))
    return lines


def own_lines(plan: Plan, facts: Facts, month: str) -> list[Line]:
    """Return the month's own lines at its own close: those whose base or count is not 0."""
    return [line for line in all_lines(plan, facts, month) if line.base or line.count]


def late_lines(
    now_lines: Iterable[Line], posted: Mapping[tuple[str, str], int], month: str | None = None
) -> list[Line]:
    """Return, per component and band, the difference between what the earned month is worth now and what was posted.

    ``now_lines`` come from ``all_lines`` with the earned month's plan version and today's facts. Base, rate and
    count show the present values; only the amount is the difference. A posted line that the plan no longer makes is
    taken back in full under ``month``. ``posted`` contains no adjustments.
    """
    now = list(now_lines)
    lines = [
        Line(line.component, line.original_month, line.band, line.base, line.rate, line.count, difference)
        for line in now
        if (difference := line.amount - posted.get(line.key, 0)) != 0
    ]
    made = {line.key for line in now}
    earned = month if month is not None else next((line.original_month for line in now), None)
    for (component, band), amount in sorted(posted.items()):
        if (component, band) not in made and amount != 0:
            if earned is None:
                raise ValueError("the earned month is needed where the plan makes no line")
            lines.append(Line(component, earned, band, None, "", 0, -amount))
    return lines


def host_base(lines: Iterable[Line]) -> int:
    """Add up an earned month's fee, flat bonus and share lines: the base of the host's rate."""
    return sum(line.amount for line in lines if line.component in HOST_BASE)


def host_amount(plan: Plan, lines: Iterable[Line], *, host: bool = True) -> int:
    """Return what the host body is due for one earned month, in rupiah, from all its present lines.

    For late money, subtract what was posted for that month: differences are never rounded on their own. 0 without a
    host body or an override. The same for ``on_top`` and ``out_of``; with ``out_of`` the cadre's line is reduced.
    """
    if plan.host is None or not host:
        return 0
    return percent(host_base(lines), plan.host.rate)


def gross(lines: Iterable[Line]) -> int:
    """Add up a statement's lines."""
    return sum(line.amount for line in lines)
