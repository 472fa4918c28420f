"""Training in the demo: a cohort that is over, and one that meets again tomorrow."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from portal.accounts.models import User
from portal.cadres.models import Cadre
from portal.cadres.services.cadres import NewCadre, create_cadre
from portal.database.extensions import db
from portal.demo.accounts import CANDIDATE
from portal.demo.calendar import Calendar, local_instant
from portal.domain.actors import Actor, Signature
from portal.domain.months import first_day, month_of
from portal.domain.training import Hours, code_of
from portal.organisation.models import Branch
from portal.training.models import TrainingCohort
from portal.training.queries.cohorts import list_sessions
from portal.training.queries.courses import FIRST_COURSE, get_course_in_force, get_text
from portal.training.queries.exams import list_asked
from portal.training.services.attendance import attend, enter_attendance, secret_of
from portal.training.services.cohorts import Plan, open_cohort, seat_cadres
from portal.training.services.courses import install_shipped_course
from portal.training.services.exams import begin_exam, hand_in, save_answer
from portal.training.services.lessons import mark_read

_PLACE: Final = "Balai Kelurahan Lorok Pakjo"
_FINISHED: Final = (  # name, sessions attended, minutes after the beginning, right answers of the exam
    ("Nurhayati", (1, 2), 4, 17),
    ("Tarmizi", (1, 2), 2, 11),
    ("Kemas Ridho", (1, 2), 21, None),
    ("Herlina", (1,), 6, None),
)
_RUNNING: Final = ("Suryani", "Iskandar")
_LESSONS_READ: Final = 6


@dataclass
class Trainings:
    """Makes the cohorts of Palembang; `calendar` says until when."""

    supervisor: Actor
    operator: Actor
    calendar: Calendar

    def store(self) -> None:
        """Store both cohorts, unless there is no candidate, as in the smallest demos."""
        branch = db.session.scalars(select(Branch).where(Branch.code == CANDIDATE.place)).one()
        printed = db.session.scalars(select(Cadre).where(Cadre.email == CANDIDATE.email)).one_or_none()
        last = self.calendar.last_day
        begins = max(last - timedelta(days=12), first_day(month_of(last)))
        if printed is None or begins + timedelta(days=3) >= last:
            return
        install_shipped_course(by=Signature(self.operator, local_instant(begins, 7)))
        self._finished(branch, begins)
        self._running(branch, printed, last)

    def _sign(self, at: datetime) -> Signature:
        return Signature(self.supervisor, at)

    def _candidate(self, branch: Branch, name: str, number: int, day: date) -> Cadre:
        """Add a candidate as a supervisor does; only printed accounts have a password."""
        at = local_instant(day, 10)
        new = NewCadre(f"{branch.code}-C{number:02}", name, branch.id, joined_on=day, email=_email(name))
        cadre, _password = create_cadre(new=new, by=self._sign(at))
        db.session.execute(update(User).where(User.id == cadre.user_id).values(password_hash=None))
        return cadre

    def _open(self, branch: Branch, days: tuple[date, date], people: list[Cadre]) -> TrainingCohort:
        opened = local_instant(min(days[0], self.calendar.last_day) - timedelta(days=2), 11)
        hours = tuple(Hours(local_instant(day, 8), local_instant(day, 15)) for day in days)
        exam = get_course_in_force(FIRST_COURSE, month_of(days[0]))
        plan = Plan(exam.course_id, _PLACE, 30, hours)
        cohort = open_cohort(branch_id=branch.id, plan=plan, by=self._sign(opened))
        seat_cadres(cohort_id=cohort.id, cadre_ids=[one.id for one in people], by=self._sign(opened))
        return cohort

    def _finished(self, branch: Branch, begins: date) -> None:
        joined = begins - timedelta(days=2)
        people = [self._candidate(branch, row[0], n, joined) for n, row in enumerate(_FINISHED, 1)]
        cohort = self._open(branch, (begins, begins + timedelta(days=1)), people)
        for cadre, (_name, attended, minutes, right) in zip(people, _FINISHED, strict=True):
            for session in list_sessions(cohort.id):
                if session.number in attended:
                    self._attend(session.id, cadre, session.starts_at + timedelta(minutes=minutes))
            if right is not None:
                self._sit(cadre, right, local_instant(begins + timedelta(days=1), 16))
        last = list_sessions(cohort.id)[1]
        self._excuse(last.id, people[-1], last.ends_at + timedelta(hours=1))

    def _excuse(self, session_id: int, cadre: Cadre, at: datetime) -> None:
        enter_attendance(
            session_id=session_id, cadre_id=cadre.id, how="excused", reason="Anaknya sakit", by=self._sign(at)
        )

    def _running(self, branch: Branch, printed: Cadre, last: date) -> None:
        joined = last - timedelta(days=3)
        people = [printed, *(self._candidate(branch, name, n, joined) for n, name in enumerate(_RUNNING, 11))]
        yesterday = last - timedelta(days=1)
        cohort = self._open(branch, (yesterday, last + timedelta(days=1)), people)
        first = list_sessions(cohort.id)[0]
        for minutes, cadre in enumerate(people[:2], 2):
            self._attend(first.id, cadre, first.starts_at + timedelta(minutes=minutes))
        exam = get_course_in_force(FIRST_COURSE, month_of(last))
        for place, lesson in enumerate(get_text(exam.version_id).lessons[:_LESSONS_READ]):
            at = local_instant(yesterday, 19, place * 4)
            mark_read(exam=exam, lesson=lesson.code, by=Signature(_actor(printed), at))

    def _attend(self, session_id: int, cadre: Cadre, at: datetime) -> None:
        code = code_of(secret_of(session_id), at)
        attend(session_id=session_id, code=code, by=Signature(_actor(cadre), at))

    def _sit(self, cadre: Cadre, right: int, at: datetime) -> None:
        """Sit an exam with so many right answers, a minute for each question."""
        actor = _actor(cadre)
        exam = get_course_in_force(FIRST_COURSE, month_of(at.date()))
        attempt = begin_exam(exam=exam, by=Signature(actor, at))
        for place, asked in enumerate(list_asked(attempt), 1):
            shown = asked.order.index(0 if place <= right else 1)
            by = Signature(actor, at + timedelta(minutes=place))
            save_answer(attempt_id=attempt.id, place=place, shown=shown, by=by)
        hand_in(attempt_id=attempt.id, by=Signature(actor, at + timedelta(minutes=25)))


def _actor(cadre: Cadre) -> Actor:
    return Actor(
        cadre.user_id or 0, "cadre", cadre.name, scope="branch", branch_id=cadre.branch_id, cadre_id=cadre.id
    )


def _email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@demo.test"
