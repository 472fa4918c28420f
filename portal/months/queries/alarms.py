"""Alarms: the months that can't close from day 2 on, each with its reason (rules.md 1.5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from portal import jobs
from portal.database.extensions import db
from portal.domain.months import (
    ALARM_DAY,
    CLOSE_ZONE,
    first_day,
    has_ended_everywhere,
    local_date,
    month_of,
    month_range,
    next_month,
    previous_month,
)
from portal.months.models import MonthAlarm
from portal.months.queries.status import find_release, has_extract, next_to_close

SILENCE: Final = timedelta(minutes=10)  # a scheduler's heartbeat comes every 10 seconds


@dataclass(frozen=True)
class Alarm:
    """Why a month can't close: `no_extract`, `earlier_open`, `fault` or `scheduler_silent`.

    `earlier` is the month that has to close first, `fault` what broke off the last try, `since` the time of that
    try or of the last heartbeat, if there was one.
    """

    month: str
    reason: str
    earlier: str | None = None
    fault: str = ""
    since: datetime | None = None


def list_alarms(*, at: datetime) -> list[Alarm]:
    """List why months can't close, oldest first: at most one reason for each, and one for the schedulers."""
    overdue = _overdue(at)
    if not overdue:
        return []
    first = overdue[0]
    found = [alarm for alarm in map(_alarm_of, overdue, [first] * len(overdue)) if alarm is not None]
    silent = _silence(first, at)
    return [silent, *found] if silent else found


def _overdue(at: datetime) -> list[str]:
    """List the open months that are over, on day 2 of the next one or later; the first one closes next."""
    first = next_to_close()
    if first is None:
        return []
    today = local_date(at, CLOSE_ZONE)
    over = month_range(first, previous_month(month_of(today)))
    return [
        month
        for month in over
        if today >= first_day(next_month(month)).replace(day=ALARM_DAY) and has_ended_everywhere(month, at)
    ]


def _alarm_of(month: str, first: str) -> Alarm | None:
    if not has_extract(month) and find_release(month) is None:
        return Alarm(month, "no_extract")
    if month != first:
        return Alarm(month, "earlier_open", earlier=first)
    row = db.session.scalars(
        select(MonthAlarm)
        .where(MonthAlarm.month == month, MonthAlarm.reason == "fault")
        .order_by(MonthAlarm.raised_at.desc())
        .limit(1),
    ).one_or_none()
    return None if row is None else Alarm(month, "fault", fault=row.fault, since=row.raised_at)


def _silence(month: str, at: datetime) -> Alarm | None:
    beat = jobs.last_heartbeat()
    if beat is not None and at - beat <= SILENCE:
        return None
    return Alarm(month, "scheduler_silent", since=beat)
