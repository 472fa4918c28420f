"""When the daily job ran last, and whether something has happened since (rules.md 12.1)."""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from portal.audit import AuditEvent
from portal.care.models import CareRun
from portal.database.extensions import db
from portal.domain.months import ZONES, local_date

# After these participants have other months paid, or another status.
_MOVING: Final = ("extract.applied", "extract.confirmed", "conflict.accepted")


def days_of(at: datetime) -> str:
    """Write down the local days of the three zones."""
    return " ".join(local_date(at, zone).isoformat() for zone in ZONES)


def find_run() -> CareRun | None:
    """Return the newest run of the job, or None before the first."""
    return db.session.execute(select(CareRun)).scalar_one_or_none()


def newest_event() -> int:
    """Return the number of the newest event after which tasks may close or open; 0 without any."""
    newest = 0
    for act in _MOVING:  # one by one: each is found at the end of its own part of the index
        query = select(func.max(AuditEvent.id)).where(AuditEvent.act == act)
        newest = max(newest, db.session.execute(query).scalar_one() or 0)
    return newest


def is_current() -> bool:
    """Tell whether the job has run since the newest extract."""
    run = find_run()
    return run is not None and run.last_event >= newest_event()
