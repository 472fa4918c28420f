"""Awarding a month: its statements, lines, evidence and host amounts, written in the close's transaction."""

from collections.abc import Callable
from dataclasses import asdict

from sqlalchemy import delete

from portal import audit
from portal.database.bulk import batches
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.incentives.computation.computing import MonthContext, compute
from portal.incentives.computation.results import ComputedStatement, Totals
from portal.incentives.queries.late import late_pairs
from portal.incentives.services.evidence import record_evidence
from portal.incentives.services.storing import store_statements
from portal.points.models import LateMark

AT_ONCE = 2000


def award_month(
    *, context: MonthContext, by: Signature, watch: Callable[[ComputedStatement], None] | None = None
) -> Totals:
    """Compute and write everything the context's month pays; consumes the late marks.

    `watch` sees every statement as it is written, in the digest's order.
    """
    month = context.month
    # Marks made from now on stay for the next close, which counts nothing twice: it posts differences only.
    taken = delete(LateMark).where(LateMark.month < month).returning(LateMark.cadre_id, LateMark.month)
    pairs = {(row.cadre_id, row.month) for row in db.session.execute(taken)}
    pairs |= late_pairs(month=month, needs=context.needs)
    totals = Totals()
    for group in batches(compute(context, pairs), AT_ONCE):
        store_statements(month, group, context.tax, context.minimum)
        for statement in group:
            totals.add(statement)
            if watch is not None:
                watch(statement)
    record_evidence(context)
    audit.record(by=by, act="month.awarded", subject=("month", month), details=asdict(totals))
    return totals
