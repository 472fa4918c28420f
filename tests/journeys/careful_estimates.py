"""Estimates as the close would compute them, from reads of the whole nation: what the narrow reads are held against."""

from sqlalchemy import select

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.incentives.computation.computing import compute_group, prepare_month
from portal.incentives.computation.estimates import Estimate, estimate_for
from portal.incentives.queries.facts import NOTHING, gather
from portal.incentives.queries.late import by_cadre, list_fraud_pairs, list_marks
from portal.incentives.queries.recognition import list_unsettled
from portal.incentives.queries.rosters import held_in, terms_of
from portal.points.queries import is_closed


def check_estimates(month: str) -> int:
    """Hold every cadre's estimate of an open month against the close's own way; return how many have lines."""
    context, cadres = (
        prepare_month(month),
        [tuple(row) for row in db.session.execute(select(Cadre.id, Cadre.code))],
    )
    again = list_marks(month) | list_fraud_pairs(month)
    if context.needs.coverage:
        again |= {pair for pair in list_unsettled(month) if is_closed(pair[1])}
    ids = [cadre_id for cadre_id, _ in cadres]
    terms = terms_of(ids)
    facts = gather(ids, [month], context.needs, context.recognise_by(terms))
    computed = {one.cadre_id: one for one in compute_group(context, cadres, by_cadre(again))}
    for cadre_id, _ in cadres:
        found, one = estimate_for(cadre_id, month), computed.get(cadre_id)
        plan = context.plans.get(held_in(terms[cadre_id], month).branch_id)
        settled = one.settled if one else None
        assert (found.plan_name, found.new) == (
            (plan.name, facts.get((cadre_id, month), NOTHING).counting_new) if plan else (None, 0)
        )
        assert (found.gross, found.net) == ((settled.gross, settled.net) if settled else (0, 0))
        if plan is not None:
            assert _shown(found) == (
                (settled.tax, settled.carried_in, [line.shown for line in one.lines])
                if settled
                else (0, 0, [])
            )
    return sum(bool(one.lines) for one in computed.values())


def _shown(found: Estimate) -> tuple:
    return found.tax, found.carried_in, [line.shown for line in found.lines]
