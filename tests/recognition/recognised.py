"""Makers of recognition's tests: approved reports, the rounds, what is stored."""

from datetime import UTC, date, datetime

from factories import actor_of
from reporting import hand_in
from sqlalchemy import select

from portal.accounts.queries.sessions import get_operator
from portal.activities.models import Activity
from portal.activities.services.decide import approve_activity, withdraw_activity
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.months import local_date
from portal.recognition.models import BadgeAward, CadreProgress, Moment, RecognitionMark
from portal.recognition.queries.definitions import get_book
from portal.recognition.queries.facts import list_people
from portal.recognition.services.awards import NewAward, award_badges
from portal.recognition.services.moments import NewMoment, note_moments
from portal.recognition.services.rounds import begin_day, count_marked, is_due

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # a Sunday: the week of 16 November


def operator(at=NOW) -> Signature:
    return Signature(get_operator(), at)


def recognise(at=NOW) -> None:
    """Let the scheduler's tasks run once."""
    if is_due(at=at):
        with transaction():
            begin_day(by=operator(at))
    more = True
    while more:
        with transaction():
            more = count_marked(by=operator(at))


def award_badge(*, cadre_id: int, code: str, evidence, value: int, by: Signature) -> bool:
    """Award one badge; tell whether it is new."""
    person = list_people([cadre_id])[0]
    today = local_date(by.at, person.zone)
    new = NewAward(person, get_book(today).badge(code), today, sorted(set(evidence)), value)
    return award_badges(awards=[new], by=by) == 1


def note_moment(*, cadre_id: int, kind: str, source: str, details, at) -> bool:
    """Note one moment; tell whether it is new."""
    return note_moments(moments=[NewMoment(cadre_id, kind, source, at, details)]) == 1


def approved(cadre, fahmi, held_on: date, *, at=NOW, **more) -> int:
    """Hand a report in and approve it; return its number."""
    ref = hand_in(cadre, at=at, held_on=held_on, **more).ref
    activity = db.session.scalars(select(Activity).where(Activity.ref == ref)).one()
    number = activity.id
    with transaction():
        approve_activity(activity_id=number, by=Signature(actor_of(fahmi), at))
    return number


def withdraw(number: int, fahmi, *, at=NOW) -> None:
    with transaction():
        withdraw_activity(
            activity_id=number, code="not_held", reason="Tidak diadakan", by=Signature(actor_of(fahmi), at)
        )


def progress(cadre) -> tuple[int, int, int, date] | None:
    row = db.session.execute(
        select(
            CadreProgress.level, CadreProgress.streak_weeks, CadreProgress.longest_streak, CadreProgress.week
        ).where(CadreProgress.cadre_id == cadre.id)
    ).one_or_none()
    return None if row is None else tuple(row)


def badges(cadre) -> list[str]:
    query = select(BadgeAward.code).where(BadgeAward.cadre_id == cadre.id, BadgeAward.taken_back_at.is_(None))
    return sorted(db.session.scalars(query))


def award(cadre, code: str) -> BadgeAward:
    return db.session.scalars(
        select(BadgeAward).where(BadgeAward.cadre_id == cadre.id, BadgeAward.code == code)
    ).one()


def moments(cadre) -> list[tuple[str, str, bool]]:
    query = select(Moment).where(Moment.cadre_id == cadre.id).order_by(Moment.id)
    return [(one.kind, one.source, one.shown_at is not None) for one in db.session.scalars(query)]


def marks() -> int:
    return len(db.session.execute(select(RecognitionMark.id)).all())
