"""The facts of many cadres' earned months, gathered set-based for one group of cadres at a time."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, func, select

from portal.database.bulk import month_of, one_of, plain_rows
from portal.domain.incentives import Facts
from portal.domain.matching import LAST_EARNING_NUMBER
from portal.domain.plans import Plan
from portal.incentives.queries.newcomers import Pair, ever_counted, gather_new
from portal.incentives.queries.recognition import Recognise, covered_month, covering, list_recognised
from portal.membership.models import Contribution
from portal.recognition.models import BadgeAward
from portal.signups.models import SignUp


@dataclass(slots=True)
class RawFacts:
    """The raw facts of one cadre and earned month, before a plan selects from them.

    `contributions`: (first number of its segment, payer type) -> (sum in rupiah, count).
    """

    new_by_pack: dict[str, int] = field(default_factory=dict)
    counting_new: int = 0
    contributions: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    retention: dict[int, int] = field(default_factory=dict)
    badges: dict[str, int] = field(default_factory=dict)

    def for_plan(self, plan: Plan, *, host: bool, prizes: dict[str, int] | None = None) -> Facts:
        """Select what a plan uses: contributions of its payer types."""
        paid: dict[int, tuple[int, int]] = {}
        for (number, payer), (amount, count) in self.contributions.items():
            if payer in plan.payer_types:
                had = paid.get(number, (0, 0))
                paid[number] = (had[0] + amount, had[1] + count)
        return Facts(
            new_by_pack=self.new_by_pack,
            counting_new=self.counting_new,
            contributions=paid,
            retention=self.retention,
            badges=self.badges,
            prizes=prizes or {},
            host=host,
        )


NOTHING = RawFacts()


@dataclass(frozen=True)
class PlanNeeds:
    """What all plans together need: where bands begin, and which months and badges are rewarded.

    `coverage`: some plan recognises contributions by the month they cover.
    """

    edges: tuple[int, ...] = (1,)
    retention: tuple[int, ...] = ()
    coverage: bool = False
    badges: tuple[str, ...] = ()

    @classmethod
    def of(cls, plans: Iterable[Plan]) -> "PlanNeeds":
        """Derive it from the plans; contributions are grouped no finer than some plan needs."""
        edges, numbers, codes, known = {1}, set(), set(), list(plans)
        for plan in known:
            for band in plan.share.bands if plan.share else ():
                edges |= {band.first, band.last + 1}
            numbers |= set(plan.retention.amounts if plan.retention else ())
            codes |= set(plan.badges.amounts if plan.badges else ())
        return cls(
            tuple(sorted(edge for edge in edges if edge <= LAST_EARNING_NUMBER)),
            tuple(sorted(numbers)),
            any(plan.recognition == "coverage" for plan in known),
            tuple(sorted(codes)),
        )

    def segment(self, number: int) -> int:
        """Return the first number of the segment that a contribution number lies in."""
        return self.edges[bisect_right(self.edges, number) - 1]


def retention_month() -> ColumnElement[str]:
    """Return the month in which a contribution number is reached: the covered one, but never before the payment."""
    paid = func.substr(cast(Contribution.paid_on, String), 1, 7)
    return case((Contribution.blth >= paid, Contribution.blth), else_=paid)


def gather(
    cadres: Collection[int], months: Collection[str], needs: PlanNeeds, recognise: Recognise
) -> dict[Pair, RawFacts]:
    """Gather the facts of some cadres in some earned months; pairs without facts are left out."""
    found: dict[Pair, RawFacts] = {}
    for pair, (earning, counting) in gather_new(cadres, months).items():
        facts = found.setdefault(pair, RawFacts())
        facts.new_by_pack, facts.counting_new = earning, counting
    if needs.coverage:
        _gather_recognised(found, cadres, months, needs, recognise)
    else:
        _gather_contributions(found, cadres, months, needs)
    if needs.retention:
        _gather_retention(found, cadres, months, needs)
    if needs.badges:
        _gather_badges(found, cadres, months, needs)
    return found


def _gather_contributions(
    found: dict[Pair, RawFacts], cadres: Collection[int], months: Collection[str], needs: PlanNeeds
) -> None:
    whens = [(Contribution.number >= edge, edge) for edge in reversed(needs.edges[1:])]
    segment: Any = case(*whens, else_=needs.edges[0]) if whens else cast(needs.edges[0], BigInteger)
    rows = plain_rows(
        select(
            Contribution.cadre_id,
            Contribution.earned_month,
            segment.label("segment"),
            Contribution.payer_type,
            cast(func.sum(Contribution.amount), BigInteger),
            func.count(),
        )
        .where(
            one_of(Contribution.cadre_id, cadres),
            Contribution.earned_month.in_(months),
            Contribution.number.between(1, LAST_EARNING_NUMBER),
        )
        .group_by(Contribution.cadre_id, Contribution.earned_month, "segment", Contribution.payer_type),
    )
    for cadre_id, month, first, payer, amount, count in rows:
        facts = found.setdefault((cadre_id, month), RawFacts())
        facts.contributions[first, payer] = (amount, count)


def _gather_recognised(
    found: dict[Pair, RawFacts],
    cadres: Collection[int],
    months: Collection[str],
    needs: PlanNeeds,
    recognise: Recognise,
) -> None:
    for one in list_recognised(cadres, months, recognise):
        sums = found.setdefault((one.cadre_id, one.month), RawFacts()).contributions
        segment = needs.segment(one.number)
        amount, count = sums.get((segment, one.payer_type), (0, 0))
        sums[segment, one.payer_type] = (amount + one.amount, count + 1)


def _gather_retention(
    found: dict[Pair, RawFacts], cadres: Collection[int], months: Collection[str], needs: PlanNeeds
) -> None:
    month = retention_month().label("reached")
    rows = plain_rows(
        select(Contribution.cadre_id, month, Contribution.number, func.count())
        .where(
            one_of(Contribution.cadre_id, cadres),
            Contribution.number.in_(needs.retention),
            retention_month().in_(months),
        )
        .group_by(Contribution.cadre_id, "reached", Contribution.number),
    )
    for cadre_id, reached, number, count in rows:
        found.setdefault((cadre_id, reached), RawFacts()).retention[number] = count


def badge_month() -> ColumnElement[str]:
    """Return the month in which a badge was awarded."""
    return month_of(BadgeAward.awarded_on)


def held_badges(codes: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an award is of these badges and not taken back."""
    return BadgeAward.code.in_(codes), BadgeAward.taken_back_at.is_(None)


