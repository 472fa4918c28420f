"""Tables of recognition: definitions, holidays, leaves, awards, progress, choices, moments, rounds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Instant, Json, Key, LocalDate, MonthKey

_LIVE = text("status IN ('asked', 'approved')")
_UNSHOWN = text("shown_at IS NULL")


class Definition(Base):
    """A version of what is recognised: the levels, a badge, the leagues; in force from a day on (rules.md 11).

    The newest approved version whose day has come holds. `approved_by` is who decided, approved or refused, and is not
    who wrote it; what the portal ships, the operator installs.
    """

    __tablename__ = "recognition_definitions"
    __table_args__ = (
        UniqueConstraint("kind", "code", "version"),
        CheckConstraint("kind IN ('levels', 'badge', 'leagues')", name="kind"),
        CheckConstraint("status IN ('draft', 'approved', 'refused')", name="status"),
        CheckConstraint("(status = 'draft') = (approved_by IS NULL)", name="decided"),
        CheckConstraint("shipped OR approved_by IS NULL OR approved_by <> written_by", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(24))
    version: Mapped[int] = mapped_column()
    valid_from: Mapped[date] = mapped_column(LocalDate)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(8), default="draft")
    shipped: Mapped[bool] = mapped_column(Boolean, default=False)
    written_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    refusal: Mapped[str | None] = mapped_column(String(300))


class Holiday(Base):
    """A national holiday; a week that it touches is neutral for streaks (rules.md 11.2)."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    entered_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)


class Leave(Base):
    """Local days on which a cadre is away, asked for by the cadre and decided by the branch."""

    __tablename__ = "leaves"
    __table_args__ = (
        CheckConstraint("status IN ('asked', 'approved', 'refused', 'withdrawn')", name="status"),
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("status IN ('asked', 'withdrawn') OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        Index("ix_leaves_cadre", "cadre_id", "first_day"),
        Index(
            "uq_leaves_live",
            "cadre_id",
            "first_day",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_leaves_status", "status", "asked_at", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    first_day: Mapped[date] = mapped_column(LocalDate)
    last_day: Mapped[date] = mapped_column(LocalDate)
    status: Mapped[str] = mapped_column(String(12), default="asked")
    reason: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    refusal: Mapped[str | None] = mapped_column(String(300))


class BadgeAward(Base):
    """A badge of a cadre: awarded once, with the rows it stands on, and taken back for fraud alone (rules.md 11.3).

    `evidence` lists sources, sorted bytewise: "activity:REF", "signup:REF", "retention_3:signup:REF" … `awarded_on` is
    the local date in the cadre's branch. The database refuses to delete or change an award but for taking it back.
    """

    __tablename__ = "badge_awards"
    __table_args__ = (
        UniqueConstraint("cadre_id", "code"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_because IS NULL)", name="taken_back"),
        Index("ix_badge_awards_code", "code", "cadre_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    code: Mapped[str] = mapped_column(String(24))
    version: Mapped[int] = mapped_column()
    awarded_on: Mapped[date] = mapped_column(LocalDate)
    awarded_at: Mapped[datetime] = mapped_column(Instant)
    evidence: Mapped[list[str]] = mapped_column(Json)
    value: Mapped[int] = mapped_column(BigInt)
    taken_back_at: Mapped[datetime | None] = mapped_column(Instant)
    taken_back_because: Mapped[str | None] = mapped_column(String(300))


class CadreProgress(Base):
    """A cadre's level and streak as counted last: what lists of many cadres show.

    `week` is the Monday of the week, in the zone of the cadre's branch, as of which the streak was counted.
    """

    __tablename__ = "cadre_progress"
    __table_args__ = (Index("ix_cadre_progress_week", "week", "cadre_id"),)

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column()
    streak_weeks: Mapped[int] = mapped_column()
    longest_streak: Mapped[int] = mapped_column()
    week: Mapped[date] = mapped_column(LocalDate)
    version: Mapped[int] = mapped_column(default=1)


class RecognitionChoice(Base):
    """What a cadre hides from other cadres, and the code of the public page of badges, None: there is none."""

    __tablename__ = "recognition_choices"
    __table_args__ = (CheckConstraint("name_shown IN ('name', 'alias', 'initials')", name="name_shown"),)

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    hide_level: Mapped[bool] = mapped_column(Boolean, default=False)
    hide_streak: Mapped[bool] = mapped_column(Boolean, default=False)
    hide_badges: Mapped[bool] = mapped_column(Boolean, default=False)
    hide_league: Mapped[bool] = mapped_column(Boolean, default=False)
    public_code: Mapped[str | None] = mapped_column(String(32), unique=True)
    name_shown: Mapped[str] = mapped_column(String(8), default="name")


class Moment(Base):
    """Something reached that the next page tells its cadre once; `source` names it for ever."""

    __tablename__ = "moments"
    __table_args__ = (
        UniqueConstraint("cadre_id", "source"),
        CheckConstraint(
            "kind IN ('threshold', 'level', 'badge', 'best_month', 'team_goal', 'streak')", name="kind"
        ),
        Index("ix_moments_unshown", "cadre_id", "id", sqlite_where=_UNSHOWN, postgresql_where=_UNSHOWN),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    kind: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Instant)
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    shown_at: Mapped[datetime | None] = mapped_column(Instant)


class RecognitionMark(Base):
    """A cadre whose recognition is to be counted again: triggers on ledger, activities and states write it.

    Whoever writes those rows writes the mark in the same transaction, so that nothing is missed; the round deletes it
    in the transaction that counts. `whole`: everybody is counted again, which is no occasion for moments.
    """

    __tablename__ = "recognition_marks"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key)
    whole: Mapped[bool] = mapped_column(Boolean)


class RecognitionRun(Base):
    """The newest daily round: the zones' local days, the definitions it counted by, the newest month looked at."""

    __tablename__ = "recognition_runs"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    days: Mapped[str] = mapped_column(String(40))
    definitions: Mapped[str] = mapped_column(String(64))
    best_month: Mapped[str | None] = mapped_column(MonthKey)
    at: Mapped[datetime] = mapped_column(Instant)
