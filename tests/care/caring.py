"""A participant who stops paying, for the tests of care: extracts month by month, the daily job, acts of a cadre."""

from datetime import UTC, date, datetime, time

from extracts import AT, NIK, apply, participant, row, siti
from sqlalchemy import select

from portal import vault
from portal.care.models import RenewalTask
from portal.care.services.hand_overs import HandingOver, hand_over
from portal.care.services.talks import Said, record_talk, remind_participant
from portal.care.services.tasks import keep_all
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.months import last_day

PHONE = "+6281277441903"


def noon(year, month, day):
    """Noon in Palembang on a day."""
    return datetime(year, month, day, 5, 0, tzinfo=UTC)


def joined(cadre, **more):
    """Siti joined on 3 August and has a phone."""
    return siti(
        cadre_id=cadre.id,
        reported_on=date(2026, 8, 3),
        phone_sealed=vault.seal(PHONE),
        occupation="Ikan asin",
        **more,
    )


def month_paid(month, on=None, **more):
    return row(registered="2026-08-03", blth=month, paid=on or f"{month}-05", **more)


def extract_of(month, *rows, as_of=None):
    """Apply the extract of a month's last day."""
    day = as_of or last_day(month)
    at = datetime.combine(day, time(12), tzinfo=UTC)
    return apply(*rows, as_of=day, at=max(at, AT))


def keep(at):
    with transaction():
        return keep_all(at=at)


def tasks():
    """All tasks: month paid, state, day of the end."""
    rows = db.session.scalars(select(RenewalTask).order_by(RenewalTask.id))
    return [(one.paid_month, one.status, one.closed_on) for one in rows]


def remind(cast, who, at, *, nik=NIK):
    with transaction():
        return remind_participant(participant_id=participant(nik).id, by=Signature(cast.actor(who), at))


def say(cast, who, at, outcome, promised_on=None, note=""):
    with transaction():
        record_talk(
            participant_id=participant().id,
            said=Said(outcome, promised_on, note),
            by=Signature(cast.actor(who), at),
        )


def give(cast, to, month, at, *, nik=NIK):
    with transaction():
        given = HandingOver([participant(nik).id], to.id, month, "Kader pindah tugas")
        return hand_over(given=given, by=Signature(cast.actor("ratna"), at))
