"""Computing a month's statements: streamed by groups of cadres, without writing.

The close writes the results; previews, dry runs and simulations only read them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from portal.domain.balance import settle
from portal.domain.incentives import (
    Line,
    all_lines,
    earned_month,
    gross,
    host_amount,
    host_base,
    late_lines,
    own_lines,
)
from portal.domain.plans import Plan
from portal.domain.tax import tax, taxable_by_object
from portal.incentives.computation.results import ComputedLine, ComputedStatement, HostShare, LateMoney
from portal.incentives.computation.standings import StandingRow, Standings
from portal.incentives.queries.facts import NOTHING, PlanNeeds, RawFacts, gather
from portal.incentives.queries.late import Posted, by_cadre, posted_for
from portal.incentives.queries.newcomers import Pair
from portal.incentives.queries.plans import PlanInForce, TaxInForce, get_plan, list_plans, plans_in, tax_in
from portal.incentives.queries.recognition import Recognise
from portal.incentives.queries.rosters import (
    Office,
    TermInForce,
    carried_into,
    held_in,
    list_groups,
    list_groups_of,
    list_offices,
    terms_of,
)
from portal.organisation.queries import parameter


@dataclass(slots=True)
class MonthContext:
    """What all cadres of the computed month have in common.

    `assumed`: the plans belong to a simulation, as if they had held in every month. `read_plans` and `read_version`
    look plans of other months up.
    """

    month: str
    plans: dict[int, PlanInForce]
    tax: TaxInForce
    minimum: int
    needs: PlanNeeds
    standings: Standings
    assumed: bool = False
    offices: dict[int, Office] = field(default_factory=list_offices)
    read_plans: Callable[[str], dict[int, PlanInForce]] = plans_in
    read_version: Callable[[str, int], PlanInForce] = get_plan
    _plans_of: dict[str, dict[int, PlanInForce]] = field(default_factory=dict)
    _versions: dict[tuple[str, int], PlanInForce] = field(default_factory=dict)

    def plan_of(self, branch_id: int, month: str) -> PlanInForce | None:
        """Return the plan of a branch in any month."""
        if month == self.month:
            return self.plans.get(branch_id)
        if month not in self._plans_of:
            self._plans_of[month] = self.read_plans(month)
        return self._plans_of[month].get(branch_id)

    def recognise_by(self, terms: Mapping[int, list[TermInForce]]) -> Recognise:
        """Return the function that gives a contribution's earned month; the plan at its receipt decides.

        The rule is domain.incentives.earned_month.
        """

        def recognition(cadre_id: int, month: str) -> str | None:
            when = self.month if self.assumed else month
            found = self.plan_of(held_in(terms[cadre_id], when).branch_id, when)
            return found.plan.recognition if found else None

        def recognise(cadre_id: int, received: str, covered: str) -> str:
            if received == covered:
                return received
            plans = (recognition(cadre_id, month) for month in (received, covered))
            return earned_month(received, covered, *plans)

        return recognise

    def frozen_plan(self, code: str, version: int) -> PlanInForce:
        """Return the plan version that a closed month names."""
        if (code, version) not in self._versions:
            self._versions[code, version] = self.read_version(code, version)
        return self._versions[code, version]


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """What is read of some cadres: terms, balances carried in, facts of earned months, and what was posted for them."""

    terms: dict[int, list[TermInForce]]
    carried: dict[int, int]
    facts: dict[Pair, RawFacts]
    posted: dict[Pair, Posted]


def prepare_month(
    month: str,
    rows: Callable[[int], Iterable[StandingRow]] | None = None,
    *,
    plans: dict[int, PlanInForce] | None = None,
) -> MonthContext:
    """Read what all statements of a month have in common.

    `rows` gives the month's standings, with at least the places up to the last rank that may win: without it nobody
    has points or wins a prize. `plans` replaces the assigned ones in a simulation.
    """
    in_force = plans_in(month) if plans is None else plans
    known = [get_plan(row.code, row.version).plan for row in list_plans()]
    last_rank = max(
        (len(prize.amounts) for found in in_force.values() for prize in found.plan.prizes),
        default=0,
    )
    return MonthContext(
        month=month,
        plans=in_force,
        tax=tax_in(month),
        minimum=int(parameter("minimum_payout", month=month)),
        needs=PlanNeeds.of([*known, *(found.plan for found in in_force.values())]),
        standings=Standings.of(rows(last_rank) if rows else (), last_rank=last_rank),
        assumed=plans is not None,
    )


def compute(context: MonthContext, late: Iterable[Pair]) -> Iterator[ComputedStatement]:
    """Compute all statements of a month, by cadre code in the digest's order; read only.

    `late` names the cadres and closed months to compute again.
    """
    marks = by_cadre(late)
    for group in list_groups(context.month, context.needs, marks):
        yield from compute_group(context, group, marks)


def compute_late(context: MonthContext, late: Iterable[Pair]) -> Iterator[LateMoney]:
    """Compute what these closed months of cadres are worth now beyond what was posted for them; read only."""
    marks = by_cadre(late)
    for group in list_groups_of(marks.keys()):
        cadres = [cadre_id for cadre_id, _ in group]
        months = sorted({month for cadre_id in cadres for month in marks[cadre_id]})
        terms = terms_of(cadres)
        facts = gather(cadres, months, context.needs, context.recognise_by(terms))
        posted = posted_for(cadres, months)
        for cadre_id, code in group:
            one = _OneCadre(context, cadre_id, terms[cadre_id])
            for month in marks[cadre_id]:
                pair = (cadre_id, month)
                one.add_late(month, facts.get(pair, NOTHING), posted.get(pair) or Posted())
            yield LateMoney(code, one.lines, one.hosts)


def compute_group(
    context: MonthContext, group: list[tuple[int, str]], marks: Mapping[int, list[str]]
) -> Iterator[ComputedStatement]:
    """Compute the statements of some cadres, given as (id, code)."""
    yield from compute_from(context, group, marks, _read_group(context, group, marks))


def _read_group(
    context: MonthContext, group: list[tuple[int, str]], marks: Mapping[int, list[str]]
) -> GroupFacts:
    cadres = [cadre_id for cadre_id, _ in group]
    marked = [cadre_id for cadre_id in cadres if cadre_id in marks]
    again = sorted({month for cadre_id in marked for month in marks[cadre_id]})
    terms, carried = terms_of(cadres), carried_into(context.month, cadres)
    recognise = context.recognise_by(terms)
    facts = gather(cadres, [context.month], context.needs, recognise)
    if marked:
        facts |= gather(marked, again, context.needs, recognise)
    return GroupFacts(terms, carried, facts, posted_for(marked, again) if marked else {})


def compute_from(
    context: MonthContext, group: list[tuple[int, str]], marks: Mapping[int, list[str]], read: GroupFacts
) -> Iterator[ComputedStatement]:
    """Compute the statements of some cadres from what was read of them."""
    for cadre_id, code in group:
        one = _OneCadre(context, cadre_id, read.terms[cadre_id])
        one.add_own(read.facts.get((cadre_id, context.month), NOTHING))
        for month in marks.get(cadre_id, ()):
            pair = (cadre_id, month)
            one.add_late(month, read.facts.get(pair, NOTHING), read.posted.get(pair) or Posted())
        if cadre_id in context.standings.points or one.lines or one.hosts or cadre_id in read.carried:
            yield one.statement(code, read.carried.get(cadre_id, 0))


class _OneCadre:
    """Builds one cadre's statement."""

    __slots__ = ("cadre_id", "context", "held", "hosts", "lines", "plan", "terms")

    def __init__(self, context: MonthContext, cadre_id: int, terms: list[TermInForce]) -> None:
        self.context, self.cadre_id, self.terms = context, cadre_id, terms
        self.held = held_in(terms, context.month)
        self.plan = context.plans.get(self.held.branch_id)
        self.lines: list[ComputedLine] = []
        self.hosts: list[HostShare] = []

    def add_own(self, gathered: RawFacts) -> None:
        """Add the lines and the host amount of the month itself."""
        if self.plan is None:
            return
        plan, host = self.plan.plan, self.held.host_code
        won = {prize.scope: self.context.standings.prize(self.cadre_id, prize) for prize in plan.prizes}
        prizes = {scope: amount for scope, (amount, _) in won.items()}
        facts = gathered.for_plan(plan, host=host is not None, prizes=prizes)
        lines = own_lines(plan, facts, self.context.month)
        for line in lines:
            details = won[line.band][1] if line.component == "rank_prize" else None
            self.lines.append(ComputedLine(line, self.plan, details or _condition(plan, line, gathered)))
        if host is not None and plan.host is not None:
            self._add_host(self.context.month, host, host_base(lines), host_amount(plan, lines))

    def add_late(self, month: str, gathered: RawFacts, posted: Posted) -> None:
        """Add what a closed month is worth now minus what was posted for it, with that month's frozen inputs."""
        found, host = self._frozen(month, posted)
        lines: list[Line] = []
        if found is not None:
            prizes = {} if posted.fraud else posted.prizes
            facts = gathered.for_plan(found.plan, host=host is not None, prizes=prizes)
            lines = all_lines(found.plan, facts, month)
        now = {line.key: line.amount for line in lines}
        for line in late_lines(lines, posted.lines, month):
            behind = found or self.plan
            if behind is None:
                continue  # nothing can have been posted where there never was a plan
            details = _condition(behind.plan, line, gathered) or {}
            details |= {"now": now.get(line.key, 0), "posted": posted.lines.get(line.key, 0)}
            self.lines.append(ComputedLine(line, behind, details))
        if found is not None and host is not None and found.plan.host is not None:
            base, amount = host_base(lines), host_amount(found.plan, lines)
            self._add_host(month, host, base - posted.host_base, amount - posted.host)

    def _frozen(self, month: str, posted: Posted) -> tuple[PlanInForce | None, str | None]:
        """Return plan and host body of a closed month: from its statement if there is one, else from its term."""
        if posted.frozen is None:
            held = held_in(self.terms, month)
            return self.context.plan_of(held.branch_id, month), held.host_code
        code, version = posted.frozen.plan_code, posted.frozen.plan_version
        found = None if code is None or version is None else self.context.frozen_plan(code, version)
        return found, posted.frozen.host_code

    def _add_host(self, month: str, host: str, base: int, amount: int) -> None:
        if base or amount:
            self.hosts.append(HostShare(month, host, base, amount))

    def statement(self, code: str, carried_in: int) -> ComputedStatement:
        """Settle tax and balance and return the statement."""
        table, npwp = self.context.tax.table, self.held.npwp_valid
        objects = self._objects()

        def due(taxable: int) -> int:
            if len(objects) < 2:
                return tax(taxable, npwp, table)
            parts = taxable_by_object(list(objects.items()), carried_in)
            return sum(tax(amount, npwp, table) for _, amount in parts)

        return ComputedStatement(
            cadre_id=self.cadre_id,
            cadre_code=code,
            office=self.context.offices[self.held.branch_id],
            held=self.held,
            plan=self.plan,
            points=self.context.standings.points.get(self.cadre_id, 0),
            settled=settle(gross(line.line for line in self.lines), due, carried_in, self.context.minimum),
            lines=self.lines,
            hosts=self.hosts,
        )

    def _objects(self) -> dict[str, int]:
        """Add up the lines by tax object, the plan's own first, in its order."""
        sums = dict.fromkeys(self.plan.plan.tax_objects.values(), 0) if self.plan else {}
        for line in self.lines:
            name = line.plan.plan.tax_object(line.line.component)
            sums[name] = sums.get(name, 0) + line.line.amount
        return sums


def _condition(plan: Plan, line: Line, gathered: RawFacts) -> dict[str, object] | None:
    """Name the condition of a line and how far it was met."""
    if line.component == "acquisition_fee" and plan.fee is not None and plan.fee.min_new:
        return {"min_new": plan.fee.min_new, "counting_new": gathered.counting_new}
    if line.component == "flat_bonus" and plan.bonus is not None:
        return {"min_new": plan.bonus.min_new, "counting_new": gathered.counting_new}
    if line.component == "contribution_share" and plan.recognition == "coverage":
        return {"recognition": plan.recognition}
    return None
