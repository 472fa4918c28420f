"""Exams: beginning an attempt, saving an answer, handing in once however often it is sent (rules.md 10.1)."""

import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import text

from portal import audit
from portal.cadres.models import Cadre
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.queries.terms import today_for
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.training import mark, training_source
from portal.points.queries import rules_on
from portal.points.services.posting import NewEntry, post_entry
from portal.training.models import Attempt, AttemptAnswer
from portal.training.queries.courses import Exam, get_version
from portal.training.queries.exams import (
    ExamState,
    answers_of,
    get_attempt,
    list_asked,
    lock_attempt,
    read_exam_state,
)
from portal.training.services.certificates import certify_trained

_OPEN: Final = text("handed_in_at IS NULL")


def begin_exam(*, exam: Exam, by: Signature) -> Attempt:
    """Begin an attempt at a course's exam; of two at once there is one, and an open one goes on."""
    cadre_id = by.actor.cadre_id or 0
    state = read_exam_state(cadre_id, exam, now=by.at)
    if state.standing == "ready":
        _insert(cadre_id, exam, by=by)
        state = read_exam_state(cadre_id, exam, now=by.at)
    if state.standing != "open" or state.newest is None:
        raise _refusal(state)
    return state.newest


def _insert(cadre_id: int, exam: Exam, *, by: Signature) -> None:
    statement = insert_into(Attempt).values(
        cadre_id=cadre_id,
        version_id=exam.version_id,
        seed=secrets.token_hex(16),
        begun_at=by.at,
        ends_at=by.at + timedelta(minutes=exam.minutes),
    )
    statement = statement.on_conflict_do_nothing(index_elements=["cadre_id"], index_where=_OPEN)
    if db.session.scalar(statement.returning(Attempt.id)) is not None:
        audit.record(by=by, act="exam.begun", subject=_subject(cadre_id), details={"course": exam.course})


def _refusal(state: ExamState) -> RuleBroken:
    """Say why no attempt may begin now."""
    return RuleBroken(f"exam.{state.standing}", {"at": state.at} if state.at else {})


def save_answer(*, attempt_id: int, place: int, shown: int, by: Signature) -> None:
    """Save the answer to the question at a place (from 1); `shown` is the answer's place as the page shows it."""
    attempt = lock_attempt(get_attempt(attempt_id, cadre_id=by.actor.cadre_id or 0).id)
    if attempt.handed_in_at is not None or by.at >= attempt.ends_at:
        raise RuleBroken("exam.over")
    asked = list_asked(attempt)
    if not 1 <= place <= len(asked) or not 0 <= shown < len(asked[place - 1].order):
        raise RuleBroken("exam.no_such_answer")
    statement = insert_into(AttemptAnswer).values(
        attempt_id=attempt.id, place=place, answer=asked[place - 1].order[shown], saved_at=by.at
    )
    given = {"answer": statement.excluded.answer, "saved_at": statement.excluded.saved_at}
    db.session.execute(statement.on_conflict_do_update(index_elements=["attempt_id", "place"], set_=given))


def hand_in(*, attempt_id: int, by: Signature) -> Attempt:
    """Hand in one's own attempt; sent again, or after its time, it gives the same result."""
    return _finish(get_attempt(attempt_id, cadre_id=by.actor.cadre_id or 0).id, by=by)


def end_attempt(*, attempt_id: int, by: Signature) -> Attempt:
    """Mark an attempt whose time is over, with the answers that were saved."""
    return _finish(attempt_id, by=by)


def _finish(attempt_id: int, *, by: Signature) -> Attempt:
    """Mark an attempt once; the lock decides who does."""
    attempt = lock_attempt(attempt_id)
    if attempt.handed_in_at is not None:
        return attempt
    exam, given = get_version(attempt.version_id), answers_of(attempt.id)
    places = range(1, len(list_asked(attempt)) + 1)
    marked = mark([given.get(place) for place in places], pass_mark=exam.pass_mark)
    attempt.handed_in_at = min(by.at, attempt.ends_at)
    attempt.right_answers, attempt.score, attempt.passed = marked.right, marked.score, marked.passed
    db.session.flush()
    details = {"course": exam.course, "score": marked.score, "passed": marked.passed}
    audit.record(by=by, act="exam.handed_in", subject=_subject(attempt.cadre_id), details=details)
    if marked.passed:
        _reward(attempt, exam, by=by)
        certify_trained(cadre_id=attempt.cadre_id, by=by)
    return attempt


def _reward(attempt: Attempt, exam: Exam, *, by: Signature) -> None:
    """Post the points for the first pass of a course; a later one finds its source taken (rules.md 10.5)."""
    cadre = get_cadre(attempt.cadre_id)
    day = today_for(cadre.id, attempt.handed_in_at or by.at)
    version, rules = rules_on(day)
    source = training_source(exam.course, cadre.code)
    post_entry(NewEntry(cadre.id, "training", source, int(rules["training"]), version, day), by=by)


def _subject(cadre_id: int) -> audit.Subject:
    cadre = db.session.get_one(Cadre, cadre_id)
    return audit.Subject("cadre", cadre.id, cadre.branch_id)
