"""Status of months: which one closes next, what blocks it, and the figures of closed ones."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.errors import NotFound
from portal.domain.months import (
    CLOSE_ZONE,
    close_moment,
    has_ended_everywhere,
    last_day,
    local_date,
    month_of,
    month_range,
    next_month,
    parse_month,
    previous_month,
)
from portal.membership.models import ExtractImport
from portal.organisation.queries import parameter
from portal.points.models import Month, MonthRelease
from portal.points.queries import first_posted_month, last_closed_month, list_months


@dataclass(frozen=True)
class MonthStatus:
    """A month as pages and commands show it; `blocker` is the code of what keeps it from closing, if anything does."""

    month: str
    status: str
    blocker: str | None
    closes_at: datetime
    closed_at: datetime | None = None
    digest: str | None = None
    previous_digest: str | None = None
    summary: dict[str, Any] | None = None
    release_reason: str | None = None


def next_to_close() -> str | None:
    """Return the month that has to close next; None if nothing was posted or closed yet."""
    last = last_closed_month()
    return first_posted_month() if last is None else next_month(last)


def previous_digest(month: str) -> str | None:
    """Return the digest of the month before; None before the first one."""
    row = db.session.get(Month, previous_month(month))
    return None if row is None else row.digest


def moment_of(month: str) -> datetime:
    """Return the instant from which a month closes automatically (rules.md 1.4)."""
    return close_moment(month, int(parameter("close_day", month=month)))


def newest_extract_as_of() -> date | None:
    """Return the day that the newest applied extract is as of."""
    query = select(func.max(ExtractImport.as_of)).where(ExtractImport.status == "applied")
    return db.session.execute(query).scalar_one()


def find_release(month: str) -> MonthRelease | None:
    """Return an admin's release of a month without the extract, or None."""
    return db.session.get(MonthRelease, month)


def has_extract(month: str) -> bool:
    """Tell whether an extract as of the month's last day or later has been applied (rules.md 1.5)."""
    newest = newest_extract_as_of()
    return newest is not None and newest >= last_day(month)


def blocker_of(month: str, *, at: datetime) -> str | None:
    """Name what keeps the scheduler from closing a month now; None if it is due."""
    ahead = next_to_close()
    if ahead is not None and month > ahead:
        return "earlier_open"
    if not has_ended_everywhere(month, at):
        return "not_ended"
    if not has_extract(month) and find_release(month) is None:
        return "no_extract"
    return None if at >= moment_of(month) else "too_early"


def find_due_month(*, at: datetime) -> str | None:
    """Return the oldest month that the scheduler has to close now, or None (rules.md 1.5)."""
    month = next_to_close()
    if month is None or at < moment_of(month):
        return None
    return month if blocker_of(month, at=at) is None else None


def list_status(*, at: datetime) -> list[MonthStatus]:
    """List the months, newest first: the closed ones, and the open ones up to the present month.

    Which months are closed is read once: a close that ends meanwhile shows in the next list.
    """
    closed = [row for row in list_months() if row.status == "closed"]
    found = [_closed(row) for row in closed]
    first = next_month(closed[0].month) if closed else first_posted_month()
    if first is not None:
        today = month_of(local_date(at, CLOSE_ZONE))
        found += [_open(month, at=at) for month in month_range(first, max(first, today))]
    return sorted(found, key=lambda status: status.month, reverse=True)


def status_of(month: str, *, at: datetime) -> MonthStatus:
    """Return the status of one month, open or closed."""
    month = parse_month(month)
    last = last_closed_month()  # asked first: a close that ends in between shows as closed
    row = db.session.get(Month, month)
    if row is not None and row.status == "closed":
        return _closed(row)
    if last is not None and month <= last:
        raise NotFound("months.unknown", {"month": month})
    return _open(month, at=at)


def _open(month: str, *, at: datetime) -> MonthStatus:
    release = find_release(month)
    return MonthStatus(
        month=month,
        status="open",
        blocker=blocker_of(month, at=at),
        closes_at=moment_of(month),
        release_reason=release.reason if release else None,
    )


def _closed(row: Month) -> MonthStatus:
    return MonthStatus(
        month=row.month,
        status="closed",
        blocker=None,
        closes_at=moment_of(row.month),
        closed_at=row.closed_at,
        digest=row.digest,
        previous_digest=row.previous_digest,
        summary=row.summary,
    )
