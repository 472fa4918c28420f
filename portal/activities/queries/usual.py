"""What is known before a cadre begins to write: their own places, and how soon the branch decides."""

from datetime import datetime
from math import ceil
from typing import Final, NamedTuple

from sqlalchemy import func, select

from portal.activities.models import Activity
from portal.database.extensions import db

PLACES: Final = 5
_DECIDED: Final = ("approved", "returned", "rejected")
_LOOKED_AT: Final = 40  # decisions of the branch: enough to say what is usual there
_FEWEST: Final = 5  # with less than that nothing is usual yet
_SHARE: Final = 0.8
_DAY: Final = 24 * 3600


class KnownPlace(NamedTuple):
    """A place of an earlier report, and its village."""

    place: str
    village_code: str


def list_known_places(cadre_id: int) -> list[KnownPlace]:
    """List the places of a cadre's own reports, each once, the last reported first."""
    last = func.max(Activity.id)
    rows = db.session.execute(
        select(Activity.place, Activity.village_code)
        .where(Activity.cadre_id == cadre_id, Activity.place.is_not(None), Activity.village_code.is_not(None))
        .group_by(Activity.place, Activity.village_code)
        .order_by(last.desc())
        .limit(PLACES),
    )
    return [KnownPlace(str(row[0]), str(row[1])) for row in rows]


def usual_days(branch_id: int) -> int | None:
    """Return within how many days the branch lately decided four of five reports; None if too few tell."""
    rows = db.session.execute(
        select(Activity.submitted_at, Activity.decided_at)
        .where(
            Activity.branch_id == branch_id,
            Activity.status.in_(_DECIDED),
            Activity.history.is_(False),
            Activity.decided_at.is_not(None),
        )
        .order_by(Activity.submitted_at.desc())
        .limit(_LOOKED_AT),
    )
    waited = sorted(_days_between(row[0], row[1]) for row in rows)
    return waited[ceil(_SHARE * len(waited)) - 1] if len(waited) >= _FEWEST else None


def _days_between(sent: datetime, decided: datetime) -> int:
    """Count begun days, at least one."""
    return max(1, ceil((decided - sent).total_seconds() / _DAY))
