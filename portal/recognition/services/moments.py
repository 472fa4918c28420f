"""Moments: something reached that the next page tells once (rules.md 11, design/next.md)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update

from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.recognition.models import Moment


class NewMoment(NamedTuple):
    """A moment of a cadre; with `shown_at` it is only remembered, and no page tells it."""

    cadre_id: int
    kind: str
    source: str
    at: datetime
    details: dict[str, Any]
    shown_at: datetime | None = None


def note_moment(*, cadre_id: int, kind: str, source: str, details: dict[str, Any], at: datetime) -> bool:
    """Note a moment; False if this source was noted for this cadre before."""
    return note_moments(moments=[NewMoment(cadre_id, kind, source, at, details)]) == 1


def note_moments(*, moments: Sequence[NewMoment]) -> int:
    """Note many moments and return how many are new; what was noted before stays as it is."""
    if not moments:
        return 0
    noting = insert_into(Moment).on_conflict_do_nothing(index_elements=["cadre_id", "source"])
    rows = [moment._asdict() for moment in sorted(moments, key=lambda one: (one.cadre_id, one.source))]
    return len(db.session.execute(noting.returning(Moment.__table__.c.id), rows).all())


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
            return moment
    return None
