"""What follows for all sign-ups from what is stored: matched, expired, live, out of their disputes (rules.md 2)."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.domain.actors import Actor
from portal.domain.months import add_months, last_day, month_of
from portal.extensions import db
from portal.membership.models import ExtractImport, Participant
from portal.membership.services.confirming import match_signups
from portal.points.queries import parameter
from portal.signups.services import expire_signups, leave_disputes, refresh_liveness


def match_all(*, actor: Actor, at: datetime) -> dict[str, int]:
    """Match the open sign-ups, let expire what is due, set liveness anew; who leaves a dispute is then matched too."""
    counts: Counter[str] = Counter()
    while True:
        counts.update(match_signups(actor=actor, at=at))
        counts["expired"] += _expire(actor=actor, at=at)
        counts["disputed"] += _refresh_liveness(actor=actor, at=at)
        left = leave_disputes(actor=actor, at=at)
        counts["left_dispute"] += left
        if not left:
            return dict(counts)


def _expire(*, actor: Actor, at: datetime) -> int:
    """Let those expire that are due: three full months and two extracts after their local date (rules.md 2)."""
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
    return expire_signups(until=until, actor=actor, at=at)


def refresh_live_signups(*, actor: Actor, at: datetime) -> int:
    """Set liveness anew after validations and withdrawals; return how many became disputed by it.

    A dispute whose last rival is gone by it ends at once.
    """
    disputed = _refresh_liveness(actor=actor, at=at)
    leave_disputes(actor=actor, at=at)
    return disputed


def _refresh_liveness(*, actor: Actor, at: datetime) -> int:
    credited = select(Participant.signup_id).where(
        Participant.signup_id.is_not(None), Participant.status.in_(("active", "grace"))
    )
    return refresh_liveness(credited=credited, actor=actor, at=at)
