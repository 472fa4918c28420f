"""Awarding a month: its statements, lines, evidence and host amounts, written in the close's transaction."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import delete

from portal import audit
from portal.domain.actors import Actor
from portal.extensions import db
from portal.incentives.queries import ComputedStatement, Standings, compute, prepare
from portal.incentives.queries.facts import Pair, Shape, list_earlier_pairs
from portal.incentives.queries.late import list_fraud_pairs, list_marks
from portal.incentives.services.evidence import record_evidence
from portal.incentives.services.storing import store_statements
from portal.points.models import LateMark
from portal.points.queries import last_closed_month

_GROUP = 2000


@dataclass(slots=True)
class Totals:
    """What a month's statements add up to; `cadres` counts the statements, the rest is points and rupiah."""

    cadres: int = 0
    points: int = 0
    gross: int = 0
    tax: int = 0
    net: int = 0
    payable: int = 0
    host_amount: int = 0

    def add(self, statement: ComputedStatement) -> None:
        """Add one statement."""
        settled = statement.settled
        self.cadres += 1
        self.points += statement.points
        self.gross += settled.gross
        self.tax += settled.tax
        self.net += settled.net
        self.payable += settled.payable
        self.host_amount += statement.host_total


def late_pairs(*, month: str, shape: Shape) -> set[Pair]:
    """List the cadres and closed months that the close of a month computes again; read only.

    These are the late marks, the months whose prize a proven fraud takes back, and at the very first close
    what was earned before the first month: it counts as closed from now on (rules.md 1.4).
    """
    pairs = list_marks(month) | list_fraud_pairs(month)
    return pairs if last_closed_month() is not None else pairs | list_earlier_pairs(month, shape)


def award_month(
    *,
    month: str,
    standings: Standings,
    actor: Actor,
    at: datetime,
    watch: Callable[[ComputedStatement], None] | None = None,
) -> Totals:
    """Compute and write all that a month pays; consumes the late marks. The standings are noted already.

    `watch` sees every statement as it is written, in the digest's order.
    """
    context = prepare(month, standings)
    # Marks made from here on stay for the next close, which finds nothing twice: it posts differences only.
    taken = delete(LateMark).where(LateMark.month < month).returning(LateMark.cadre_id, LateMark.month)
    pairs = {(row.cadre_id, row.month) for row in db.session.execute(taken)}
    pairs |= late_pairs(month=month, shape=context.shape)
    totals = Totals()
    for group in _groups(compute(context, pairs)):
        store_statements(month, group, context.tax, context.minimum)
        for statement in group:
            totals.add(statement)
            if watch is not None:
                watch(statement)
    record_evidence(month=month)
    audit.record(actor=actor, act="month.awarded", subject=("month", month), at=at, details=asdict(totals))
    return totals


def _groups(statements: Iterable[ComputedStatement]) -> Iterator[list[ComputedStatement]]:
    source = iter(statements)
    while group := list(islice(source, _GROUP)):
        yield group
