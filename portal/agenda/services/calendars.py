"""The address of a cadre's calendar: making one, and ending the earlier by making a new one."""

from portal import audit
from portal.agenda.models import CalendarLink
from portal.agenda.queries.calendars import find_version
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed


def make_calendar(*, by: Signature) -> int:
    """Make the cadre's address, or a new one after which the earlier shows nothing; return its version."""
    if by.actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    link = insert_into(CalendarLink).values(cadre_id=by.actor.cadre_id, version=1, made_at=by.at)
    newer = {"version": CalendarLink.version + 1, "made_at": by.at}
    db.session.execute(link.on_conflict_do_update(index_elements=["cadre_id"], set_=newer))
    audit.record(
        by=by,
        act="calendar.made",
        subject=audit.Subject("cadre", by.actor.cadre_id, by.actor.branch_id),
    )
    return find_version(by.actor.cadre_id) or 1
