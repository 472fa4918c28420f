"""Alarms about months that can't close: once per day and reason, however many schedulers run (rules.md 1.5)."""

from sqlalchemy.exc import DBAPIError

from portal import audit
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import CLOSE_ZONE, local_date
from portal.months.models import MonthAlarm
from portal.months.queries.alarms import Alarm, list_alarms

_LONGEST = 200


def raise_alarms(*, by: Signature) -> list[Alarm]:
    """Raise the alarms not yet raised today and return them; the calling scheduler counts as alive."""
    alarming = [alarm for alarm in list_alarms(at=by.at) if alarm.reason not in {"scheduler_silent", "fault"}]
    return [alarm for alarm in alarming if _raise(alarm, by=by)]


def raise_fault(*, month: str, fault: Exception, by: Signature) -> Alarm | None:
    """Raise an alarm that a close broke off, with the fault's name; None if it was raised today already."""
    alarm = Alarm(month, "fault", fault=name_of(fault), since=by.at)
    return alarm if _raise(alarm, by=by) else None


def name_of(fault: Exception) -> str:
    """Name a fault without anything people typed: a rule's code, else the exception and its first words."""
    if isinstance(fault, RuleBroken):
        return fault.code
    kind = type(fault).__name__
    said = ""
    if isinstance(fault, DBAPIError):
        said = str(fault.orig).partition("\n")[0]  # the rest would contain the values of a row
    elif isinstance(fault, OSError):
        said = fault.strerror or ""
    return f"{kind}: {said}"[:_LONGEST] if said else kind


def _raise(alarm: Alarm, *, by: Signature) -> bool:
    day = local_date(by.at, CLOSE_ZONE)
    values = {
        "month": alarm.month,
        "day": day,
        "reason": alarm.reason,
        "fault": alarm.fault,
        "raised_at": by.at,
    }
    statement = insert_into(MonthAlarm).on_conflict_do_nothing().returning(MonthAlarm.month)
    if db.session.execute(statement.values(**values)).scalar_one_or_none() is None:
        return False
    details = {"reason": alarm.reason}
    if alarm.earlier:
        details["earlier"] = alarm.earlier
    if alarm.fault:
        details["fault"] = alarm.fault
    audit.record(by=by, act="month.alarm", subject=("month", alarm.month), details=details)
    return True
