"""Tables of care: renewal tasks and the run of their job, talks, reminders, who has read of hand-overs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Instant, Key, LocalDate, MonthKey

_OPEN = text("status = 'open'")


class RenewalTask(Base):
    """Somebody's protection ends soon or has ended: the cadre reminds them (rules.md 12.1).

    `paid_month` is the last month paid when the task began. An open task is the cadre's who holds the participant, so
    a hand-over takes it along by itself; `cadre_id` is who had it when it closed. *Renewed*: a later extract brought a
    later month. *Lost*: the participant lapsed. *Dropped*: the participant is nobody's any more.
    """

    __tablename__ = "renewal_tasks"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'renewed', 'lost', 'dropped')", name="status"),
        CheckConstraint("(status = 'open') = (closed_on IS NULL)", name="closed"),
        Index(
            "uq_renewal_tasks_open",
            "participant_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_renewal_tasks_participant", "participant_id", "id"),
        Index("ix_renewal_tasks_closed", "cadre_id", "closed_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    participant_id: Mapped[int] = mapped_column(Key, ForeignKey("participants.id"))
    paid_month: Mapped[str] = mapped_column(MonthKey)
    status: Mapped[str] = mapped_column(String(8))
    opened_on: Mapped[date] = mapped_column(LocalDate)
    closed_on: Mapped[date | None] = mapped_column(LocalDate)
    cadre_id: Mapped[int | None] = mapped_column(Key, ForeignKey("cadres.id"))


class CareRun(Base):
    """The newest run of the daily job: the local days of the three zones, and the newest event that it has seen."""

    __tablename__ = "care_runs"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    days: Mapped[str] = mapped_column(String(40))
    last_event: Mapped[int] = mapped_column(BigInt)
    at: Mapped[datetime] = mapped_column(Instant)


class Talk(Base):
    """What came of a talk with a participant; every outcome stays in the record.

    `paid_month` is the last month paid when they talked, '' without one: once a later one is paid, what was said then
    no longer tells what to do. None: recorded before this was kept.
    """

    __tablename__ = "talks"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('promised', 'says_paid', 'moved', 'not_working', 'refuses', 'not_reached', 'died')",
            name="outcome",
        ),
        CheckConstraint("(outcome = 'promised') = (promised_on IS NOT NULL)", name="promised"),
        Index("ix_talks_participant", "participant_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    participant_id: Mapped[int] = mapped_column(Key, ForeignKey("participants.id"))
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(12))
    promised_on: Mapped[date | None] = mapped_column(LocalDate)
    note: Mapped[str | None] = mapped_column(String(300))
    held_on: Mapped[date] = mapped_column(LocalDate)
    paid_month: Mapped[str | None] = mapped_column(MonthKey)
    recorded_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class Reminder(Base):
    """A reminder that a cadre sent from the own phone; its text is kept nowhere."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("participant_id", "sent_on"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    participant_id: Mapped[int] = mapped_column(Key, ForeignKey("participants.id"))
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), index=True)
    sent_on: Mapped[date] = mapped_column(LocalDate)
    sent_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    sent_at: Mapped[datetime] = mapped_column(Instant)


class HandOverNews(Base):
    """The newest audit event about hand-overs that a cadre has acknowledged."""

    __tablename__ = "hand_over_news"

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True)
    last_event: Mapped[int] = mapped_column(BigInt)
