"""What an open month would bring a cadre: certain so far, and what waits for BPJS data."""

from dataclasses import dataclass, field, replace
from functools import partial

from portal.domain.incentives import all_lines, gross
from portal.domain.plans import Plan
from portal.incentives.computation.computing import GroupFacts, MonthContext, compute_from
from portal.incentives.computation.results import ComputedLine, ComputedStatement
from portal.incentives.computation.standings import Standings
from portal.incentives.queries.facts import RawFacts
from portal.incentives.queries.one_cadre import Basis, read_basis, read_facts, read_posted
from portal.incentives.queries.rosters import held_in


@dataclass(frozen=True)
class Estimate:
    """An open month of a cadre as of now, in rupiah; rank prizes are decided at the close and left out.

    `net` is certain so far; `waiting` is what the sign-ups that wait for the extract would add if all of them are
    new. `reachable` is what the present new participants bring once `missing` more are found.
    """

    month: str
    plan_name: str | None = None
    gross: int = 0
    tax: int = 0
    net: int = 0
    carried_in: int = 0
    waiting: int = 0
    waiting_signups: int = 0
    new: int = 0
    min_new: int = 0
    reachable: int = 0
    lines: list[ComputedLine] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Count the new participants still missing to the threshold."""
        return max(0, self.min_new - self.new)


@dataclass(frozen=True)
class Gain:
    """A threshold of new participants that is reached, and what it brings after tax, in rupiah."""

    component: str
    new: int
    least: int
    amount: int


def estimate_for(cadre_id: int, month: str) -> Estimate:
    """Compute an open month for one cadre, including late money of closed months; read only."""
    basis, context, read = _read(cadre_id, month)
    held = held_in(basis.terms, month)
    one = _compute(cadre_id, basis, context, read)
    found = context.plans.get(held.branch_id)
    if found is None:
        settled = one.settled if one else None
        return Estimate(month, gross=settled.gross if settled else 0, net=settled.net if settled else 0)
    facts = read.facts[cadre_id, month]
    least = _least(found.plan)
    return Estimate(
        month=month,
        plan_name=found.name,
        gross=one.settled.gross if one else 0,
        tax=one.settled.tax if one else 0,
        net=one.settled.net if one else 0,
        carried_in=one.settled.carried_in if one else 0,
        waiting=_waiting_amount(
            context, facts, basis.waiting, held.branch_id, host=held.host_code is not None
        ),
        waiting_signups=sum(basis.waiting.values()),
        new=facts.counting_new,
        min_new=least,
        reachable=_reachable(found.plan, facts) if facts.counting_new < least else 0,
        lines=one.lines if one else [],
    )


def find_gains(cadre_id: int, month: str) -> list[Gain]:
    """Compute what the thresholds that a cadre has reached in an open month bring, each by itself; read only.

    A gain is the estimate with just as many new participants as the threshold asks, less that with one fewer.
    """
    basis, context, read = _read(cadre_id, month)
    found = context.plans.get(held_in(basis.terms, month).branch_id)
    facts = read.facts[cadre_id, month]
    reached = {} if found is None else thresholds_of(found.plan)
    net = partial(_net_with, cadre_id, basis, context, read)
    return [
        Gain(component, facts.counting_new, least, net(least) - net(least - 1))
        for component, least in reached.items()
        if facts.counting_new >= least
    ]


def thresholds_of(plan: Plan) -> dict[str, int]:
    """Return from how many new participants on the components of a plan pay, of those that ask for any."""
    asked = {
        "acquisition_fee": plan.fee.min_new if plan.fee else 0,
        "flat_bonus": plan.bonus.min_new if plan.bonus else 0,
    }
    return {component: least for component, least in asked.items() if least}


def _net_with(cadre_id: int, basis: Basis, context: MonthContext, read: GroupFacts, new: int) -> int:
    """Return the month's estimate after tax as if so many new participants counted."""
    key = (cadre_id, context.month)
    facts = {**read.facts, key: replace(read.facts[key], counting_new=new)}
    one = _compute(cadre_id, basis, context, replace(read, facts=facts))
    return one.settled.net if one else 0


def _read(cadre_id: int, month: str) -> tuple[Basis, MonthContext, GroupFacts]:
    """Read what a month of a cadre is computed from: two statements, a third if closed months are computed again."""
    basis = read_basis(cadre_id, month)
    context = _context(basis, month)
    terms = {cadre_id: basis.terms}
    recognise = context.recognise_by(terms)
    gathered = read_facts(cadre_id, [month, *basis.again], context.needs, recognise)
    carried = {} if basis.carried_in is None else {cadre_id: basis.carried_in}
    return basis, context, GroupFacts(terms, carried, gathered, read_posted(cadre_id, basis.again))


def _compute(
    cadre_id: int, basis: Basis, context: MonthContext, read: GroupFacts
) -> ComputedStatement | None:
    return next(compute_from(context, [(cadre_id, basis.code)], {cadre_id: basis.again}, read), None)


def _context(basis: Basis, month: str) -> MonthContext:
    """Return what prepare_month() would, as far as one cadre needs it."""
    return MonthContext(
        month=month,
        plans=basis.plans.plans_in(month),
        tax=basis.tax,
        minimum=basis.minimum,
        needs=basis.needs,
        standings=Standings(),
        offices=basis.offices,
        read_plans=basis.plans.plans_in,
        read_version=basis.plans.version,
    )


def _least(plan: Plan) -> int:
    """Return how many new participants a plan asks for."""
    if plan.fee is not None:
        return plan.fee.min_new
    return plan.bonus.min_new if plan.bonus else 0


def _reachable(plan: Plan, facts: RawFacts) -> int:
    """Compute what the present new participants bring once the threshold is reached."""
    amounts = plan.fee.amounts if plan.fee else {}
    earned = sum(amounts.get(pack, 0) * count for pack, count in facts.new_by_pack.items())
    return earned or (plan.bonus.amount if plan.bonus else 0)


def _waiting_amount(
    context: MonthContext, facts: RawFacts, waiting: dict[str, int], branch_id: int, *, host: bool
) -> int:
    """Compute what the waiting sign-ups would add if all of them were new."""
    if not waiting:
        return 0
    plan = context.plans[branch_id].plan
    then = RawFacts(
        {pack: facts.new_by_pack.get(pack, 0) + waiting.get(pack, 0) for pack in facts.new_by_pack | waiting},
        facts.counting_new + sum(waiting.values()),
        facts.contributions,
        facts.retention,
    )
    now, later = (
        gross(all_lines(plan, found.for_plan(plan, host=host), context.month)) for found in (facts, then)
    )
    return max(0, later - now)
