"""An admin's release of a month, so that it may close without the extract."""

from portal import audit
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import has_ended_everywhere, parse_month
from portal.points.models import MonthRelease
from portal.points.queries import is_closed


def release_month(*, month: str, reason: str, by: Signature) -> None:
    """Let the scheduler close a month that waits for its extract; releasing it again changes nothing."""
    month, reason = parse_month(month), reason.strip()
    if is_closed(month):
        raise RuleBroken("months.closed", {"month": month})
    if not has_ended_everywhere(month, by.at):
        raise RuleBroken("months.not_ended", {"month": month})
    if not reason:
        raise RuleBroken("months.no_reason")
    statement = insert_into(MonthRelease).on_conflict_do_nothing().returning(MonthRelease.month)
    values = {"month": month, "released_by": by.actor.user_id, "released_at": by.at, "reason": reason}
    if db.session.execute(statement.values(**values)).scalar_one_or_none() is not None:
        audit.record(by=by, act="month.released", subject=("month", month), reason=reason)
