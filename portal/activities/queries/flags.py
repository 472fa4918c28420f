"""What makes a person open a report: flags set at submission, a double claim now, no photo."""

from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, cast, or_, select

from portal.activities.models import Activity, Photo
from portal.database.unindexed import unindexed
from portal.domain.reviewing import Flag, flags_now
from portal.signups.models import SignUp


def is_disputed() -> ColumnElement[bool]:
    """Return the condition that a report has a sign-up whose worker somebody else reported too."""
    disputed = unindexed(SignUp.status) == "disputed"
    return select(SignUp.id).where(SignUp.activity_ref == Activity.ref, disputed).exists()


def has_photo() -> ColumnElement[bool]:
    """Return the condition that a report has a photo by its own cadre."""
    own = and_(Photo.report_ref == Activity.ref, Photo.cadre_id == Activity.cadre_id)
    return select(Photo.id).where(own).exists()


def is_flagged() -> ColumnElement[bool]:
    """Return the condition that keeps a report out of batch approval."""
    return or_(cast(Activity.flags, String) != "[]", is_disputed(), ~has_photo())


def flags_of_row(row: Row[Any]) -> list[Flag]:
    """List the flags of a report that was read with `disputed` and `photographed`."""
    activity: Activity = row[0]
    return flags_now(activity.flags, disputed=row.disputed, photos=row.photographed)
