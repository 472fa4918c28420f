"""Acts on a cohort for the tests of training: open, seat, attend by code, enter by hand."""

from datetime import timedelta

from sqlalchemy import select
from training.exam_worlds import (
    DAY,
    SATURDAY,
    sessions_of,
    sign,
)

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.training import Hours, code_of
from portal.training.models import (
    Attendance,
    Course,
)
from portal.training.services import attendance as attendance_services
from portal.training.services import cohorts as cohorts_services
from portal.training.services.cohorts import Plan

BEFORE = SATURDAY - 3 * DAY
AT = SATURDAY + timedelta(minutes=5)


def plan(*, seats=30, begins=SATURDAY, days=2, hours=8):
    course_id = db.session.scalars(select(Course.id)).one()
    sessions = tuple(Hours(begins + n * DAY, begins + n * DAY + timedelta(hours=hours)) for n in range(days))
    return Plan(course_id, "Balai", seats, sessions)


def by(cast, name="fahmi", at=BEFORE):
    return Signature(cast.actor(name), at)


def open_cohort(cast, name="fahmi", **more):
    with transaction():
        return cohorts_services.open_cohort(
            branch_id=cast.palembang.id, plan=plan(**more), by=by(cast, name)
        ).id


def seat(cast, cohort_id, *cadres, at=BEFORE):
    with transaction():
        return cohorts_services.seat_cadres(
            cohort_id=cohort_id, cadre_ids=[one.id for one in cadres], by=by(cast, at=at)
        )


def attend(cohort, cadre, at=AT, *, session=0, code=None, code_at=None):
    one = sessions_of(cohort)[session]
    right = code_of(attendance_services.secret_of(one.id), code_at or at)
    with transaction():
        return attendance_services.attend(session_id=one.id, code=code or right, by=sign(cadre, at))


def enter(cast, cohort, cadre, how="entered", at=AT, *, reason="HP-nya rusak", session=0):
    with transaction():
        attendance_services.enter_attendance(
            session_id=sessions_of(cohort)[session].id,
            cadre_id=cadre.id,
            how=how,
            reason=reason,
            by=by(cast, at=at),
        )


def rows():
    db.session.rollback()
    return [(row.cadre_id, row.how) for row in db.session.scalars(select(Attendance).order_by(Attendance.at))]
