"""An attempt: drawn by a stored seed, resumed, ended by its time, marked once however often it is sent (rules.md 10.1)."""

from datetime import timedelta

import pytest
from cast import make_cast
from factories import make_cadre
from reporting import at_once
from sqlalchemy import func, select, update
from training.exam_worlds import (
    DAY,
    SATURDAY,
    answer,
    begin,
    exam_at,
    hand_in,
    make_attendance,
    make_cohort,
    sessions_of,
    sign,
    sit,
)

from portal import clock, scheduler
from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import NotFound, RuleBroken
from portal.points.models import LedgerEntry
from portal.training.models import Attempt, AttemptAnswer, Certificate, FreedTry
from portal.training.queries.exams import answers_of, list_asked, read_exam_state
from portal.training.services import exams as exams_services
from portal.verification.queries import list_findings

AT = SATURDAY + DAY


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def nia(cast):
    return make_cadre(name="Nia Kurnia", status="candidate", branch_id=cast.palembang.id, certified_on=None)


@pytest.fixture
def cohort(cast, nia):
    return make_cohort(cast.palembang, nia)


def standing(cadre, at):
    db.session.rollback()
    return read_exam_state(cadre.id, exam_at(at), now=at)


def points_of(cadre):
    db.session.rollback()
    rows = select(LedgerEntry.source, LedgerEntry.points, LedgerEntry.earned_on)
    return db.session.execute(rows.where(LedgerEntry.cadre_id == cadre.id)).all()


def test_an_exam_needs_a_cohort_whose_first_session_has_begun(cast, nia):
    assert standing(nia, AT).standing == "no_cohort"
    with pytest.raises(RuleBroken, match=r"exam\.no_cohort"):
        begin(nia)

    make_cohort(cast.palembang, nia)

    early = standing(nia, SATURDAY - timedelta(seconds=1))
    assert (early.standing, early.at) == ("early", SATURDAY)
    with pytest.raises(RuleBroken, match=r"exam\.early"):
        begin(nia, SATURDAY - timedelta(seconds=1))
    assert standing(nia, SATURDAY).standing == "ready"


def test_an_attempt_is_resumed_with_the_same_questions_and_the_answers_saved(cohort, nia):
    attempt_id = begin(nia)
    first = list_asked(db.session.get(Attempt, attempt_id))
    answer(nia, attempt_id, 3, AT)
    answer(nia, attempt_id, 3, AT + timedelta(minutes=1), right=False)

    assert begin(nia, AT + timedelta(minutes=2)) == attempt_id
    assert list_asked(db.session.get(Attempt, attempt_id)) == first
    assert answers_of(attempt_id) == {3: 1}


def test_two_tabs_that_begin_at_once_have_one_attempt(cohort, nia, app):
    exam, by = exam_at(AT), sign(nia, AT)
    db.session.rollback()

    found = at_once(app, [lambda: exams_services.begin_exam(exam=exam, by=by).id] * 2)

    assert len(set(found)) == 1
    assert isinstance(found[0], int)
    assert db.session.scalar(select(func.count(Attempt.id))) == 1


def test_fourteen_right_pass_earn_points_once_and_thirteen_do_not(cohort, nia):
    failed = sit(nia, right=13)
    assert (failed.right_answers, failed.score, failed.passed) == (13, 65, False)
    assert points_of(nia) == []

    passed = sit(nia, right=14, at=AT + DAY)
    assert (passed.right_answers, passed.score, passed.passed) == (14, 70, True)
    assert points_of(nia) == [(f"training:dasar-kader:{nia.code}", 25, (AT + DAY).date())]
    assert standing(nia, AT + 2 * DAY).standing == "passed"
    assert list_findings() == []
    with pytest.raises(RuleBroken, match=r"exam\.passed"):
        begin(nia, AT + 2 * DAY)


def test_handed_in_twice_from_two_tabs_it_counts_once(cohort, nia, app):
    attempt_id = begin(nia)
    for place in range(1, 21):
        answer(nia, attempt_id, place, AT)
    his = sign(nia, AT + timedelta(minutes=9))
    db.session.rollback()

    def act():
        return exams_services.hand_in(attempt_id=attempt_id, by=his).score

    assert at_once(app, [act, act]) == [100, 100]
    assert hand_in(nia, attempt_id, AT + timedelta(minutes=10)).score == 100
    assert len(points_of(nia)) == 1
    handed_in = select(func.count(AuditEvent.id)).where(AuditEvent.act == "exam.handed_in")
    assert db.session.scalar(handed_in) == 1


def test_no_answer_is_taken_after_the_exam_was_handed_in_or_its_time_was_over(cohort, nia):
    attempt_id = begin(nia)
    with pytest.raises(RuleBroken, match=r"exam\.over"):
        answer(nia, attempt_id, 1, AT + timedelta(minutes=45))
    answer(nia, attempt_id, 1, AT + timedelta(minutes=44, seconds=59))
    hand_in(nia, attempt_id, AT + timedelta(minutes=44, seconds=59))
    with pytest.raises(RuleBroken, match=r"exam\.over"):
        answer(nia, attempt_id, 2, AT + timedelta(minutes=44, seconds=59))
    assert answers_of(attempt_id) == {1: 0}


