"""Training when many act in the same moment: forty phones, two supervisors, an exam handed in as the code is sent."""

import threading

import pytest
from cast import make_cast
from factories import make_cadre
from reporting import at_once
from sqlalchemy import func, select
from training.exam_worlds import (
    DAY,
    SATURDAY,
    answer,
    begin,
    exam_at,
    make_attendance,
    make_cohort,
    sessions_of,
    sign,
    sit,
)

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.training import code_of
from portal.training.models import Attendance, Certificate, FreedTry, TrainingSeat
from portal.training.services import cohorts as cohorts_services
from portal.training.services.attendance import attend, enter_attendance, secret_of
from portal.training.services.exams import hand_in
from portal.training.services.tries import free_try

PHONES = 40
AT_A_TIME = 8  # as many as the web workers take


@pytest.fixture
def cast(app):
    return make_cast()


def candidate(cast, name="Nia Kurnia"):
    return make_cadre(name=name, status="candidate", branch_id=cast.palembang.id, certified_on=None)


def count(kind):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(kind))


def refused(found, code):
    return sum(isinstance(one, RuleBroken) and one.code == code for one in found)


def acts_about(cadre):
    db.session.rollback()
    about = AuditEvent.subject_kind == "cadre", AuditEvent.subject_id == str(cadre.id)
    return list(db.session.scalars(select(AuditEvent.act).where(*about).order_by(AuditEvent.id)))


def test_forty_phones_that_scan_the_same_code_are_forty_rows(cast, app):
    people = [candidate(cast, f"Calon {n:02}") for n in range(PHONES)]
    session_id = sessions_of(make_cohort(cast.palembang, *people))[0].id
    code, signatures = code_of(secret_of(session_id), SATURDAY), [sign(one, SATURDAY) for one in people]
    db.session.rollback()
    turn = threading.Semaphore(AT_A_TIME)

    def act(who):
        with turn:
            return attend(session_id=session_id, code=code, by=who)

    assert at_once(app, [lambda who=who: act(who) for who in signatures]) == ["recorded"] * PHONES
    assert count(Attendance) == PHONES
    recorded = select(func.count(AuditEvent.id)).where(AuditEvent.act == "attendance.attended")
    assert db.session.scalar(recorded) == PHONES


def test_wrong_codes_sent_at_once_are_counted_one_by_one(cast, app):
    nia = candidate(cast)
    session_id, who = sessions_of(make_cohort(cast.palembang, nia))[0].id, sign(nia, SATURDAY)
    db.session.rollback()

    found = at_once(app, [lambda: attend(session_id=session_id, code="abcdef", by=who)] * 9)

    assert found.count("wrong") == 5
    assert refused(found, "people.too_many_tries") == 4


def test_an_exam_passed_and_the_last_attendance_at_once_give_one_certificate(cast, app):
    nia = candidate(cast)
    cohort, at = make_cohort(cast.palembang, nia), SATURDAY + DAY
    make_attendance(cohort, nia, 1)
    attempt_id = begin(nia, at)
    for place in range(1, 21):
        answer(nia, attempt_id, place, at)
    session_id, who = sessions_of(cohort)[1].id, sign(nia, at)
    code = code_of(secret_of(session_id), at)
    db.session.rollback()

    found = at_once(
        app,
        [
            lambda: attend(session_id=session_id, code=code, by=who),
            lambda: hand_in(attempt_id=attempt_id, by=who).score,
        ],
    )

    assert found == ["recorded", 100]
    assert count(Certificate) == 1


def test_two_cohorts_that_seat_the_same_person_at_once_seat_them_once(cast, app):
    nia = candidate(cast)
    cohorts = [
        make_cohort(cast.palembang, cast.herman, number=1).id,
        make_cohort(cast.palembang, cast.marlina, number=2, begins=SATURDAY + 7 * DAY).id,
    ]
    nia_id, who = nia.id, Signature(cast.actor("fahmi"), SATURDAY - DAY)
    db.session.rollback()

    def act(cohort_id):
        return cohorts_services.seat_cadres(cohort_id=cohort_id, cadre_ids=[nia_id], by=who)

    found = at_once(app, [lambda one=one: act(one) for one in cohorts])

    assert refused(found, "cohort.not_seatable") == 1
    seats = select(func.count()).select_from(TrainingSeat).where(TrainingSeat.cadre_id == nia_id)
    assert db.session.scalar(seats) == 1


def test_a_try_that_two_free_at_once_is_one_try(cast, app):
    nia = candidate(cast)
    make_cohort(cast.palembang, nia)
    for n in range(3):
        sit(nia, right=0, at=SATURDAY + n * DAY)
    given = {"cadre_id": nia.id, "exam": exam_at(SATURDAY), "reason": "Sakit waktu ujian"}
    who = Signature(cast.actor("fahmi"), SATURDAY + 4 * DAY)
    db.session.rollback()

    found = at_once(app, [lambda: free_try(**given, by=who)] * 2)

    assert refused(found, "exam.tries_left") == 1
    assert count(FreedTry) == 1


def test_a_seat_taken_back_as_its_owner_comes_leaves_no_attendance_without_a_seat(cast, app):
    nia = candidate(cast)
    cohort = make_cohort(cast.palembang, nia, cast.marlina)
    session_id, cohort_id, nia_id = sessions_of(cohort)[0].id, cohort.id, nia.id
    code, who = code_of(secret_of(session_id), SATURDAY), sign(nia, SATURDAY)
    leader = Signature(cast.actor("fahmi"), SATURDAY)
    db.session.rollback()

    at_once(
        app,
        [
            lambda: attend(session_id=session_id, code=code, by=who),
            lambda: cohorts_services.unseat_cadre(cohort_id=cohort_id, cadre_id=nia_id, by=leader),
        ],
    )

    seated = select(func.count()).where(TrainingSeat.cadre_id == nia_id)
    assert count(Attendance) == db.session.scalar(seated)


def test_who_is_seated_hears_of_a_change_and_of_the_end_with_its_reason(cast):
    nia = candidate(cast)
    cohort = make_cohort(cast.palembang, nia, begins=SATURDAY + 7 * DAY)
    who = Signature(cast.actor("fahmi"), SATURDAY)
    hours = tuple(
        cohorts_services.Hours(one.starts_at + DAY, one.ends_at + DAY) for one in sessions_of(cohort)
    )
    plan = cohorts_services.Plan(cohort.course_id, "KCP Jakabaring", 30, hours)
    with transaction():
        cohorts_services.edit_cohort(cohort_id=cohort.id, plan=plan, version_seen=1, by=who)
    with transaction():
        cohorts_services.cancel_cohort(cohort_id=cohort.id, reason="Balai kebanjiran", by=who)

    assert acts_about(nia) == ["cohort.edited", "cohort.cancelled"]
    told = select(AuditEvent.reason).where(
        AuditEvent.subject_kind == "cadre", AuditEvent.act == "cohort.cancelled"
    )
    assert list(db.session.scalars(told)) == ["Balai kebanjiran"]


def test_who_is_excused_and_scans_is_not_told_that_they_attended(cast):
    nia = candidate(cast)
    session_id = sessions_of(make_cohort(cast.palembang, nia))[0].id
    leader = Signature(cast.actor("fahmi"), SATURDAY - DAY)
    given = {"session_id": session_id, "cadre_id": nia.id, "how": "excused", "reason": "Anak sakit"}
    with transaction():
        enter_attendance(**given, by=leader)
    with transaction():
        code = code_of(secret_of(session_id), SATURDAY)
        assert attend(session_id=session_id, code=code, by=sign(nia, SATURDAY)) == "excused"
