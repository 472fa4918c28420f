"""What an open month would bring a cadre: certain so far, and what waits for BPJS data."""

from dataclasses import dataclass, field

from sqlalchemy import func, select

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.incentives import all_lines, gross
from portal.incentives.computation.computing import MonthContext, compute_group, prepare_month
from portal.incentives.computation.results import ComputedLine, ComputedStatement
from portal.incentives.queries.facts import RawFacts, gather
from portal.incentives.queries.late import list_fraud_pairs
from portal.incentives.queries.recognition import list_unsettled
from portal.incentives.queries.rosters import held_in, terms_of
from portal.points.models import LateMark
from portal.points.queries import is_closed
from portal.signups.models import SignUp
from portal.signups.queries import waiting_for_extract


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


def estimate_for(cadre_id: int, month: str) -> Estimate:
    """Compute an open month for one cadre, including late money of closed months; read only."""
    code = db.session.execute(select(Cadre.code).where(Cadre.id == cadre_id)).scalar_one()
    context = prepare_month(month)
    marks = {cadre_id: _marks(cadre_id, context)}
    one: ComputedStatement | None = next(compute_group(context, [(cadre_id, code)], marks), None)
    terms = terms_of([cadre_id])
    held = held_in(terms[cadre_id], month)
    found = context.plans.get(held.branch_id)
    if found is None:
        settled = one.settled if one else None
        return Estimate(month, gross=settled.gross if settled else 0, net=settled.net if settled else 0)
    gathered = gather([cadre_id], [month], context.needs, context.recognise_by(terms))
    facts = gathered.get((cadre_id, month), RawFacts())
    waiting = _waiting(cadre_id, month)
    plan, fee = found.plan, found.plan.fee
    least = fee.min_new if fee else plan.bonus.min_new if plan.bonus else 0
    reachable = 0
    if facts.counting_new < least:
        earned = (
            sum(fee.amounts.get(pack, 0) * count for pack, count in facts.new_by_pack.items()) if fee else 0
        )
        reachable = earned or (plan.bonus.amount if plan.bonus else 0)
    return Estimate(
        month=month,
        plan_name=found.name,
        gross=one.settled.gross if one else 0,
        tax=one.settled.tax if one else 0,
        net=one.settled.net if one else 0,
        carried_in=one.settled.carried_in if one else 0,
        waiting=_waiting_amount(context, facts, waiting, held.branch_id, host=held.host_code is not None),
        waiting_signups=sum(waiting.values()),
        new=facts.counting_new,
        min_new=least,
        reachable=reachable,
        lines=one.lines if one else [],
    )


def _marks(cadre_id: int, context: MonthContext) -> list[str]:
    month = context.month
    marked = select(LateMark.month).where(LateMark.cadre_id == cadre_id, LateMark.month < month)
    frauds = {closed for owner, closed in list_fraud_pairs(month) if owner == cadre_id}
    covered = list_unsettled(month, cadre_id=cadre_id) if context.needs.coverage else set()
    months = frauds | {closed for _, closed in covered if is_closed(closed)}
    return sorted(months | set(db.session.execute(marked).scalars()))


def _waiting(cadre_id: int, month: str) -> dict[str, int]:
    """Count the sign-ups of a month that wait for the extract, by reported programmes."""
    rows = db.session.execute(
        select(SignUp.programmes, func.count())
        .where(*waiting_for_extract(cadre_id, month))
        .group_by(SignUp.programmes),
    )
    return {row[0]: row[1] for row in rows}


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
