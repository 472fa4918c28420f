"""Tables of messages: inbox, position in the audit trail, letters, preferences, devices, what goes out."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Instant, Json, Key, LocalDate, MonthKey

_OPEN = text("status IN ('waiting', 'sending')")


class Message(Base):
    """Something that a person is told: one row per audit event, reader and kind, so that nothing is told twice.

    Only small values are kept, never words: they are looked up in the reader's language. `subject` is the number or
    key of what the event is about; `amount` rupiah, points or a count, as the kind says.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("event_id", "user_id", "kind"),
        Index("ix_messages_user", "user_id", "id"),
        Index("ix_messages_letter", "letter_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(Key, ForeignKey("audit_events.id"))
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Instant)
    subject: Mapped[str] = mapped_column(String(64))
    month: Mapped[str | None] = mapped_column(MonthKey)
    day: Mapped[date | None] = mapped_column(LocalDate)
    code: Mapped[str | None] = mapped_column(String(32))
    amount: Mapped[int | None] = mapped_column(BigInt)
    letter_id: Mapped[int | None] = mapped_column(Key, ForeignKey("letters.id"))
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class MessageRun(Base):
    """How far the audit trail is read; its row is locked while it is (docs/decisions/0042).

    Up to `settled` no event can appear any more; up to `seen` events were looked at, and those after `settled` are
    looked at again. `horizon`: once every transaction before this one has ended, `seen` is settled (PostgreSQL).
    `planned` is the newest message for which it is decided what goes out.
    """

    __tablename__ = "message_runs"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    settled: Mapped[int] = mapped_column(BigInt)
    seen: Mapped[int] = mapped_column(BigInt)
    horizon: Mapped[int | None] = mapped_column(BigInt)
    planned: Mapped[int] = mapped_column(BigInt)


class Letter(Base):
    """What the office wrote to one cadre or to a branch; praise is one of its kinds. Never changed.

    `ref` is made with the form, so that a letter sent twice is one. Without `cadre_id` it is for the branch.
    """

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("kind IN ('letter', 'praise')", name="kind"),
        CheckConstraint("kind <> 'praise' OR cadre_id IS NOT NULL", name="praise"),
        Index("ix_letters_branch", "branch_id", "id"),
        Index("ix_letters_sender", "sent_by", "sent_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"))
    cadre_id: Mapped[int | None] = mapped_column(Key, ForeignKey("cadres.id"))
    text: Mapped[str] = mapped_column(Text)
    sent_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    sent_at: Mapped[datetime] = mapped_column(Instant)


class MessagePreference(Base):
    """What a reader does not want on the phone or by e-mail, and their quiet hours; the inbox gets everything."""

    __tablename__ = "message_preferences"

    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), primary_key=True)
    off: Mapped[list[str]] = mapped_column(Json)
    quiet_from: Mapped[int | None] = mapped_column()
    quiet_until: Mapped[int | None] = mapped_column()


class PushSubscription(Base):
    """A device that may ring: the address and keys that its browser gave, good while its session is open."""

    __tablename__ = "push_subscriptions"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), index=True)
    session_id: Mapped[int] = mapped_column(Key, ForeignKey("user_sessions.id"))
    endpoint: Mapped[str] = mapped_column(String(1000), unique=True)
    p256dh: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(48))
    added_at: Mapped[datetime] = mapped_column(Instant)


class Dispatch(Base):
    """A pointer that goes out: a push to one device or an e-mail, about one message or as the digest of a day.

    `device` is the subscription's number, 0 for e-mail. A row is claimed before it is sent: the claim of a sender that
    died lapses, and the same pointer, with the same name, goes out again (docs/decisions/0042).
    """

    __tablename__ = "dispatches"
    __table_args__ = (
        CheckConstraint("channel IN ('push', 'mail')", name="channel"),
        CheckConstraint("status IN ('waiting', 'sending', 'sent', 'dropped', 'given_up')", name="status"),
        CheckConstraint("(message_id IS NULL) = (day IS NOT NULL)", name="subject"),
        UniqueConstraint("channel", "message_id", "device"),
        UniqueConstraint("channel", "user_id", "day", "device"),
        Index("ix_dispatches_due", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_dispatches_ended", "ended_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel: Mapped[str] = mapped_column(String(4))
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    message_id: Mapped[int | None] = mapped_column(Key, ForeignKey("messages.id"))
    day: Mapped[str | None] = mapped_column(String(10))
    device: Mapped[int] = mapped_column(BigInt)
    status: Mapped[str] = mapped_column(String(8))
    due_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str | None] = mapped_column(String(80))
