"""The daily job: hand-overs come into force, renewal tasks close and open (rules.md 12.1).

Every part is one statement over all participants concerned and may be repeated at any time: what is done is found
done. The scheduler runs it when a day begins in one of the zones, or an extract was applied since the last run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, String, case, cast, func, insert, literal, literal_column, select, update

from portal import audit
from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.care.models import CareRun, RenewalTask
from portal.care.queries.runs import days_of, find_run, newest_event
from portal.care.services.hand_overs import begin_hand_overs
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.locks import Turn, wait_for
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.care import newest_due_month
from portal.domain.months import ZONES, local_date, month_of
from portal.membership.models import Participant
from portal.organisation.models import Branch
from portal.organisation.queries import parameter

AT_ONCE = 20_000
_DAY, _TEXT = Date(), String()


@dataclass
class Kept:
    """What a run of the job has done."""

    begun: int = 0
    lost: int = 0
    renewed: int = 0
    dropped: int = 0
    opened: int = 0


def close_tasks(*, at: datetime) -> Kept:
    """Let hand-overs begin whose month has begun, and close the tasks that are renewed, lost or nobody's any more."""
    wait_for(Turn.KEEP_TASKS)
    kept = Kept(begun=begin_hand_overs(at=at))
    p, t = Participant, RenewalTask
    today = _by_zone({zone: local_date(at, zone) for zone in ZONES}, _DAY)
    lapsed, later = p.status == "lapsed", p.last_paid_month > t.paid_month
    for status, condition in (("lost", lapsed), ("renewed", later & ~lapsed)):
        whose = (p.id == t.participant_id) & (Cadre.id == p.cadre_id) & (Branch.id == Cadre.branch_id)
        closing = update(t).where(t.status == "open", whose, condition)
        done = change(closing.values(status=status, closed_on=today, cadre_id=p.cadre_id))
        setattr(kept, status, done.rowcount)
    nobodys = update(t).where(t.status == "open", p.id == t.participant_id, p.cadre_id.is_(None))
    kept.dropped = change(nobodys.values(status="dropped", closed_on=local_date(at, ZONES[0]))).rowcount
    return kept


def open_tasks(*, at: datetime, after: int = 0) -> tuple[int, int | None]:
    """Open the renewal tasks that have begun; return how many, and the last participant looked at, None at the end.

    A task begins 10 days (data) before the last day paid for, by the calendar of the branch. Two who do it at once
    open one: the database takes a single open task of a participant.
    """
    wait_for(Turn.KEEP_TASKS)
    some = _due(at).where(Participant.id > after).order_by(Participant.id).limit(AT_ONCE).subquery("due")
    last, looked_at = db.session.execute(select(func.max(some.c.id), func.count())).one()
    if not looked_at:
        return 0, None
    open_one = select(RenewalTask.id).where(
        RenewalTask.participant_id == some.c.id, RenewalTask.status == "open"
    )
    rows = select(some.c.id, some.c.paid, literal_column("'open'"), some.c.today).where(~open_one.exists())
    columns = ["participant_id", "paid_month", "status", "opened_on"]
    made = insert_into(RenewalTask).from_select(columns, rows.order_by(some.c.id)).on_conflict_do_nothing()
    return change(made).rowcount, int(last) if looked_at == AT_ONCE else None


def _due(at: datetime) -> Any:
    """Select the participants who are to have a task: active or in grace, paid until soon or no longer."""
    p = Participant
    days = {zone: local_date(at, zone) for zone in ZONES}
    due = {zone: newest_due_month(day, _lead(day)) for zone, day in days.items()}
    return (
        select(p.id, p.last_paid_month.label("paid"), _by_zone(days, _DAY).label("today"))
        .join(Cadre, Cadre.id == p.cadre_id)
        .join(Branch, Branch.id == Cadre.branch_id)
        .where(p.cadre_id.is_not(None), p.status != "lapsed")
        .where(p.last_paid_month <= max(due.values()), p.last_paid_month <= _by_zone(due, _TEXT))
    )


def _lead(day: date) -> int:
    return int(parameter("renewal_lead_days", month=month_of(day)))


def _by_zone(values: Mapping[str, Any], kind: Any) -> Any:
    """Return the value of the branch's zone as an expression."""
    bound: dict[str, Any] = {zone: literal(value, kind) for zone, value in values.items()}
    if kind is not _DAY:
        bound = {
            zone: cast(value, kind) for zone, value in bound.items()
        }  # PostgreSQL asks for the type of a text
    whens = [(Branch.time_zone == zone, value) for zone, value in bound.items()]
    return case(*whens[1:], else_=whens[0][1])


def is_due(*, at: datetime) -> bool:
    """Tell whether the job has not run yet today, or not since the newest extract."""
    run = find_run()
    return run is None or run.days != days_of(at) or run.last_event < newest_event()


def record_opened(*, by: Signature) -> None:
    """Write down in the audit trail which tasks opened since the last time, for whoever tells the cadres."""
    wait_for(Turn.KEEP_TASKS)
    act, until = "renewal_tasks.opened", AuditEvent.details["until_task"].as_integer()
    told = select(until).where(AuditEvent.act == act).order_by(AuditEvent.id.desc()).limit(1)
    after = db.session.execute(told).scalar_one_or_none() or 0
    fresh = select(func.max(RenewalTask.id), func.count()).where(RenewalTask.id > after)
    newest, count = db.session.execute(fresh).one()
    if count:
        audit.record(
            by=by,
            act="renewal_tasks.opened",
            subject=("renewal_tasks", local_date(by.at, ZONES[0])),
            details={"count": count, "after_task": after, "until_task": newest},
        )


def record_run(*, at: datetime, last_event: int) -> None:
    """Record that the job has run; `last_event` is the newest event there was when it began."""
    wait_for(Turn.KEEP_TASKS)
    values = {"days": days_of(at), "last_event": last_event, "at": at}
    if change(update(CareRun).where(CareRun.id == 1).values(values)).rowcount == 0:
        db.session.execute(insert(CareRun).values(id=1, **values))


def keep_all(*, at: datetime) -> Kept:
    """Do the whole job in the caller's transaction."""
    newest = newest_event()
    kept = close_tasks(at=at)
    last: int | None = 0
    while last is not None:
        opened, last = open_tasks(at=at, after=last)
        kept.opened += opened
    record_run(at=at, last_event=newest)
    return kept
