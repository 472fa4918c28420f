"""What the official extract says of a cadre as a participant themselves."""

from datetime import date

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.membership.models import Contribution, Participant


def find_newest_payment(nik_hash: bytes | None) -> date | None:
    """Return the day of the newest payment in an applied extract for a NIK, known by its keyed hash; or None."""
    if nik_hash is None:
        return None
    paid = select(func.max(Contribution.paid_on)).join(
        Participant, Participant.id == Contribution.participant_id
    )
    return db.session.scalar(paid.where(Participant.nik_hash == nik_hash))