def _gather_badges(
    found: dict[Pair, RawFacts], cadres: Collection[int], months: Collection[str], needs: PlanNeeds
) -> None:
    """Note the badges awarded in the months and not taken back since; each is awarded once."""
    rows = plain_rows(
        select(BadgeAward.cadre_id, badge_month(), BadgeAward.code).where(
            one_of(BadgeAward.cadre_id, cadres), badge_month().in_(months), *held_badges(needs.badges)
        )
    )
    for cadre_id, month, code in rows:
        found.setdefault((cadre_id, month), RawFacts()).badges[code] = 1


def list_earlier_pairs(month: str, needs: PlanNeeds) -> set[Pair]:
    """List the (cadre, earned month) pairs that lie before a month: the first close computes them too."""
    pairs: set[Pair] = set()
    queries: list[Any] = [
        select(SignUp.cadre_id, SignUp.earned_month)
        .where(SignUp.earned_month < month, ever_counted())
        .distinct(),
        select(Contribution.cadre_id, Contribution.earned_month)
        .where(
            Contribution.earned_month < month,
            Contribution.cadre_id.is_not(None),
            Contribution.number.between(1, LAST_EARNING_NUMBER),
        )
        .distinct(),
    ]
    if needs.coverage:
        queries.append(covering(covered_month() < month))
    if needs.retention:
        queries.append(
            select(Contribution.cadre_id, retention_month())
            .where(
                Contribution.number.in_(needs.retention),
                retention_month() < month,
                Contribution.cadre_id.is_not(None),
            )
            .distinct(),
        )
    if needs.badges:
        earlier = select(BadgeAward.cadre_id, badge_month()).where(badge_month() < month)
        queries.append(earlier.where(*held_badges(needs.badges)))
    for query in queries:
        pairs |= {(row[0], row[1]) for row in plain_rows(query)}
    return pairs
