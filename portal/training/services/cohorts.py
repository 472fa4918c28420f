"""Cohorts: opening one with its sessions, changing it until it begins, seats, cancelling (rules.md 10.2)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update

from portal import audit
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.guarded import change, change_one
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import local_date, month_of
from portal.domain.names import check_reason
from portal.domain.training import Hours, check_hours
from portal.organisation.models import Branch
from portal.organisation.queries import get_branch, parameter
from portal.training.models import Attendance, Course, TrainingCohort, TrainingSeat, TrainingSession
from portal.training.queries.cohorts import (
    begins_at,
    count_certificates,
    count_seats,
    get_cohort,
    has_attended,
    list_seatable,
    list_seated,
    list_sessions,
    lock_cohort,
    lock_seat,
)

MAX_SEATS = 500


@dataclass(frozen=True)
class Plan:
    """What can be said of a cohort until its first session begins."""

    course_id: int
    place: str
    seats: int
    sessions: tuple[Hours, ...]


def open_cohort(*, branch_id: int, plan: Plan, by: Signature) -> TrainingCohort:
    """Open a cohort in a branch; its number counts the branch's cohorts, under the lock of the branch's row."""
    branch = get_branch(branch_id, actor=by.actor)
    _check(plan, branch, by)
    db.session.execute(select(Branch.id).where(Branch.id == branch.id).with_for_update())
    newest = select(func.max(TrainingCohort.number)).where(TrainingCohort.branch_id == branch.id)
    cohort = TrainingCohort(
        branch_id=branch.id,
        course_id=plan.course_id,
        number=(db.session.scalar(newest) or 0) + 1,
        place=plan.place,
        seats=plan.seats,
        status="open",
        opened_by=by.actor.user_id,
        opened_at=by.at,
    )
    db.session.add(cohort)
    db.session.flush()
    _store_sessions(cohort.id, plan.sessions)
    _record("cohort.opened", cohort, by)
    return cohort


def _check(plan: Plan, branch: Branch, by: Signature) -> None:
    if db.session.get(Course, plan.course_id) is None:
        raise RuleBroken("cohort.no_course")
    if not 1 <= plan.seats <= MAX_SEATS:
        raise RuleBroken("cohort.seats", {"most": MAX_SEATS})
    month = month_of(local_date(by.at, branch.time_zone))
    check_hours(plan.sessions, least=int(parameter("training_sessions", month=month)), now=by.at)


def _store_sessions(cohort_id: int, sessions: Sequence[Hours], *, after: int = 0) -> None:
    for number, hours in enumerate(sessions, after + 1):
        times = {"starts_at": hours.starts_at, "ends_at": hours.ends_at}
        db.session.add(TrainingSession(cohort_id=cohort_id, number=number, **times))
    db.session.flush()


def edit_cohort(*, cohort_id: int, plan: Plan, version_seen: int, by: Signature) -> TrainingCohort:
    """Change place, seats and sessions of a cohort that has not begun; who is seated stays."""
    cohort = lock_cohort(get_cohort(cohort_id, actor=by.actor).id)
    _check_not_begun(cohort, by)
    _check(plan, get_branch(cohort.branch_id), by)
    if plan.seats < count_seats(cohort.id):
        raise RuleBroken("cohort.seats_taken", {"taken": count_seats(cohort.id)})
    change_one(
        update(TrainingCohort)
        .where(TrainingCohort.id == cohort.id, TrainingCohort.version == version_seen)
        .values(place=plan.place, seats=plan.seats, version=version_seen + 1),
        otherwise=RuleBroken("cohort.changed_meanwhile"),
    )
    _move_sessions(cohort.id, plan.sessions)
    db.session.refresh(cohort)
    _record("cohort.edited", cohort, by)
    _tell_seated("cohort.edited", cohort, by)
    return cohort


def _move_sessions(cohort_id: int, hours: Sequence[Hours]) -> None:
    """Give the sessions their new hours; who was excused from one stays so, unless it falls away."""
    stored = list_sessions(cohort_id)
    for session, new in zip(stored, hours, strict=False):
        session.starts_at, session.ends_at = new.starts_at, new.ends_at
    for session in stored[len(hours) :]:
        change(delete(Attendance).where(Attendance.session_id == session.id))
        change(delete(TrainingSession).where(TrainingSession.id == session.id))
    _store_sessions(cohort_id, hours[len(stored) :], after=len(stored))


def _check_not_begun(cohort: TrainingCohort, by: Signature) -> None:
    _check_open(cohort)
    if begins_at(cohort.id) <= by.at:
        raise RuleBroken("cohort.begun")


def _check_open(cohort: TrainingCohort) -> None:
    if cohort.status != "open":
        raise RuleBroken("cohort.cancelled")


def cancel_cohort(*, cohort_id: int, reason: str, by: Signature) -> None:
    """Cancel a cohort that gave no certificate; those who were seated hear of it."""
    cohort = lock_cohort(get_cohort(cohort_id, actor=by.actor).id)
    _check_open(cohort)
    text = check_reason(reason, "cohort.reason_needed")
    if count_certificates(cohort.id):
        raise RuleBroken("cohort.has_certificates")
    cohort.status = "cancelled"
    cohort.version += 1
    db.session.flush()
    _record("cohort.cancelled", cohort, by, reason=text)
    _tell_seated("cohort.cancelled", cohort, by, reason=text)


def seat_cadres(*, cohort_id: int, cadre_ids: Sequence[int], by: Signature) -> int:
    """Seat cadres in a cohort and return how many are new; the lock of its row decides who gets the last seat."""
    cohort = lock_cohort(get_cohort(cohort_id, actor=by.actor).id)
    _check_open(cohort)
    wanted = set(cadre_ids)
    _lock_cadres(wanted)
    may = {cadre.id: cadre for cadre in list_seatable(cohort, now=by.at) if cadre.id in wanted}
    seated = {cadre.id for cadre in list_seated(cohort.id)}
    if not wanted or wanted - may.keys() - seated:
        raise RuleBroken("cohort.not_seatable")
    free = cohort.seats - len(seated)
    if len(may) > free:
        raise RuleBroken("cohort.full", {"free": free, "wanted": len(may)})
    for cadre in may.values():
        _seat(cohort, cadre, by)
    return len(may)


def _lock_cadres(cadre_ids: Collection[int]) -> None:
    """Lock cadres, so that nobody gives them a seat in another cohort at the same moment."""
    locked = select(Cadre.id).where(Cadre.id.in_(cadre_ids)).order_by(Cadre.id)
    db.session.execute(locked.with_for_update(key_share=True))


def _seat(cohort: TrainingCohort, cadre: Cadre, by: Signature) -> None:
    row = {"cohort_id": cohort.id, "cadre_id": cadre.id, "seated_by": by.actor.user_id, "seated_at": by.at}
    db.session.execute(insert_into(TrainingSeat).values(row))
    audit.record(
        by=by,
        act="cohort.seated",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        details={"cohort": cohort.number},
    )


def unseat_cadre(*, cohort_id: int, cadre_id: int, by: Signature) -> None:
    """Take a seat back from somebody who attended nothing yet."""
    cohort = lock_cohort(get_cohort(cohort_id, actor=by.actor).id)
    _check_open(cohort)
    cadre = next((one for one in list_seated(cohort.id) if one.id == cadre_id), None)
    if cadre is None:
        raise RuleBroken("cohort.not_seated")
    if not lock_seat(cohort.id, cadre_id):
        raise RuleBroken("cohort.not_seated")
    if has_attended(cohort.id, cadre_id):
        raise RuleBroken("cohort.attended_already")
    seat = delete(TrainingSeat).where(TrainingSeat.cohort_id == cohort.id, TrainingSeat.cadre_id == cadre_id)
    change_one(seat, otherwise=RuleBroken("cohort.not_seated"))
    audit.record(
        by=by,
        act="cohort.unseated",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        details={"cohort": cohort.number},
    )


def _record(act: str, cohort: TrainingCohort, by: Signature, *, reason: str | None = None) -> None:
    audit.record(
        by=by,
        act=act,
        subject=audit.Subject("training_cohort", cohort.id, cohort.branch_id),
        reason=reason,
        details={"number": cohort.number, "place": cohort.place},
    )


def _tell_seated(act: str, cohort: TrainingCohort, by: Signature, *, reason: str | None = None) -> None:
    """Write an event for each cadre who has a seat: it concerns them, and they shall hear of it."""
    who, details = (by.at, by.actor.user_id, by.actor.role, act), {"cohort": cohort.number}
    audit.record_many(
        [
            audit.Event(*who, "cadre", str(one.id), one.branch_id, reason, None, details)
            for one in list_seated(cohort.id)
        ]
    )
