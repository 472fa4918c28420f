"""What a cadre does for a participant: a reminder, a call, and what came of the talk (rules.md 9.1 and 12.1)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from portal import audit, vault
from portal.care.models import Reminder, Talk
from portal.care.queries.participants import find_last_paid_month, find_last_talk, get_participant
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.care import check_outcome, check_reminder, may_be_reminded
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import local_date, month_of
from portal.domain.names import MIN_PURPOSE, check_reason
from portal.membership.models import Participant
from portal.organisation.queries import parameter
from portal.signups.models import SignUp

# The purposes that the portal states by itself, as the audit trail keeps them.
REMINDING = "pengingat iuran"
MAX_NOTE = 300


@dataclass(frozen=True)
class Said:
    """What came of a talk: the outcome, the day promised, and a note."""

    outcome: str
    promised_on: date | None = None
    note: str = ""


def remind_participant(*, participant_id: int, by: Signature) -> str:
    """Record a reminder and return the phone that it goes to, revealed for that purpose; at most once in 7 days (data).

    The portal writes to nobody: the cadre sends it from the own phone.
    """
    signup = _lock_own(participant_id, by=by)
    today = _today(by)
    last = find_last_talk(participant_id)
    if not may_be_reminded(last):
        raise RuleBroken("care.no_reminder", {"outcome": last.outcome if last else ""})
    newest = select(Reminder.sent_on).where(Reminder.participant_id == participant_id)
    sent_on = db.session.scalars(newest.order_by(Reminder.sent_on.desc()).limit(1)).one_or_none()
    check_reminder(sent_on, today, int(parameter("reminder_days", month=month_of(today))))
    phone = _reveal(signup, participant_id, purpose=REMINDING, by=by)
    audit.record(
        by=by,
        act="participant.reminded",
        subject=audit.Subject("participant", participant_id, by.actor.branch_id),
    )
    row = {"participant_id": participant_id, "cadre_id": by.actor.cadre_id, "sent_on": today}
    db.session.execute(insert(Reminder).values(**row, sent_by=by.actor.user_id, sent_at=by.at))
    return phone


def reveal_phone(*, participant_id: int, purpose: str, by: Signature) -> str:
    """Return a participant's phone in full, and record who saw it for which purpose."""
    found = get_participant(participant_id, actor=by.actor)
    text = check_reason(purpose, "people.purpose_needed", least=MIN_PURPOSE)
    signup = db.session.get_one(SignUp, found.signup_id)
    return _reveal(signup, participant_id, purpose=text, by=by)


def record_talk(*, participant_id: int, said: Said, by: Signature) -> None:
    """Record what came of a talk; every outcome stays. The same one sent twice on a day is recorded once."""
    _lock_own(participant_id, by=by)
    today = _today(by)
    promised_on = check_outcome(said.outcome, said.promised_on, today)
    said_now = (said.outcome, promised_on, said.note.strip()[:MAX_NOTE] or None, today)
    newest = select(Talk.outcome, Talk.promised_on, Talk.note, Talk.held_on)
    newest = newest.where(Talk.participant_id == participant_id).order_by(Talk.id.desc()).limit(1)
    if db.session.execute(newest).one_or_none() == said_now:
        return
    row: dict[str, Any] = dict(zip(("outcome", "promised_on", "note", "held_on"), said_now, strict=True))
    row |= {"participant_id": participant_id, "cadre_id": by.actor.cadre_id}
    row["paid_month"] = find_last_paid_month(participant_id) or ""
    db.session.execute(insert(Talk).values(**row, recorded_by=by.actor.user_id, recorded_at=by.at))
    audit.record(
        by=by,
        act="participant.talk_recorded",
        subject=audit.Subject("participant", participant_id, by.actor.branch_id),
        details={"outcome": said.outcome} | ({"promised_on": promised_on.isoformat()} if promised_on else {}),
    )


def _lock_own(participant_id: int, *, by: Signature) -> SignUp:
    """Lock a participant of the cadre who acts, and return the sign-up with the phone."""
    db.session.execute(select(Participant.id).where(Participant.id == participant_id).with_for_update())
    found = get_participant(participant_id, actor=by.actor)
    if found.cadre_id != by.actor.cadre_id:
        raise NotAllowed("care.not_yours")
    return db.session.get_one(SignUp, found.signup_id)


def _today(by: Signature) -> date:
    return local_date(by.at, by.actor.zone)


def _reveal(signup: SignUp, participant_id: int, *, purpose: str, by: Signature) -> str:
    if signup.phone_sealed is None:
        raise RuleBroken("people.no_number")
    audit.record(
        by=by,
        act="participant.phone_revealed",
        subject=audit.Subject("participant", participant_id, by.actor.branch_id),
        reason=purpose,
        details={"number": "phone"},
    )
    return vault.unseal(signup.phone_sealed)
