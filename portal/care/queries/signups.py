"""A cadre's sign-ups that are not participants yet."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.database.extensions import db
from portal.signups.models import SignUp
from portal.signups.queries import waiting_for_extract

MOST = 50
DECIDED = ("validated", "rejected")


def list_own_signups(cadre_id: int, *, month: str = "", decided: int = MOST) -> Sequence[SignUp]:
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
