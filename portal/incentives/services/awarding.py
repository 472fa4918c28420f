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
from portal.incentives.queries.newcomers import Pair
from portal.incentives.services.evidence import record_evidence
from portal.incentives.services.storing import STORED, Tables, store_statements
from portal.points.models import LateMark

AT_ONCE = 2000
Watch = Callable[[ComputedStatement], None]


def award_month(*, context: MonthContext, by: Signature, watch: Watch | None = None) -> Totals:
    """Compute and write everything the context's month pays; consumes the late marks.

    `watch` sees every statement as it is written, in the digest's order.
    """
    month = context.month
    pairs = take_marks(month) | late_pairs(month=month, needs=context.needs)
    totals = store_awards(context=context, pairs=pairs, watch=watch)
    record_award(month=month, totals=totals, by=by)
    return totals


def take_marks(month: str) -> set[Pair]:
    """Delete the late marks that a month's close consumes, and return them.

    Marks made from now on stay for the next close, which counts nothing twice: it posts differences only.
    """
    taken = delete(LateMark).where(LateMark.month < month).returning(LateMark.cadre_id, LateMark.month)
    return {(row.cadre_id, row.month) for row in db.session.execute(taken)}


def store_awards(
    *, context: MonthContext, pairs: set[Pair], watch: Watch | None = None, into: Tables = STORED
) -> Totals:
    """Compute and store what a month pays, with these closed months of cadres computed again."""
    totals = Totals()
    for group in batches(compute(context, pairs), AT_ONCE):
        store_statements(context, group, into=into)
        for statement in group:
            totals.add(statement)
            if watch is not None:
                watch(statement)
    record_evidence(context, into=into)
    return totals


def record_award(*, month: str, totals: Totals, by: Signature) -> None:
    """Write into the trail what a month was awarded."""
    audit.record(by=by, act="month.awarded", subject=("month", month), details=asdict(totals))
