"""Long work as rows that a scheduler process takes, and the schedulers' heartbeats."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Instant, Json, Key
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.locks import may_write_beside
from portal.domain.actors import Signature

STALE = timedelta(minutes=5)


class Job(Base):
    """A long piece of work: waiting, running, done or failed; `progress` counts up to `total`."""

    __tablename__ = "jobs"
    __table_args__ = (CheckConstraint("status IN ('waiting', 'running', 'done', 'failed')", name="status"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16), index=True)
    arguments: Mapped[dict[str, Any]] = mapped_column(Json)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    problem: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    beat_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class Heartbeat(Base):
    """The last heartbeat of a scheduler process."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


def enqueue(*, kind: str, arguments: Mapping[str, Any], by: Signature, total: int = 0) -> int:
    """Enqueue a job and return its number; `total` is how far its progress will go, 0 if nobody knows."""
    result = db.session.execute(
        insert(Job)
        .values(
            kind=kind,
            status="waiting",
            arguments=dict(arguments),
            total=total,
            asked_by=by.actor.user_id,
            asked_at=by.at,
        )
        .returning(Job.id),
    )
    return int(result.scalar_one())


def claim_next(*, at: datetime) -> Job | None:
    """Take the oldest waiting job, or one whose runner has died; None if there is none."""
    due = (Job.status == "waiting") | ((Job.status == "running") & (Job.beat_at < at - STALE))
    wanted = select(Job.id).where(due).order_by(Job.id).limit(1).with_for_update(skip_locked=True)
    number = db.session.execute(wanted).scalar_one_or_none()
    if number is None:
        return None
    db.session.execute(
        update(Job).where(Job.id == number).values(status="running", started_at=at, beat_at=at),
    )
    return db.session.get(Job, number, populate_existing=True)


def find_job(number: int) -> Job | None:
    """Return a job or None."""
    return db.session.get(Job, number)


def report_progress(number: int, *, progress: int, at: datetime) -> None:
    """Record how far a job has come, which is also its heartbeat, beside the transaction that does its work.

    On SQLite nothing is recorded while the job itself is the one writer: nobody can take it from it then.
    """
    if not may_write_beside():
        return
    with db.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as beside:
        beside.execute(update(Job).where(Job.id == number).values(progress=progress, beat_at=at))


def finish(
    number: int, *, at: datetime, result: Mapping[str, Any] | None, problem: str | None = None
) -> None:
    """Mark a job done, or failed with the reason."""
    db.session.execute(
        update(Job)
        .where(Job.id == number)
        .values(
            status="failed" if problem else "done",
            finished_at=at,
            result=dict(result) if result else None,
            problem=problem,
        ),
    )


def record_heartbeat(name: str, *, at: datetime) -> None:
    """Record a scheduler's heartbeat."""
    here = update(Heartbeat).where(Heartbeat.name == name).values(at=at)
    if change(here).rowcount == 0:
        db.session.execute(insert(Heartbeat).values(name=name, at=at))


def last_heartbeat() -> datetime | None:
    """Return the newest heartbeat of any scheduler."""
    return db.session.execute(
        select(Heartbeat.at).order_by(Heartbeat.at.desc()).limit(1)
    ).scalar_one_or_none()
