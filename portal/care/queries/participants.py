"""Reads of participants: whom a cadre has to call, the others by state, one of them."""

from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, tuple_

from portal.cadres.models import Cadre
from portal.care.models import RenewalTask, Talk
from portal.care.queries.cared import Cared, donor_months, make_cared, select_cared
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.care import LastTalk, still_holds
from portal.domain.errors import NotFound
from portal.domain.months import month_of
from portal.membership.models import Contribution, Participant
from portal.organisation.queries import in_scope, parameter

PAGE = 30


def list_to_call(cadre_id: int, today: date) -> list[Cared]:
    """List the participants whom a cadre has to see to, most urgent first: open tasks, and donors' months that end."""
    lead = int(parameter("donor_lead_days", month=month_of(today)))
    ends = and_(
        Contribution.payer_type == "donatur",
        Participant.last_paid_month.in_(donor_months(today, lead)),
        Participant.status != "lapsed",
    )
    rows = db.session.execute(
        select_cared(Participant.cadre_id == cadre_id, or_(RenewalTask.id.is_not(None), ends))
    )
    people = [one for one in make_cared(rows, today) if one.step not in {"none", "respect"}]
    return sorted(people, key=lambda one: one.urgency)


def list_by_state(
    cadre_id: int, today: date, *, status: str, after: tuple[str, int] | None = None, limit: int = PAGE
) -> list[Cared]:
    """List a cadre's participants of a state by the month paid last, who lapsed most recently first.

    One more than fits on a page. `after`: month and number of the last one shown.
    """
    p = Participant
    key = (func.coalesce(p.last_paid_month, ""), p.id)
    query = select_cared(p.cadre_id == cadre_id, p.status == status).limit(limit + 1)
    backwards = status == "lapsed"
    query = query.order_by(*(column.desc() if backwards else column for column in key))
    if after is not None:
        place = tuple_(*key)
        query = query.where(place < after if backwards else place > after)
    return make_cared(db.session.execute(query), today)


def get_participant(participant_id: int, *, actor: Actor) -> Row[Any]:
    """Return whose a participant is, in the actor's scope; a cadre sees the own ones alone."""
    p = Participant
    query = (
        select(p.id, p.cadre_id, p.signup_id, Cadre.branch_id)
        .join(Cadre, Cadre.id == p.cadre_id)
        .where(p.id == participant_id, p.signup_id.is_not(None), in_scope(actor, Cadre.branch_id))
    )
    if actor.role == "cadre":
        query = query.where(p.cadre_id == actor.cadre_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("membership.no_such_participant")
    return row


def get_cared(participant_id: int, *, actor: Actor, today: date) -> Cared:
    """Return a participant in scope with what a cadre has to know."""
    get_participant(participant_id, actor=actor)
    rows = db.session.execute(select_cared(Participant.id == participant_id))
    return make_cared(rows, today)[0]


def find_last_talk(participant_id: int) -> LastTalk | None:
    """Return the newest talk with a participant if it still says what to do next, or None."""
    query = (
        select(Talk.outcome, Talk.held_on, Talk.promised_on, Talk.paid_month, Participant.last_paid_month)
        .join(Participant, Participant.id == Talk.participant_id)
        .where(Talk.participant_id == participant_id)
    )
    row = db.session.execute(query.order_by(Talk.id.desc()).limit(1)).one_or_none()
    return still_holds(LastTalk(*row[:4]), row.last_paid_month) if row else None


def find_last_paid_month(participant_id: int) -> str | None:
    """Return the last month that a participant has paid, or None."""
    return db.session.scalar(select(Participant.last_paid_month).where(Participant.id == participant_id))
