"""Moments: something reached that the next page tells once (rules.md 11, design/next.md)."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import select, update

from portal import audit
from portal.accounts.models import User
from portal.accounts.queries.sessions import get_operator
from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.recognition.models import Moment
from portal.recognition.queries.facts import list_people

# What the audit trail says of a moment, and which of its values.
ACTS: Final = {
    "level": "level.reached",
    "best_month": "best_month.reached",
    "team_goal": "team_goal.reached",
    "threshold": "threshold.reached",
}
_SAID: Final = frozenset({"level", "month", "points", "challenge", "goal", "count", "code", "amount"})


class NewMoment(NamedTuple):
    """A moment of a cadre; with `shown_at` it is only remembered, and no page tells it."""

    cadre_id: int
    kind: str
    source: str
    at: datetime
    details: dict[str, Any]
    shown_at: datetime | None = None


def note_moments(*, moments: Sequence[NewMoment]) -> int:
    """Note many moments and return how many are new; what was noted before stays as it is."""
    if not moments:
        return 0
    noting = insert_into(Moment).on_conflict_do_nothing(index_elements=["cadre_id", "source"])
    rows = [moment._asdict() for moment in sorted(moments, key=lambda one: (one.cadre_id, one.source))]
    table = Moment.__table__.c
    known = (table.cadre_id, table.source, table.shown_at)
    new = db.session.execute(noting.returning(*known), rows).all()
    _record(moments, {(row.cadre_id, row.source) for row in new if row.shown_at is None})
    waiting = Counter(row.cadre_id for row in new if row.shown_at is None)
    for number, some in groupby(
        sorted(waiting, key=lambda one: (waiting[one], one)), key=waiting.__getitem__
    ):
        _count(number, list(some))
    return len(new)


def _record(moments: Sequence[NewMoment], told: Collection[tuple[int, str]]) -> None:
    """Write what is to be told into the audit trail, which the inbox reads; of a badge it stands there already."""
    new = [one for one in moments if one.kind in ACTS and (one.cadre_id, one.source) in told]
    if not new:
        return
    operator = get_operator()
    people = {person.id: person for person in list_people({one.cadre_id for one in new})}
    audit.record_many(
        [
            audit.Event(
                at=one.at,
                actor_id=operator.user_id,
                actor_role=operator.role,
                act=ACTS[one.kind],
                subject_kind="cadre",
                subject_id=str(one.cadre_id),
                branch_id=people[one.cadre_id].branch_id,
                details={name: value for name, value in one.details.items() if name in _SAID},
            )
            for one in new
            if one.cadre_id in people
        ]
    )


def _count(number: int, cadre_ids: Sequence[int]) -> None:
    """Add to the number of moments that wait, of the accounts of some cadres."""
    accounts = select(Cadre.user_id).where(bulk.one_of(Cadre.id, cadre_ids), Cadre.user_id.is_not(None))
    change(update(User).where(User.id.in_(accounts)).values(moments=User.moments + number))


def take_moment(*, cadre_id: int, at: datetime) -> Moment | None:
    """Take the oldest moment that no page has shown; of two pages at once one gets it, the other the next or None."""
    oldest = (
        select(Moment)
        .where(Moment.cadre_id == cadre_id, Moment.shown_at.is_(None))
        .order_by(Moment.id)
        .limit(1)
    )
    while (moment := db.session.scalars(oldest).one_or_none()) is not None:
        taking = update(Moment).where(Moment.id == moment.id, Moment.shown_at.is_(None)).values(shown_at=at)
        taken = change(taking).rowcount
        db.session.refresh(moment)
        if taken:
            _count(-1, [cadre_id])
            return moment
    return None


def give_back(*, moment_id: int, cadre_id: int) -> None:
    """Let a moment wait again that was taken for an answer which was no page."""
    giving = update(Moment).where(Moment.id == moment_id, Moment.shown_at.is_not(None)).values(shown_at=None)
    if change(giving).rowcount:
        _count(1, [cadre_id])
