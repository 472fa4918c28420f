"""The scheduler process: a table of tasks and times. Any number may run; the database decides what is done.

APScheduler is only the alarm clock: each tick asks the database what is due and not done, and every act is
idempotent, so a missed night or a second scheduler does no harm.
"""

import os
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import Any

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal import audit, clock, jobs, storage
from portal.accounts.queries.sessions import get_operator
from portal.accounts.services.keeping import delete_old_forms
from portal.activities.services.photos import delete_lone_photos
from portal.care.queries.runs import newest_event
from portal.care.services.tasks import close_tasks, is_due, open_tasks, record_opened, record_run
from portal.contests.rounds import keep_contests
from portal.coverage.services.folding import fold_villages
from portal.database.extensions import db
from portal.database.steps import Steps
from portal.database.transaction import act_in_steps, act_prepared, transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import ZONES
from portal.inactivity.services import propose_inactive
from portal.incentives.services.thresholds import note_thresholds
from portal.leaderboards.services import keep_rank_day
from portal.membership.services.jobs import RUNNERS as MEMBERSHIP
from portal.membership.services.jobs import Runner
from portal.membership.services.retention import delete_old_rows
from portal.messages.rounds import send_out, tell
from portal.messages.services.sending import delete_old_dispatches
from portal.months.queries.alarms import Alarm
from portal.months.queries.status import find_due_month
from portal.months.services.alarming import raise_alarms, raise_fault
from portal.months.services.closing import close_month
from portal.months.services.preparing import prepare_close
from portal.points.services.posting import post_waiting
from portal.points.services.rebuilding import place_standings
from portal.recognition.rounds import begin_recognition_day, recognise
from portal.tallies.services import fold_cadre_sums, fold_tallies
from portal.training.queries.exams import list_ended
from portal.training.services.certificates import warn_ending
from portal.training.services.exams import end_attempt
from portal.transfers.services.terms import refresh_present

log = structlog.get_logger("portal.scheduler")
RUNNERS: Mapping[str, Runner] = {**MEMBERSHIP}


@dataclass(frozen=True)
class Task:
    """A scheduled task: its name, how often it runs, and the function."""

    name: str
    seconds: int
    act: Callable[[], None]


def _signature() -> Signature:
    """Return the operator, and this moment."""
    return Signature(get_operator(), clock.now())


def beat() -> None:
    """Record a heartbeat, which /readyz reads."""
    with transaction():
        jobs.record_heartbeat(f"{socket.gethostname()}:{os.getpid()}", at=clock.now())


def run_waiting_jobs() -> None:
    """Run the waiting jobs one after the other; a failed one keeps its reason."""
    while True:
        with transaction():
            job = jobs.claim_next(at=clock.now())
            number, kind = (job.id, job.kind) if job else (0, "")
        if not number:
            return
        _run_job(number, kind)


def _run_job(number: int, kind: str) -> None:
    """Run a job; its last step marks it done, so that nobody takes it again in between."""

    def progress(rows: int) -> None:
        jobs.report_progress(number, progress=rows, at=clock.now())

    try:
        job = jobs.find_job(number)
        assert job is not None  # noqa: S101 - just claimed, and jobs are never deleted
        work, rows = RUNNERS[kind](job, clock.now(), progress), job.total
        db.session.rollback()

        def act(ready: Any) -> Steps[None]:
            result = yield from work.act(ready)
            jobs.finish(number, at=clock.now(), result=result)

        act_in_steps(work.prepare, act, between=lambda: progress(rows))
    except RuleBroken as broken:
        problem = broken.code
    except Exception:
        log.exception("job failed", job=number, kind=kind)
        problem = "job.fault"
    else:
        return
    db.session.rollback()
    with transaction():
        jobs.finish(number, at=clock.now(), result=None, problem=problem)


def close_months() -> None:
    """Close the months that are due, oldest first; alarm about those that can't close (rules.md 1.5).

    Each act has a transaction of its own.
    """
    try:
        while (month := find_due_month(at=clock.now())) is not None:
            _close(month)
    finally:
        db.session.rollback()
        with transaction():
            alarms = raise_alarms(by=_signature())
        for alarm in alarms:
            _log_alarm(alarm)


def _close(month: str) -> None:
    try:
        by = _signature()
        closed = act_prepared(
            lambda rows: prepare_close(month=month, at=by.at, rows=rows),
            lambda ready: close_month(month=month, by=by, ready=ready),
        )
    except Exception as fault:
        db.session.rollback()
        with transaction():
            alarm = raise_fault(month=month, fault=fault, by=_signature())
        if alarm is not None:
            _log_alarm(alarm)
        raise
    log.info("month closed", month=closed.month, digest=closed.digest)


