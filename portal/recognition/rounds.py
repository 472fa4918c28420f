"""The scheduler's rounds of recognition: whom a new day concerns, and what is counted anew for them."""

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.recognition.services.rounds import begin_day, count_marked, is_due


def begin_recognition_day() -> None:
    """Mark whom a new day, week or definition concerns; `recognise` counts them (rules.md 11)."""
    due = is_due(at=clock.now())
    db.session.rollback()
    if due:
        with transaction():
            begin_day(by=_signature())


def recognise() -> None:
    """Count the recognition of whom something changed for, piece by piece, each in a transaction of its own."""
    more = True
    while more:
        with transaction():
            more = count_marked(by=_signature())


def _signature() -> Signature:
    return Signature(get_operator(), clock.now())
