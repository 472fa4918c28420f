"""Tables of training: courses and their versions, lessons read, exams, cohorts, attendance, certificates."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Code, Instant, Json, Key, LocalDate, MonthKey

_OPEN = text("handed_in_at IS NULL")


class Course(Base):
    """A course; what it teaches stands in its versions."""

    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    title: Mapped[str] = mapped_column(String(120))


class CourseVersion(Base):
    """A version of a course, in force from a month on: its document, and how its exam is held (rules.md 10.1).

    `document` never changes, so that an attempt's seed always shows the same questions. `pass_mark` is out of 100;
    `tries` may begin within `tries_days`.
    """

    __tablename__ = "course_versions"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("pass_mark BETWEEN 1 AND 100", name="pass_mark"),
        CheckConstraint("questions > 0 AND minutes > 0 AND tries > 0 AND tries_days > 0", name="exam"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    course_id: Mapped[int] = mapped_column(Key, ForeignKey("courses.id"))
    number: Mapped[int] = mapped_column()
    valid_from: Mapped[str] = mapped_column(MonthKey)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    pass_mark: Mapped[int] = mapped_column()
    questions: Mapped[int] = mapped_column()
    minutes: Mapped[int] = mapped_column()
    tries: Mapped[int] = mapped_column()
    tries_days: Mapped[int] = mapped_column()
    loaded_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    loaded_at: Mapped[datetime] = mapped_column(Instant)


class LessonRead(Base):
    """A lesson of a course that a cadre has read to its end."""

    __tablename__ = "lessons_read"

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    course_id: Mapped[int] = mapped_column(
        Key, ForeignKey("courses.id"), primary_key=True, autoincrement=False
    )
    lesson: Mapped[str] = mapped_column(Code, primary_key=True)
    read_at: Mapped[datetime] = mapped_column(Instant)


class TrainingCohort(Base):
    """A cohort of a branch that is trained together, with seats and dated sessions (rules.md 10.2).

    `number` counts the branch's cohorts. *Cancelled* ones keep their rows, and nobody attends them any more.
    """

    __tablename__ = "training_cohorts"
    __table_args__ = (
        UniqueConstraint("branch_id", "number"),
        CheckConstraint("seats BETWEEN 1 AND 500", name="seats"),
        CheckConstraint("status IN ('open', 'cancelled')", name="status"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"))
    course_id: Mapped[int] = mapped_column(Key, ForeignKey("courses.id"))
    number: Mapped[int] = mapped_column()
    place: Mapped[str] = mapped_column(String(160))
    seats: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(String(12), default="open")
    version: Mapped[int] = mapped_column(default=1)
    opened_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)


class TrainingSession(Base):
    """A meeting of a cohort, `number` 1 being the first; begin and end are instants."""

    __tablename__ = "training_sessions"
    __table_args__ = (
        UniqueConstraint("cohort_id", "number"),
        CheckConstraint("ends_at > starts_at", name="hours"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cohort_id: Mapped[int] = mapped_column(Key, ForeignKey("training_cohorts.id"))
    number: Mapped[int] = mapped_column()
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)


class TrainingSeat(Base):
    """A cadre's seat in a cohort."""

    __tablename__ = "training_seats"
    __table_args__ = (Index("ix_training_seats_cadre", "cadre_id", "cohort_id"),)

    cohort_id: Mapped[int] = mapped_column(
        Key, ForeignKey("training_cohorts.id"), primary_key=True, autoincrement=False
    )
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    seated_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    seated_at: Mapped[datetime] = mapped_column(Instant)


class Attendance(Base):
    """That a cadre attended a session: by the screen's code, or entered by somebody with a reason (rules.md 10.2).

    *Excused* says that they were away with leave: the row tells it, and they did not attend.
    """

    __tablename__ = "training_attendance"
    __table_args__ = (
        CheckConstraint("how IN ('code', 'entered', 'excused')", name="how"),
        CheckConstraint("(how = 'code') = (reason IS NULL)", name="reason"),
    )

    session_id: Mapped[int] = mapped_column(
        Key, ForeignKey("training_sessions.id"), primary_key=True, autoincrement=False
    )
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    how: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(String(300))


class Attempt(Base):
    """A cadre's attempt at an exam; `seed` draws its questions from the version's bank, always the same.

    It ends at `ends_at`, handed in or not; what it earned is set once, when it is handed in or ends. `answers` are
    drawn from the bank's places (0 is right).
    """

    __tablename__ = "exam_attempts"
    __table_args__ = (
        Index("uq_exam_attempts_open", "cadre_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_exam_attempts_cadre", "cadre_id", "version_id", "begun_at"),
        Index("ix_exam_attempts_ends", "ends_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("(handed_in_at IS NULL) = (score IS NULL)", name="marked"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("course_versions.id"))
    seed: Mapped[str] = mapped_column(String(32))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    handed_in_at: Mapped[datetime | None] = mapped_column(Instant)
    right_answers: Mapped[int | None] = mapped_column()
    score: Mapped[int | None] = mapped_column()
    passed: Mapped[bool | None] = mapped_column()


class AttemptAnswer(Base):
    """The newest answer to the question at a place of an attempt (from 1): the answer's place in the bank."""

    __tablename__ = "exam_answers"

    attempt_id: Mapped[int] = mapped_column(
        Key, ForeignKey("exam_attempts.id"), primary_key=True, autoincrement=False
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer: Mapped[int] = mapped_column()
    saved_at: Mapped[datetime] = mapped_column(Instant)


class FreedTry(Base):
    """One more try at a course's exam that the branch freed, with the reason (rules.md 10.1)."""

    __tablename__ = "freed_tries"
    __table_args__ = (Index("ix_freed_tries_cadre", "cadre_id", "course_id", "freed_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    course_id: Mapped[int] = mapped_column(Key, ForeignKey("courses.id"))
    reason: Mapped[str] = mapped_column(String(300))
    freed_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    freed_at: Mapped[datetime] = mapped_column(Instant)


class CertificateCounter(Base):
    """How many certificates a branch has issued in a year; its row is locked while a number is given."""

    __tablename__ = "certificate_counters"

    branch_id: Mapped[int] = mapped_column(
        Key, ForeignKey("branches.id"), primary_key=True, autoincrement=False
    )
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    issued: Mapped[int] = mapped_column(BigInt)


class Certificate(Base):
    """A certificate: a number unique for ever, and the code of its public page (rules.md 10.3).

    One for a cohort and cadre, however often the last condition is met. `shows`: what the public page shows of the
    owner's name; *nothing* turns the page off. `warned_at`: when its coming end was put into the audit trail.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("cohort_id", "cadre_id"),
        CheckConstraint("shows IN ('name', 'initials', 'nothing')", name="shows"),
        Index("ix_certificates_cadre", "cadre_id", "issued_on"),
        Index("ix_certificates_until", "valid_until"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    cohort_id: Mapped[int] = mapped_column(Key, ForeignKey("training_cohorts.id"))
    attempt_id: Mapped[int] = mapped_column(Key, ForeignKey("exam_attempts.id"), unique=True)
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"))
    name: Mapped[str] = mapped_column(String(120))
    score: Mapped[int] = mapped_column()
    issued_on: Mapped[date] = mapped_column(LocalDate)
    valid_until: Mapped[date] = mapped_column(LocalDate)
    shows: Mapped[str] = mapped_column(String(8), default="name")
    issued_at: Mapped[datetime] = mapped_column(Instant)
    warned_at: Mapped[datetime | None] = mapped_column(Instant)