def test_sent_after_its_time_it_is_marked_with_what_was_saved_as_of_its_end(cohort, nia):
    attempt_id = begin(nia)
    answer(nia, attempt_id, 1, AT)

    late = hand_in(nia, attempt_id, AT + timedelta(hours=3))

    assert (late.right_answers, late.handed_in_at) == (1, AT + timedelta(minutes=45))


def test_a_scheduler_ends_what_nobody_handed_in(cohort, nia):
    attempt_id = begin(nia)
    for place in range(1, 15):
        answer(nia, attempt_id, place, AT)

    clock.configure(AT + timedelta(minutes=44))
    scheduler.end_exams()
    db.session.rollback()
    assert db.session.get(Attempt, attempt_id).handed_in_at is None

    clock.configure(AT + timedelta(minutes=46))
    scheduler.end_exams()
    scheduler.end_exams()
    db.session.rollback()
    ended = db.session.get(Attempt, attempt_id)
    assert (ended.score, ended.passed, ended.handed_in_at) == (70, True, AT + timedelta(minutes=45))
    assert len(points_of(nia)) == 1


def test_three_tries_in_thirty_days_and_one_more_that_the_branch_frees(cast, cohort, nia):
    for n in range(3):
        sit(nia, right=0, at=AT + n * DAY)
    waiting = standing(nia, AT + 3 * DAY)
    assert (waiting.standing, waiting.left, waiting.at) == ("wait", 0, AT + timedelta(days=30))
    with pytest.raises(RuleBroken, match=r"exam\.wait"):
        begin(nia, AT + 3 * DAY)

    course_id = exam_at(AT).course_id
    freed = FreedTry(
        cadre_id=nia.id, course_id=course_id, reason="Sakit", freed_by=cast.fahmi.id, freed_at=AT + 3 * DAY
    )
    db.session.add(freed)
    db.session.commit()
    assert (standing(nia, AT + 3 * DAY).standing, standing(nia, AT + 3 * DAY).left) == ("ready", 1)

    sit(nia, right=0, at=AT + 3 * DAY)
    assert standing(nia, AT + 4 * DAY).standing == "wait"
    assert standing(nia, AT + timedelta(days=30)).standing == "ready"


def test_the_last_condition_gives_the_certificate_whichever_it_is(cast, cohort, nia):
    make_attendance(cohort, nia, 1, 2)
    assert db.session.scalar(select(func.count(Certificate.id))) == 0

    sit(nia, right=20)

    certificate = db.session.scalars(select(Certificate)).one()
    day = AT.date()
    assert certificate.number == f"0001/PK-{cast.palembang.code}/VII/2026"
    assert (certificate.issued_on, certificate.valid_until) == (day, day.replace(year=2028))
    cadre = db.session.get(Cadre, nia.id)
    assert (cadre.certified_on, cadre.certified_until) == (day, day.replace(year=2028))
    assert cadre.submits_until == day.replace(year=2028) + timedelta(days=60)


@pytest.mark.parametrize("attended", [(), (1,), (2,)])
def test_who_missed_a_session_gets_none(cohort, nia, attended):
    make_attendance(cohort, nia, *attended)
    sit(nia, right=20)
    assert db.session.scalar(select(func.count(Certificate.id))) == 0


def test_an_exam_of_before_the_cohort_gives_none(cast, cohort, nia):
    sit(nia, right=20)
    later = make_cohort(cast.palembang, nia, begins=SATURDAY + 10 * DAY, number=2)
    make_attendance(later, nia, 1, 2)

    with transaction():
        from portal.training.services.certificates import certify_trained

        assert certify_trained(cadre_id=nia.id, by=sign(nia, SATURDAY + 12 * DAY)) == []
    assert standing(nia, SATURDAY + 12 * DAY).standing == "ready"


def test_nobody_reads_or_answers_the_exam_of_another(cast, cohort, nia):
    attempt_id = begin(nia)
    for act in (
        lambda: exams_services.save_answer(attempt_id=attempt_id, place=1, shown=0, by=sign(cast.herman, AT)),
        lambda: exams_services.hand_in(attempt_id=attempt_id, by=sign(cast.herman, AT)),
    ):
        with pytest.raises(NotFound), transaction():
            act()
    assert db.session.scalar(select(func.count()).select_from(AttemptAnswer)) == 0


@pytest.mark.parametrize(("place", "shown"), [(0, 0), (21, 0), (1, 4), (1, -1)])
def test_an_answer_that_does_not_exist_is_refused(cohort, nia, place, shown):
    attempt_id = begin(nia)
    with pytest.raises(RuleBroken, match=r"exam\.no_such_answer"), transaction():
        exams_services.save_answer(attempt_id=attempt_id, place=place, shown=shown, by=sign(nia, AT))


def test_a_cancelled_cohort_opens_no_exam(cohort, nia):
    db.session.execute(update(type(cohort)).values(status="cancelled"))
    db.session.commit()
    assert standing(nia, AT).standing == "no_cohort"
    assert len(sessions_of(cohort)) == 2
