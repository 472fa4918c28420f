"""Tables of the agenda: events, seats, attendance, addresses of calendars."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Code, Instant, Key


class Event(Base):
    """An event of a branch (rules.md 12.4); begin and end are instants.

    `ref` is made with the form that plans it, so that a form sent twice plans it once; the refs of its activities
    come from it, so only people of the office see it. `target`: sign-ups hoped for; `expected`: people expected;
    `came`: people who came, said when it is closed. Cadres see what was ever published.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("status IN ('planned', 'published', 'closed', 'cancelled')", name="status"),
        CheckConstraint("seats BETWEEN 1 AND 500", name="seats"),
        CheckConstraint("ends_at > starts_at", name="hours"),
        CheckConstraint("target >= 0 AND expected >= 0 AND came >= 0", name="figures"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("(status = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled"),
        Index("ix_events_branch", "branch_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(Code, unique=True)
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"))
    type: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(120))
    village_code: Mapped[str | None] = mapped_column(String(10))
    notes: Mapped[str | None] = mapped_column(String(500))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    seats: Mapped[int] = mapped_column()
    target: Mapped[int | None] = mapped_column()
    expected: Mapped[int | None] = mapped_column()
    came: Mapped[int | None] = mapped_column()
    status: Mapped[str] = mapped_column(String(12), default="planned")
    version: Mapped[int] = mapped_column(default=1)
    cancel_reason: Mapped[str | None] = mapped_column(String(300))
    planned_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    planned_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    closed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class EventSeat(Base):
    """A cadre who signed up for an event; who stepped back has no seat any more and may sign up again."""

    __tablename__ = "event_seats"
    __table_args__ = (Index("ix_event_seats_cadre", "cadre_id", "event_id"),)

    event_id: Mapped[int] = mapped_column(Key, ForeignKey("events.id"), primary_key=True, autoincrement=False)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    signed_up_at: Mapped[datetime] = mapped_column(Instant)
    stepped_back_at: Mapped[datetime | None] = mapped_column(Instant)


class EventAttendance(Base):
    """That a cadre attended an event: by the screen's code, or entered by somebody with a reason.

    `obstacle`: why closing the event gave this cadre no activity; empty for who got one.
    """

    __tablename__ = "event_attendance"
    __table_args__ = (
        CheckConstraint("how IN ('code', 'entered')", name="how"),
        CheckConstraint("(how = 'code') = (reason IS NULL)", name="reason"),
        Index("ix_event_attendance_cadre", "cadre_id"),
    )

    event_id: Mapped[int] = mapped_column(Key, ForeignKey("events.id"), primary_key=True, autoincrement=False)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    how: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(String(300))
    obstacle: Mapped[str | None] = mapped_column(String(40))


class CalendarLink(Base):
    """Which address of a cadre's calendar holds: only one of this version; making a new one ends the earlier."""

    __tablename__ = "calendar_links"

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(Instant)
