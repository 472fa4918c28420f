"""What a cadre is told about hand-overs until acknowledged, from the audit trail; and a participant's own ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.care.models import HandOverNews
from portal.database.extensions import db
from portal.membership.models import HandOver

ACTS = ("participants.given", "participants.received")


@dataclass(frozen=True)
class News:
    """That participants were handed over: how many, to or from whom, from which month on."""

    id: int
    act: str
    at: datetime
    count: int
    from_month: str
    other: str


def select_unread(cadre_id: Any, key: Any) -> Select[Any]:
    """Select the events that a cadre has not acknowledged; `key` is the cadre's number as text."""
    event = AuditEvent
    seen = select(HandOverNews.last_event).where(HandOverNews.cadre_id == cadre_id).scalar_subquery()
    mine = (event.subject_kind == "cadre", event.subject_id == key, event.act.in_(ACTS))
    return select(event.id, event.act).where(*mine, event.id > func.coalesce(seen, 0)).order_by(event.id)


def _of(cadre_id: int) -> list[Any]:
    event = AuditEvent
    return [event.subject_kind == "cadre", event.subject_id == str(cadre_id), event.act.in_(ACTS)]


def list_news(cadre_id: int) -> list[News]:
    """List what a cadre has not acknowledged yet, newest first."""
    event = AuditEvent
    seen = select(HandOverNews.last_event).where(HandOverNews.cadre_id == cadre_id).scalar_subquery()
    rows = db.session.execute(
        select(event.id, event.act, event.at, event.details)
        .where(*_of(cadre_id), event.id > func.coalesce(seen, 0))
        .order_by(event.id.desc())
    ).all()
    if not rows:
        return []
    others = {row.details["cadre_id"] for row in rows}
    names = dict(db.session.execute(select(Cadre.id, Cadre.name).where(Cadre.id.in_(others))).tuples().all())
    return [
        News(
            row.id,
            row.act,
            row.at,
            row.details["count"],
            row.details["from_month"],
            names[row.details["cadre_id"]],
        )
        for row in rows
    ]


def newest_news(cadre_id: int) -> int:
    """Return the newest event about a cadre's hand-overs; 0 without any."""
    query = select(func.max(AuditEvent.id)).where(*_of(cadre_id))
    return db.session.execute(query).scalar_one() or 0


def list_hand_overs_of(participant_id: int) -> Sequence[Row[Any]]:
    """List a participant's hand-overs with the names of both cadres, newest first."""
    giver, taker = aliased(Cadre), aliased(Cadre)
    return db.session.execute(
        select(HandOver, giver.name.label("giver"), taker.name.label("taker"))
        .join(giver, giver.id == HandOver.from_cadre_id)
        .join(taker, taker.id == HandOver.to_cadre_id)
        .where(HandOver.participant_id == participant_id)
        .order_by(HandOver.from_month.desc(), HandOver.id.desc())
    ).all()
