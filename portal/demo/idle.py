"""Inactive cadres in the demo: the proposals after each close, and a supervisor who decides on one."""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.database.extensions import db
from portal.demo.accounts import CADRE
from portal.demo.calendar import closing_of
from portal.demo.people import IDLE, Member
from portal.domain.actors import Actor, Signature
from portal.inactivity.models import InactivityProposal
from portal.inactivity.services import propose_inactive, suspend_inactive

_REASON = "Sudah disapa dua kali; pindah ke Jambi, kabari bila kembali."


def propose_after(month: str) -> None:
    """Propose the inactive cadres as the scheduler does after a close."""
    propose_inactive(at=closing_of(month) + timedelta(minutes=5))


def decide(members: list[Member], supervisor: Actor, at: datetime) -> None:
    """Suspend one cadre of Palembang, if already proposed; the others wait for a decision."""
    numbers = IDLE[CADRE.place]
    chosen = [
        one.id for one in members if one.branch.code == CADRE.place and one.number == numbers[-1] and one.id
    ]
    query = select(InactivityProposal.id).where(
        InactivityProposal.cadre_id.in_(chosen), InactivityProposal.status == "open"
    )
    for proposal in db.session.scalars(query).all():
        suspend_inactive(proposal_id=proposal, reason=_REASON, by=Signature(supervisor, at))
