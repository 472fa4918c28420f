"""After each extract: match the open sign-ups, expire old ones, refresh which hold their NIK (rules.md 2).

Disputes without a rival end with it.
"""

from datetime import date, timedelta

from sqlalchemy import Table, select

from portal.database.extensions import db
from portal.database.steps import Steps
from portal.domain.actors import Signature
from portal.domain.months import add_months, last_day, month_of
from portal.membership.models import ExtractImport, Participant
from portal.membership.services.assigning import match_signups
from portal.membership.services.results import Application, mark_applied
from portal.membership.services.storing import refresh_states
from portal.organisation.queries import parameter
from portal.signups.services.decide import expire_signups
from portal.signups.services.disputes import leave_disputes
from portal.signups.services.liveness import refresh_liveness


def match_all(*, people: Table, as_of: date, done: Application, by: Signature) -> Steps[None]:
    """Match the open sign-ups and let the import count; then expire those that are due, refresh liveness and states.

    What leaves a dispute is matched again. `people`: the staged people of the extract as of this day.
    """
    yield from match_signups(people, as_of=as_of, done=done, by=by)
    mark_applied(done.import_id)
    done.add({"states_changed": refresh_states(import_id=done.import_id, known=done.known)})
    db.session.expire_all()
    while True:
        done.add({"expired": _expire(by=by)})
        done.add({"disputed": _refresh_liveness(by=by)})
        left = leave_disputes(by=by)
        done.add({"left_dispute": left})
        if not left:
            return
        yield from match_signups(people, as_of=as_of, done=done, by=by)


def _expire(*, by: Signature) -> int:
    """Expire the sign-ups that are due: three full months and two extracts after their local date (rules.md 2)."""
    days = db.session.execute(
        select(ExtractImport.as_of)
        .where(ExtractImport.status == "applied")
        .group_by(ExtractImport.as_of)
        .order_by(ExtractImport.as_of.desc()),
    ).scalars()
    newest_first = list(days)
    if not newest_first:
        return 0
    newest = newest_first[0]
    month = month_of(newest)
    needed = int(parameter("expiry_extracts", month=month))
    if len(newest_first) < needed:
        return 0
    full = month if newest == last_day(month) else add_months(month, -1)
    due = last_day(add_months(full, -int(parameter("expiry_months", month=month))))
    until = min(due, newest_first[needed - 1] - timedelta(days=1))
    return expire_signups(until=until, by=by)


def refresh_live_signups(*, by: Signature) -> int:
    """Refresh liveness after validations and withdrawals; return how many became disputed.

    A dispute that loses its last rival this way ends at once.
    """
    disputed = _refresh_liveness(by=by)
    leave_disputes(by=by)
    return disputed


def _refresh_liveness(*, by: Signature) -> int:
    credited = select(Participant.signup_id).where(
        Participant.signup_id.is_not(None), Participant.status.in_(("active", "grace"))
    )
    return refresh_liveness(credited=credited, by=by)
