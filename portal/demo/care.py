"""Keeping people protected in the demo: the daily job's runs, reminders and talks of the cast, a hand-over."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, exists, select, update

from portal.care.models import RenewalTask
from portal.care.services.hand_overs import HandingOver, hand_over
from portal.care.services.talks import Said, record_talk, remind_participant
from portal.care.services.tasks import keep_all
from portal.database.extensions import db
from portal.demo.calendar import Calendar, local_instant
from portal.demo.people import Member
from portal.demo.situations import actor_of
from portal.domain.actors import Actor, Signature
from portal.domain.months import first_day, last_day, month_of
from portal.membership.models import Contribution, Participant
from portal.organisation.models import Branch
from portal.signups.models import SignUp

_JOB_AT: Final = 6  # o'clock in Palembang
_GIVER: Final = 5  # whose participant is handed over, by the place in the cast
_BEGINS: Final = 10  # days before the end of a month
# What came of the cast's talks, in turn: the outcome, days until the day promised, a note.
_OUTCOMES: Final = (
    ("promised", 0, "Sesudah pasar tutup"),
    ("not_reached", None, ""),
    ("promised", 4, "Menunggu kiriman anaknya"),
    ("says_paid", None, "Struknya di rumah"),
    ("moved", None, "Ikut suami ke Prabumulih"),
    ("died", None, "Kabar dari tetangga lapak"),
    ("refuses", None, "Tidak lagi berdagang di sini"),
    ("not_working", None, ""),
)
_CONTACTS: Final = {
    "L00": ("0711 555 0100", "Jalan Jenderal Sudirman 131, Palembang"),
    "P00": ("0411 555 0110", "Jalan Urip Sumoharjo 20, Makassar"),
    "Z00": ("0967 555 0120", "Jalan Raya Abepura 7, Jayapura"),
}


def keep_on(day: date) -> None:
    """Run the daily job in the morning of a day."""
    keep_all(at=local_instant(day, _JOB_AT))


def keep_before(month: str, calendar: Calendar) -> None:
    """Run the job on the day on which the tasks of a month begin, if the demo gets that far."""
    day = last_day(month) - timedelta(days=_BEGINS)
    if day <= calendar.last_day:
        keep_on(day)


def keep_after(applied_at: datetime) -> None:
    """Run the job after an extract."""
    keep_all(at=applied_at + timedelta(minutes=1))


def add_contacts() -> None:
    """Give the branches of the story a phone and an address."""
    for code, (phone, address) in _CONTACTS.items():
        db.session.execute(update(Branch).where(Branch.code == code).values(phone=phone, address=address))


def tell(cast: Sequence[Member], admin: Actor, calendar: Calendar) -> None:
    """Let the cast remind and talk, hand one participant over, and run the job on the last morning."""
    keep_on(calendar.last_day)
    for member in cast[:4]:
        _talk(member, calendar)
    if len(cast) > _GIVER:
        _hand_over(cast[_GIVER], cast[0], admin, calendar)


def _talk(member: Member, calendar: Calendar) -> None:
    """Let a cadre remind some participants with an open task, and record what came of it."""
    who = actor_of(member)
    for number, row in enumerate(_with_task(member.id)[: len(_OUTCOMES)]):
        outcome, days, note = _OUTCOMES[number]
        at = local_instant(calendar.last_day - timedelta(days=number % 3), 16, 5 * number)
        by = Signature(who, at)
        if row.phone_sealed is not None:
            remind_participant(participant_id=row.id, by=by)
        promised = None if days is None else calendar.last_day + timedelta(days=days)
        record_talk(participant_id=row.id, said=Said(outcome, promised, note), by=by)


def _with_task(cadre_id: int) -> Sequence[Row[Any]]:
    """List a cadre's participants with an open task, by the reference of their sign-up."""
    p, t, s = Participant, RenewalTask, SignUp
    return db.session.execute(
        select(p.id, s.phone_sealed)
        .join(t, (t.participant_id == p.id) & (t.status == "open"))
        .join(s, s.id == p.signup_id)
        .where(p.cadre_id == cadre_id)
        .order_by(s.ref)
    ).all()


def _hand_over(giver: Member, taker: Member, admin: Actor, calendar: Calendar) -> None:
    """Hand over a participant with an open task who has paid nothing this month: nobody's money changes."""
    month = month_of(calendar.last_day)
    paid = exists().where(
        Contribution.participant_id == Participant.id, Contribution.paid_on >= first_day(month)
    )
    people = [row.id for row in _with_task(giver.id)]
    query = select(Participant.id).join(SignUp, SignUp.id == Participant.signup_id)
    query = query.where(Participant.id.in_(people), ~paid).order_by(SignUp.ref).limit(1)
    chosen = db.session.scalars(query).all()
    if chosen:
        at = local_instant(calendar.last_day, 10, 20)
        given = HandingOver(list(chosen), taker.id, month, "Rumahnya satu lorong dengan kader baru")
        hand_over(given=given, by=Signature(admin, at))
