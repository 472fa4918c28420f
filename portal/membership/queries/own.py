"""Reads for a cadre's own page: participants by status, sign-ups by status, and who needs a reminder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select

from portal import vault
from portal.database.extensions import db
from portal.membership.models import Contribution, ExtractImport, Participant
from portal.signups.models import SignUp
from portal.signups.queries import waiting_for_extract

PAGE = 50
STATES = ("grace", "active", "lapsed")
DECIDED = ("validated", "rejected")


@dataclass(frozen=True)
class OwnParticipant:
    """A participant of a cadre, with the name and phone of the cadre's own sign-up."""

    id: int
    name: str
    nik_mask: str
    status: str
    last_paid_month: str | None
    months_paid: int
    pack: str
    phone: str | None


def count_participants(cadre_id: int) -> dict[str, int]:
    """Count a cadre's participants by state."""
    rows = db.session.execute(
        select(Participant.status, func.count(Participant.id))
        .join(SignUp, SignUp.id == Participant.signup_id)
        .where(Participant.cadre_id == cadre_id)
        .group_by(Participant.status),
    )
    counts = dict.fromkeys(STATES, 0)
    for status, count in rows:
        counts[str(status)] = int(count)
    return counts


def list_participants(
    cadre_id: int, *, status: str, after: int = 0, limit: int = PAGE
) -> list[OwnParticipant]:
    """List a cadre's participants of a status in the order they came; one more than fits on a page."""
    months = (
        select(func.count(Contribution.id))
        .where(Contribution.participant_id == Participant.id, Contribution.signup_id == SignUp.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Participant, SignUp, months.label("months"))
        .join(SignUp, SignUp.id == Participant.signup_id)
        .where(Participant.cadre_id == cadre_id, Participant.status == status, Participant.id > after)
        .order_by(Participant.id)
        .limit(limit + 1),
    )
    return [_own(row) for row in rows]


def _own(row: Row[Any]) -> OwnParticipant:
    person, signup = row.Participant, row.SignUp
    return OwnParticipant(
        id=person.id,
        name=signup.name,
        nik_mask=signup.nik_mask,
        status=person.status,
        last_paid_month=person.last_paid_month,
        months_paid=row.months,
        pack=person.pack,
        phone=vault.unseal(signup.phone_sealed) if signup.phone_sealed else None,
    )


def list_own_signups(cadre_id: int, *, month: str = "", decided: int = PAGE) -> Sequence[SignUp]:
    """List a cadre's sign-ups that are not participants (yet), newest first: all undecided ones, the newest others.

    `month`: only those of the month that wait for the extract, the ones the estimate counts.
    """
    newest = select(SignUp).order_by(SignUp.reported_on.desc(), SignUp.id.desc())
    if month:
        return db.session.scalars(newest.where(*waiting_for_extract(cadre_id, month))).all()
    own = newest.where(SignUp.cadre_id == cadre_id)
    undecided = db.session.scalars(own.where(SignUp.status.not_in(DECIDED))).all()
    others = db.session.scalars(own.where(SignUp.status == "rejected").limit(decided)).all()
    return sorted([*undecided, *others], key=lambda one: (one.reported_on, one.id), reverse=True)


def find_newest_as_of() -> date | None:
    """Return the day of the newest applied extract."""
    query = select(func.max(ExtractImport.as_of)).where(ExtractImport.status == "applied")
    return db.session.execute(query).scalar_one()
