"""The exam, page by page and without a script: begin, answer, look over, hand in, see the result."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.database.transaction import transaction
from portal.domain.errors import NotFound
from portal.domain.training import Asked
from portal.training.forms import AnswerForm, BeginForm, HandInForm
from portal.training.queries.courses import get_text, get_version
from portal.training.queries.exams import answers_of, get_attempt, list_asked, read_exam_state
from portal.training.services import exams as exams_services
from portal.training.views.blueprint import bp
from portal.training.views.path import course_in_force
from portal.web.access import actor, allow, signature


@dataclass(frozen=True)
class Looked:
    """A question of an exam that is over: what was answered, what was right, and why."""

    place: int
    asked: Asked
    answer: int | None

    @property
    def right(self) -> bool:
        """Tell whether it was answered right."""
        return self.answer == 0

    @property
    def given_text(self) -> str:
        """Return the answer that was given, or nothing."""
        return "" if self.answer is None else self.asked.question.answers[self.answer]


def minutes_left(ends_at: datetime) -> int:
    """Return the minutes until an exam ends, a begun one counted; 0 once it is over."""
    left = ends_at - clock.now()
    return max(0, -(-left // timedelta(minutes=1)))


@bp.get("/training/exam")
@allow("cadre")
def exam() -> ResponseReturnValue:
    """Say how the exam is held, and whether it can begin now."""
    who, held = actor(), course_in_force()
    state = read_exam_state(who.cadre_id or 0, held, now=clock.now())
    return render_template("training/exam.html", exam=held, state=state, zone=who.zone)


@bp.post("/training/exam/begin")
@allow("cadre")
def begin_exam() -> ResponseReturnValue:
    """Begin an attempt, or go on with the open one."""
    if not BeginForm().validate():
        return redirect(url_for("training.exam"))
    with transaction():
        attempt = exams_services.begin_exam(exam=course_in_force(), by=signature())
        attempt_id = attempt.id
    return redirect(url_for("training.question", attempt_id=attempt_id, place=1))


@bp.get("/training/exam/<int:attempt_id>")
@allow("cadre")
def attempt(attempt_id: int) -> ResponseReturnValue:
    """Look over an open attempt before handing it in; show the result of one that is over."""
    one = get_attempt(attempt_id, cadre_id=actor().cadre_id or 0)
    held, given = get_version(one.version_id), answers_of(one.id)
    if one.handed_in_at is None:
        return render_template(
            "training/attempt.html",
            attempt=one,
            exam=held,
            given=given,
            count=len(list_asked(one)),
            left=minutes_left(one.ends_at),
        )
    looked = [Looked(place, asked, given.get(place)) for place, asked in enumerate(list_asked(one), 1)]
    return render_template(
        "training/result.html",
        attempt=one,
        exam=held,
        zone=actor().zone,
        name=actor().name,
        wrong=[look for look in looked if not look.right],
        sources=get_text(one.version_id).sources,
        state=read_exam_state(one.cadre_id, held, now=clock.now()),
    )


@bp.get("/training/exam/<int:attempt_id>/<int:place>")
@allow("cadre")
def question(attempt_id: int, place: int) -> ResponseReturnValue:
    """Show a question of the open attempt with the answer given so far."""
    one, asked = _asked_at(attempt_id, place)
    if _is_over(one):
        return redirect(url_for("training.attempt", attempt_id=one.id))
    given, form = answers_of(one.id), _form_of(asked[place - 1])
    if place in given:
        form.answer.data = asked[place - 1].order.index(given[place])
    return _show_question(one, asked, place, form)


@bp.post("/training/exam/<int:attempt_id>/<int:place>/save-answer")
@allow("cadre")
def save_answer(attempt_id: int, place: int) -> ResponseReturnValue:
    """Save an answer and go on to the next question; after the last one look over all of them."""
    one, asked = _asked_at(attempt_id, place)
    form = _form_of(asked[place - 1])
    if not _is_over(one):
        if not form.validate():
            return _show_question(one, asked, place, form), 400
        shown = int(form.answer.data)
        with transaction():
            exams_services.save_answer(attempt_id=attempt_id, place=place, shown=shown, by=signature())
        if place < len(asked):
            return redirect(url_for("training.question", attempt_id=attempt_id, place=place + 1))
    return redirect(url_for("training.attempt", attempt_id=attempt_id))


def _asked_at(attempt_id: int, place: int) -> tuple[Any, list[Asked]]:
    """Return the person's own attempt and its questions, if there is one at this place."""
    one = get_attempt(attempt_id, cadre_id=actor().cadre_id or 0)
    asked = list_asked(one)
    if not 1 <= place <= len(asked):
        raise NotFound("exam.not_found")
    return one, asked


def _is_over(one: Any) -> bool:
    return one.handed_in_at is not None or clock.now() >= one.ends_at


def _form_of(shown: Asked) -> AnswerForm:
    return AnswerForm([shown.question.answers[bank] for bank in shown.order])


def _show_question(one: Any, asked: list[Asked], place: int, form: AnswerForm) -> str:
    return render_template(
        "training/question.html",
        form=form,
        attempt=one,
        place_asked=place,
        count=len(asked),
        asked=asked[place - 1].question,
        answered=len(answers_of(one.id)),
        left=minutes_left(one.ends_at),
    )


@bp.post("/training/exam/<int:attempt_id>/hand-in")
@allow("cadre")
def hand_in(attempt_id: int) -> ResponseReturnValue:
    """Hand in the attempt; once more shows the same result."""
    if HandInForm().validate():
        with transaction():
            exams_services.hand_in(attempt_id=attempt_id, by=signature())
    return redirect(url_for("training.attempt", attempt_id=attempt_id))
