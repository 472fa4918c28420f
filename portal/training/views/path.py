"""The way of a candidate: lessons, meetings, exam, certificate, the first report; what one lesson says."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.database.transaction import transaction
from portal.domain.courses import CourseText, Lesson
from portal.domain.errors import NotFound
from portal.domain.months import local_date, month_of
from portal.texts.formats import hari, jam, tanggal
from portal.training.forms import ReadForm
from portal.training.queries.courses import FIRST_COURSE, Exam, get_course_in_force, get_text
from portal.training.queries.exams import ExamState, read_exam_state
from portal.training.queries.lessons import lessons_read
from portal.training.queries.meetings import Meeting, list_own_meetings
from portal.training.services import lessons as lessons_services
from portal.training.views.blueprint import bp
from portal.web.access import actor, allow, signature


@dataclass(frozen=True)
class Step:
    """A step of the path: what it is, a line about it, where it leads, whether it is done or the next one."""

    title: str
    line: str
    href: str = ""
    state: Literal["d", "n", ""] = ""


def course_in_force() -> Exam:
    """Return the version of the first course that holds today."""
    return get_course_in_force(FIRST_COURSE, month_of(local_date(clock.now(), actor().zone)))


@bp.get("/training")
@allow("cadre")
def path() -> ResponseReturnValue:
    """Show the cadre's own way through training."""
    return show_path()


def show_path() -> str:
    """Show the path: also a candidate's first page."""
    who, exam = actor(), course_in_force()
    text, cadre = get_text(exam.version_id), get_cadre(who.cadre_id or 0)
    read = lessons_read(cadre.id, exam.course_id)
    meetings = list_own_meetings(cadre.id, exam.course_id)
    state = read_exam_state(cadre.id, exam, now=clock.now())
    steps = [
        *_lesson_steps(text, read),
        *map(_meeting_step, meetings),
        _exam_step(exam, state),
        *_last_steps(cadre, today=local_date(clock.now(), who.zone)),
    ]
    steps = _with_next(steps)
    return render_template(
        "training/path.html",
        name=cadre.name,
        steps=steps,
        done=sum(step.state == "d" for step in steps),
        following=next((step for step in steps if step.state == "n"), None),
        text=text,
        meetings=meetings,
        candidate=cadre.status == "candidate",
        cadre=cadre,
        exam=exam,
        state=state,
        now=clock.now(),
    )


def _with_next(steps: list[Step]) -> list[Step]:
    """Mark the first step that is not done as the next one."""
    following = next((place for place, step in enumerate(steps) if step.state != "d"), None)
    return [
        Step(step.title, step.line, step.href, "n") if place == following else step
        for place, step in enumerate(steps)
    ]


def _lesson_steps(text: CourseText, read: set[str]) -> list[Step]:
    return [
        Step(
            lesson.title,
            _("Sudah dibaca") if lesson.code in read
            else ngettext("%(num)s menit", "%(num)s menit", lesson.minutes),
            url_for("training.lesson", code=lesson.code),
            "d" if lesson.code in read else "",
        )
        for lesson in text.lessons
    ]  # fmt: skip


def _meeting_step(meeting: Meeting) -> Step:
    """Say when and where a meeting is, or that the cadre was there."""
    day = hari(meeting.starts_at, meeting.zone)
    if meeting.attended_at is not None:
        line = _("%(day)s. Hadir %(time)s", day=day, time=jam(meeting.attended_at, meeting.zone))
    elif meeting.excused:
        line = _("%(day)s. Izin; tanyakan penggantinya kepada pembina", day=day)
    else:
        begins = jam(meeting.starts_at, meeting.zone)
        line = _("%(day)s, %(time)s, %(place)s", day=day, time=begins, place=meeting.place)
    done = meeting.attended_at is not None
    return Step(_("Pertemuan %(n)s", n=meeting.number), line, "", "d" if done else "")


def _exam_step(exam: Exam, state: ExamState) -> Step:
    """Say how the exam went; who is trained anew has to pass it again."""
    best = max((one.score or 0 for one in state.attempts if one.passed), default=None)
    title = ngettext("Ujian, %(num)s soal", "Ujian, %(num)s soal", exam.questions)
    if best is not None and state.standing == "passed":
        return Step(title, _("Lulus dengan %(score)s", score=best), url_for("training.exam"), "d")
    line = _("Lulus dengan %(score)s. Boleh dicoba %(n)s kali", score=exam.pass_mark, n=exam.tries)
    return Step(title, line, url_for("training.exam"))


def _last_steps(cadre: Any, *, today: date) -> list[Step]:
    """Lead to the certificate, and say whether the branch has activated the cadre."""
    until, active = cadre.certified_until, cadre.status == "active"
    if cadre.certified_on is None:
        line, holds = _("Terbit sendiri setelah semua pertemuan dan ujian"), False
    else:
        line = _("Berlaku sampai %(day)s", day=tanggal(until)) if until else ""
        holds = until is None or today <= until
    return [
        Step(_("Sertifikat"), line, url_for("training.certificate"), "d" if holds else ""),
        Step(_("Diaktifkan pembina"), _("Setelah itu Lapor terbuka"), "", "d" if active else ""),
    ]


def _find_lesson(code: str) -> tuple[Exam, CourseText, int]:
    exam = course_in_force()
    text = get_text(exam.version_id)
    place = text.place_of(code)
    if place is None:
        raise NotFound("course.no_such_lesson")
    return exam, text, place


@bp.get("/training/lessons/<code>")
@allow("cadre")
def lesson(code: str) -> ResponseReturnValue:
    """Show a lesson."""
    _exam, text, place = _find_lesson(code)
    lessons = text.lessons
    return render_template(
        "training/lesson.html",
        one=lessons[place],
        place=place,
        count=len(lessons),
        before=lessons[place - 1] if place else None,
        after=lessons[place + 1] if place + 1 < len(lessons) else None,
        sources=_sources(text, lessons[place]),
    )


def _sources(text: CourseText, one: Lesson) -> list[str]:
    return [text.sources[tag] for tag in one.sources]


@bp.post("/training/lessons/<code>/mark-read")
@allow("cadre")
def mark_read(code: str) -> ResponseReturnValue:
    """Record that the lesson was read, and go on to the next one."""
    exam, text, place = _find_lesson(code)
    if ReadForm().validate():
        with transaction():
            lessons_services.mark_read(exam=exam, lesson=code, by=signature())
    if place + 1 < len(text.lessons):
        return redirect(url_for("training.lesson", code=text.lessons[place + 1].code))
    return redirect(url_for("training.path"))