def _log_alarm(alarm: Alarm) -> None:
    details = {"earlier": alarm.earlier} if alarm.earlier else {"fault": alarm.fault} if alarm.fault else {}
    log.error("month can't close", month=alarm.month, reason=alarm.reason, **details)


def keep_ranks() -> None:
    """Keep the places with which yesterday ended, once when a day begins in a zone; each zone in a transaction."""
    for zone in ZONES:
        with transaction():
            keep_rank_day(zone=zone, at=clock.now())


def apply_terms() -> None:
    """Let terms that begin take effect, and move the standings along."""
    refresh_present(at=clock.now())
    place_standings()


def end_exams() -> None:
    """Mark the exams whose time is over, each in a transaction of its own (rules.md 10.1)."""
    ended = list_ended(clock.now())
    db.session.rollback()
    for attempt_id in ended:
        with transaction():
            end_attempt(attempt_id=attempt_id, by=_signature())


def fold() -> None:
    """Fold the sums that triggers keep, so that readers have few rows to add up."""
    for act in (fold_tallies, fold_cadre_sums, fold_villages):
        with transaction():
            act()


def keep_tasks() -> None:
    """Keep the renewal tasks, once when a day begins in a zone and after each extract; each step in its transaction."""
    at = clock.now()
    if not is_due(at=at):
        return
    newest = newest_event()
    last: int | None = 0
    db.session.rollback()
    with transaction():
        close_tasks(at=at)
    while last is not None:
        with transaction():
            _, last = open_tasks(at=at, after=last)
    with transaction():
        record_opened(by=_signature())
    with transaction():
        record_run(at=at, last_event=newest)


def tell_thresholds() -> None:
    """Tell whose new participants of an open month have reached what their plan asks for."""
    with transaction():
        note_thresholds(at=clock.now())


def do_upkeep() -> None:
    """Post what waited for its month, apply terms that begin, and what else time brings.

    Propose inactive cadres, delete what has expired, tie up the audit trail.
    """
    acts: tuple[Callable[[], object], ...] = (
        lambda: post_waiting(by=_signature()),
        apply_terms,
        lambda: propose_inactive(at=clock.now()),
        lambda: warn_ending(by=_signature()),
        lambda: delete_old_rows(at=clock.now()),
        lambda: delete_old_dispatches(at=clock.now()),
        lambda: delete_lone_photos(at=clock.now()),
        lambda: audit.tie_up(at=clock.now()),
    )
    for act in acts:
        with transaction():
            act()
    with transaction():
        files = delete_old_forms(at=clock.now())
    for name in files:
        storage.delete(name)


TASKS = (
    Task("beat", 10, beat),
    Task("jobs", 2, run_waiting_jobs),
    Task("close", 60, close_months),
    Task("fold", 60, fold),
    Task("care", 60, keep_tasks),
    Task("recognition day", 60, begin_recognition_day),
    Task("recognition", 5, recognise),
    Task("ranks", 60, keep_ranks),
    Task("thresholds", 60, tell_thresholds),
    Task("messages", 5, tell),
    Task("sending", 10, send_out),
    Task("exams", 15, end_exams),
    Task("contests", 60, keep_contests),
    Task("upkeep", 1800, do_upkeep),
)


def guarded(app: Flask, task: Task) -> Callable[[], None]:
    """Wrap a task so that a fault is logged and the next tick still comes."""

    def tick() -> None:
        with app.app_context():
            try:
                task.act()
            except OperationalError as fault:
                log.warning("database out of reach", task=task.name, fault=str(fault.orig)[:200])
            except Exception:
                log.exception("task failed", task=task.name)
            finally:
                db.session.remove()

    return tick


def run(app: Flask) -> None:
    """Run until a stop signal comes; work under way is finished first."""
    ticks = {task.name: guarded(app, task) for task in TASKS}
    for tick in ticks.values():
        tick()
    scheduler = BlockingScheduler(
        timezone="Asia/Jakarta", job_defaults={"coalesce": True, "max_instances": 1}
    )
    for task in TASKS:
        grace = int(timedelta(hours=1).total_seconds())
        scheduler.add_job(ticks[task.name], IntervalTrigger(seconds=task.seconds), misfire_grace_time=grace)

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        scheduler.shutdown(wait=False)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    scheduler.start()
