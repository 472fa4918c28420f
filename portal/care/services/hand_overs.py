"""Handing participants over to another cadre, from the first day of a month on (rules.md 5.4)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from portal import audit
from portal.cadres.models import Cadre
from portal.cadres.queries.cadres import get_cadre
from portal.care.models import HandOverNews
from portal.care.queries.hand_overs import newest_news
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.care import check_hand_over
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.months import ZONES, add_months, first_day, has_begun, local_date, month_of, parse_month
from portal.domain.names import check_reason
from portal.membership.models import HandOver, Participant
from portal.membership.queries.hand_overs import HandOvers, load_hand_overs
from portal.membership.services.numbering import load_holders, number_participants
from portal.organisation.models import Branch
from portal.organisation.queries import get_branch, in_scope
from portal.signups.models import SignUp
from portal.transfers.queries import lock_open

MONTHS_AHEAD = 3
MOST = 500  # participants in one act


@dataclass(frozen=True)
class HandingOver:
    """What an admin decides: which participants, to whom, from which month, and why."""

    participant_ids: Collection[int]
    to_cadre_id: int
    from_month: str
    reason: str


def hand_over(*, given: HandingOver, by: Signature) -> int:
    """Hand participants over to another cadre; return how many.

    What was paid from that day on is the new cadre's, also what is known already; closed months change by late money
    alone. Open tasks go along with the participants. Both cadres are told by the audit trail.
    """
    month, why = _check(given, by=by)
    to = get_cadre(given.to_cadre_id, actor=by.actor)
    if to.status != "active":
        raise RuleBroken("care.cadre_not_active")
    claims = _lock_claims(given.participant_ids, by=by)
    people = [row.participant_id for row in claims]
    begun = has_begun(month, by.at, get_branch(to.branch_id).time_zone)
    values = {"to_cadre_id": to.id, "from_month": month, "in_force": begun, "reason": why}
    givers = _store(claims, load_hand_overs(row.id for row in claims), values, by=by)
    number_participants(people, by=by)
    _tell(claims, givers, to=to, month=month, reason=why, by=by)
    return len(claims)


def _check(given: HandingOver, *, by: Signature) -> tuple[str, str]:
    """Return the month and the reason; the month stays open until the transaction ends."""
    why = check_reason(given.reason, "care.reason_missing")
    month = parse_month(given.from_month)
    if not 0 < len(given.participant_ids) <= MOST:
        raise RuleBroken("care.nobody_chosen", {"most": MOST})
    if month > add_months(month_of(local_date(by.at, ZONES[0])), MONTHS_AHEAD):
        raise RuleBroken("care.month_too_far", {"months": MONTHS_AHEAD})
    if not lock_open(month):
        raise RuleBroken("people.month_closed", {"month": month})
    return month, why


def _lock_claims(participant_ids: Collection[int], *, by: Signature) -> Sequence[Row[Any]]:
    """Lock participants in order, and load the validated sign-up of each; all must be in the actor's scope."""
    ids = sorted(set(participant_ids))
    load_holders(ids)
    p, s = Participant, SignUp
    claims = bulk.plain_rows(
        select(s.id, s.cadre_id, p.id.label("participant_id"), Cadre.branch_id)
        .join(s, s.id == p.signup_id)
        .join(Cadre, Cadre.id == p.cadre_id)
        .where(bulk.one_of(p.id, ids), in_scope(by.actor, Cadre.branch_id))
        .order_by(p.id)
    ).all()
    if len(claims) != len(ids):
        raise NotFound("membership.no_such_participant")
    return claims


def _store(
    claims: Sequence[Row[Any]], moves: HandOvers, values: dict[str, Any], *, by: Signature
) -> dict[int, int]:
    """Store the hand-overs with these values; return, by participant, the cadre who held it until that day."""
    month, to_cadre_id = values["from_month"], values["to_cadre_id"]
    givers = {row.participant_id: moves.holder_on(row, first_day(month)) for row in claims}
    for row in claims:
        present = givers[row.participant_id]
        check_hand_over(from_month=month, present=present, to_cadre_id=to_cadre_id, moves=moves.of(row.id))
    rows = [
        {
            "signup_id": row.id,
            "participant_id": row.participant_id,
            "from_cadre_id": givers[row.participant_id],
            **values,
            "recorded_by": by.actor.user_id,
            "recorded_at": by.at,
        }
        for row in claims
    ]
    db.session.execute(insert(HandOver), rows)
    return givers


def _tell(
    claims: Sequence[Row[Any]], givers: dict[int, int], *, to: Cadre, month: str, reason: str, by: Signature
) -> None:
    """Write the events: one of each participant, and one of each cadre, who reads it on the own pages."""
    events = [
        audit.Event(
            by.at, by.actor.user_id, by.actor.role, "participant.handed_over", "participant",
            str(row.participant_id), row.branch_id, reason,
            details={"from_month": month, "from_cadre_id": givers[row.participant_id], "cadre_id": to.id},
        )
        for row in claims
    ]  # fmt: skip
    counts: defaultdict[int, int] = defaultdict(int)
    for giver in givers.values():
        counts[giver] += 1
    rows = bulk.plain_rows(select(Cadre.id, Cadre.branch_id).where(bulk.one_of(Cadre.id, counts)))
    branches = {row.id: row.branch_id for row in rows}
    for giver, count in sorted(counts.items()):
        for act, subject, other, branch_id in (
            ("participants.given", giver, to.id, branches[giver]),
            ("participants.received", to.id, giver, to.branch_id),
        ):
            details = {"from_month": month, "count": count, "cadre_id": other}
            whose = ("cadre", str(subject), branch_id)
            events.append(audit.Event(by.at, by.actor.user_id, by.actor.role, act, *whose, details=details))
    audit.record_many(events)


def begin_hand_overs(*, at: datetime) -> int:
    """Let the hand-overs come into force whose month has begun in the new cadre's zone; return how many."""
    h, p = HandOver, Participant
    begun = 0
    for zone in ZONES:
        due = (
            select(h.id, p.id.label("participant_id"))
            .outerjoin(p, p.signup_id == h.signup_id)
            .join(Cadre, Cadre.id == h.to_cadre_id)
            .join(Branch, Branch.id == Cadre.branch_id)
            .where(~h.in_force, h.from_month <= month_of(local_date(at, zone)), Branch.time_zone == zone)
            .order_by(h.id)
        )
        rows = bulk.plain_rows(due).all()
        if not rows:
            continue
        people = sorted({row.participant_id for row in rows} - {None})
        load_holders(people)
        change(
            update(h).where(bulk.one_of(h.id, [row.id for row in rows]), ~h.in_force).values(in_force=True)
        )
        last = select(h.to_cadre_id).where(h.signup_id == p.signup_id, h.in_force)
        holder = last.order_by(h.from_month.desc(), h.id.desc()).limit(1).scalar_subquery()
        moved = update(p).where(bulk.one_of(p.id, people), p.cadre_id != holder).values(cadre_id=holder)
        begun += change(moved).rowcount
    return begun


def acknowledge_news(*, last: int, by: Signature) -> None:
    """Record that a cadre has read of hand-overs up to an event."""
    cadre_id = by.actor.cadre_id or 0
    newest = min(last, newest_news(cadre_id))
    made = insert_into(HandOverNews).values(cadre_id=cadre_id, last_event=newest)
    seen = HandOverNews.__table__.c.last_event
    db.session.execute(
        made.on_conflict_do_update(
            index_elements=["cadre_id"], set_={"last_event": newest}, where=seen < newest
        )
    )
