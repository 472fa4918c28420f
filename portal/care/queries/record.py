"""The record of one participant: months paid, talks, reminders and tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select

from portal.accounts.models import User
from portal.care.models import Reminder, RenewalTask, Talk
from portal.database.extensions import db
from portal.domain.months import add_months, month_of, month_range
from portal.membership.models import Contribution

SHOWN = 12  # months before this one


@dataclass(frozen=True)
class PaidMonth:
    """One month of the picture: paid or not, when, how much, by whom."""

    month: str
    paid_on: date | None = None
    amount: int = 0
    payer_type: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Noted:
    """One line of the record, newest first: a talk, a reminder, a payment, or the end of a task."""

    kind: str
    on: date
    by: str = ""
    outcome: str = ""
    promised_on: date | None = None
    note: str = ""
    month: str = ""
    amount: int = 0


def list_months(participant_id: int, *, today: date, since: date | None) -> list[PaidMonth]:
    """List the months of the picture: a year back at most, and ahead as far as is paid."""
    c = Contribution
    rows = db.session.execute(
        select(c.blth, c.paid_on, c.amount, c.payer_type, c.number)
        .where(c.participant_id == participant_id)
        .order_by(c.blth)
    ).all()
    paid = {row.blth: PaidMonth(*row) for row in rows}
    this = month_of(today)
    start = min([*paid, month_of(since) if since else this, this])
    shown = month_range(max(start, add_months(this, -SHOWN)), max([*paid, this]))
    return [paid.get(month, PaidMonth(month)) for month in shown]


def list_notes(participant_id: int) -> list[Noted]:
    """List what was done and what happened, newest first."""
    found = [
        *(_of_talk(row) for row in _talks(participant_id)),
        *(Noted("reminder", row.sent_on, row.name) for row in _reminders(participant_id)),
        *_payments(participant_id),
        *_tasks(participant_id),
    ]
    return sorted(found, key=lambda one: one.on, reverse=True)


def _talks(participant_id: int) -> Sequence[Row[Any]]:
    query = select(Talk, User.name).join(User, User.id == Talk.recorded_by)
    return db.session.execute(
        query.where(Talk.participant_id == participant_id).order_by(Talk.id.desc())
    ).all()


def _of_talk(row: Row[Any]) -> Noted:
    talk = row.Talk
    return Noted(
        "talk",
        talk.held_on,
        row.name,
        outcome=talk.outcome,
        promised_on=talk.promised_on,
        note=talk.note or "",
    )


def _reminders(participant_id: int) -> Sequence[Row[Any]]:
    query = select(Reminder.sent_on, User.name).join(User, User.id == Reminder.sent_by)
    return db.session.execute(
        query.where(Reminder.participant_id == participant_id).order_by(Reminder.id.desc())
    ).all()


def _payments(participant_id: int) -> list[Noted]:
    """List the payments by day: several months paid at once are one."""
    c = Contribution
    rows = db.session.execute(
        select(c.paid_on, func.max(c.blth).label("month"), func.sum(c.amount).label("amount"))
        .where(c.participant_id == participant_id)
        .group_by(c.paid_on)
    )
    return [Noted("payment", row.paid_on, month=row.month, amount=int(row.amount)) for row in rows]


def _tasks(participant_id: int) -> list[Noted]:
    t = RenewalTask
    ended = t.status.in_(("renewed", "lost"))
    rows = db.session.execute(
        select(t.status, t.closed_on, t.paid_month).where(t.participant_id == participant_id, ended)
    )
    return [Noted(row.status, row.closed_on, month=row.paid_month) for row in rows]


def find_last_reminder(participant_id: int) -> date | None:
    """Return the day of the newest reminder, or None."""
    query = select(func.max(Reminder.sent_on)).where(Reminder.participant_id == participant_id)
    return db.session.execute(query).scalar_one()
