"""A large extract as a job: how far it has come, seen from outside while its transaction is open."""

from datetime import date, timedelta

import pytest
from extracts import participant, row, write
from factories import actor_of, make_nik, make_user
from sqlalchemy import select

from portal import clock
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.jobs import STALE, Job, claim_next
from portal.membership.models import ExtractImport
from portal.membership.services import applying, uploading
from portal.scheduler import run_waiting_jobs


@pytest.fixture
def uploaded(app, monkeypatch):
    monkeypatch.setattr(uploading, "LARGE", 100)
    monkeypatch.setattr("portal.membership.services.staging._STEP", 1)
    actor = actor_of(make_user(role="validator", scope="nation"))
    rows = [row(), row(nik=make_nik(), kpj="", name="BUDI")]
    with transaction():
        number, large = uploading.upload_extract(
            data=write(*rows).read_bytes(), file_name="bpu.csv", as_of=date(2026, 10, 31), by=Signature(actor, clock.now()),
        )  # fmt: skip
    assert large
    return number, actor


def watch(monkeypatch, act: str) -> list[tuple[int, int]]:
    """Note what another connection sees of the running job before the last part of its work."""
    seen, last = [], getattr(applying, act)

    def look(**given):
        with db.engine.connect() as other:
            running = select(Job.progress, Job.total).where(Job.status == "running", Job.beat_at.is_not(None))
            seen.extend(other.execute(running).tuples())
        return last(**given)

    monkeypatch.setattr(applying, act, look)
    return seen


def done(number: int) -> ExtractImport:
    db.session.rollback()
    found = db.session.get_one(ExtractImport, number)
    assert db.session.get_one(Job, found.job_id).status == "done"
    return found


def test_a_job_shows_how_many_rows_it_has_read_where_two_can_write(app, uploaded, monkeypatch):
    number, actor = uploaded
    seen = watch(monkeypatch, "match_all")
    run_waiting_jobs()
    assert done(number).status == "previewed"
    with transaction():
        uploading.enqueue_upload(import_id=number, skip_bad=True, by=Signature(actor, clock.now()))
    run_waiting_jobs()
    good = done(number).counts["rows"]

    assert participant() is not None
    assert seen == [(good, 3), (good, good)]


def test_a_job_that_is_alive_is_not_taken_again(app, uploaded, monkeypatch):
    number, _ = uploaded
    start = clock.now()
    taken, last = [], applying.match_all

    def long_work(**given):
        if db.engine.dialect.name != "sqlite":  # there a second scheduler waits for the writer
            taken.append(claim_elsewhere())
        return last(**given)

    def claim_elsewhere():
        with app.app_context(), transaction():
            return claim_next(at=start + STALE + timedelta(minutes=1))

    times = iter([start, start, *(start + timedelta(minutes=n) for n in range(2, 60, 2))])
    monkeypatch.setattr("portal.scheduler.clock.now", lambda: next(times))
    monkeypatch.setattr(applying, "match_all", long_work)
    run_waiting_jobs()

    assert taken in ([], [None])
    assert done(number).status == "previewed"


def test_a_job_with_a_rule_against_it_fails_with_the_reason(app, uploaded):
    number, _ = uploaded
    with transaction():
        db.session.get_one(ExtractImport, number).status = "discarded"

    run_waiting_jobs()

    db.session.rollback()
    job = db.session.get_one(Job, db.session.get_one(ExtractImport, number).job_id)
    assert (job.status, job.problem, job.result) == ("failed", "membership.extract_done", None)
