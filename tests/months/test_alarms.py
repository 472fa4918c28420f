"""The alarm about a month that can't close: in the trail, in the log, on the pages (rules.md 1.5)."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from cast import make_cast
from earning import assign, make_import, sign_up
from flask import current_app
from signing_in import post, sign_in
from sqlalchemy import select
from structlog.testing import capture_logs

from portal import audit, clock, jobs, scheduler
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.months.models import MonthAlarm
from portal.months.queries.alarms import list_alarms
from portal.months.services.alarming import name_of
from portal.points.queries import is_closed

DAY_1 = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
DAY_2 = datetime(2026, 11, 1, 17, 0, tzinfo=UTC)  # 2 November, 00:00 in Jakarta
CLOSES = datetime(2026, 11, 2, 19, 0, tzinfo=UTC)  # 3 November, 02:00 in Jakarta
OFFICE = ("fahmi", "vera", "farah", "ratna", "agus")


@pytest.fixture
def cast(app):
    cast = make_cast()
    assign(cast.palembang, "perisai-2022")
    sign_up(cast.marlina, 1, on=date(2026, 9, 10))
    sign_up(cast.marlina, 1, on=date(2026, 10, 10))
    make_import(date(2026, 9, 30))
    return cast


def tick(at: datetime) -> list[dict]:
    """Let a scheduler check the months at an instant; return what it logs at error level."""
    clock.configure(at)
    with transaction():
        jobs.record_heartbeat("test", at=at)
    with capture_logs() as logs:
        scheduler.guarded(
            current_app._get_current_object(), scheduler.Task("close", 60, scheduler.close_months)
        )()
    return [line for line in logs if line["log_level"] == "error" and line["event"] != "task failed"]


def at_once(app, *acts) -> None:
    """Run acts in threads of their own, released together."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        with app.app_context():
            barrier.wait()
            act()
            db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def alarms() -> list[tuple[str, dict]]:
    db.session.rollback()
    query = select(audit.AuditEvent.subject_id, audit.AuditEvent.details)
    rows = db.session.execute(
        query.where(audit.AuditEvent.act == "month.alarm").order_by(audit.AuditEvent.id)
    )
    return [(row.subject_id, row.details) for row in rows]


def break_closing(monkeypatch, fault: Exception) -> None:
    def broken(**_given):
        raise fault

    monkeypatch.setattr(scheduler, "close_month", broken)


def test_a_missing_extract_is_alarmed_from_the_second_day_on_once_a_day(cast):
    assert tick(DAY_1) == []
    assert alarms() == []
    assert [(line["month"], line["reason"]) for line in tick(DAY_2)] == [("2026-10", "no_extract")]
    assert tick(DAY_2 + timedelta(minutes=1)) == []
    assert alarms() == [("2026-10", {"reason": "no_extract"})]
    assert tick(DAY_2 + timedelta(days=1))[0]["reason"] == "no_extract"
    assert is_closed("2026-09")
    assert not is_closed("2026-10")
    assert len(alarms()) == 2


def test_a_month_behind_an_open_one_names_it(cast, monkeypatch):
    clock.configure(datetime(2026, 11, 22, 5, 0, tzinfo=UTC))
    make_import(date(2026, 10, 31))  # serves both
    break_closing(monkeypatch, RuntimeError("a bug"))
    lines = tick(clock.now())
    assert [(line["month"], line["reason"]) for line in lines] == [
        ("2026-09", "fault"),
        ("2026-10", "earlier_open"),
    ]
    assert alarms()[1] == ("2026-10", {"reason": "earlier_open", "earlier": "2026-09"})


@pytest.mark.slow
def test_a_close_that_breaks_off_is_alarmed_with_its_fault_and_named_on_the_pages(client, cast, monkeypatch):
    make_import(date(2026, 10, 31))
    tick(DAY_1)  # closes September
    break_closing(monkeypatch, OSError(28, "No space left on device"))
    assert tick(CLOSES)[0]["fault"] == "OSError: No space left on device"
    assert tick(CLOSES + timedelta(minutes=1)) == []
    assert alarms() == [("2026-10", {"reason": "fault", "fault": "OSError: No space left on device"})]
    for name in OFFICE:
        for page in ("/", "/months"):
            assert "No space left on device" in sign_in(client, getattr(cast, name)).get(page).text
    monkeypatch.undo()
    tick(CLOSES + timedelta(minutes=2))
    assert list_alarms(at=clock.now()) == []
    assert is_closed("2026-10")


def test_two_schedulers_raise_it_once(app, cast):
    tick(DAY_1)
    clock.configure(DAY_2)
    db.session.rollback()
    at_once(app, *[scheduler.close_months] * 3)
    assert alarms() == [("2026-10", {"reason": "no_extract"})]
    assert len(db.session.scalars(select(MonthAlarm)).all()) == 1


@pytest.mark.slow
def test_the_office_sees_it_with_what_to_do_and_cadres_do_not(client, cast):
    tick(DAY_2)
    for name in OFFICE:
        for page in ("/", "/months"):
            html = sign_in(client, getattr(cast, name)).get(page).text
            assert "Oktober 2026 belum bisa ditutup" in html
            assert 'href="/months/2026-10' in html
            assert ('href="/extracts"><' not in html) or name in {"vera", "ratna"}
    assert "belum bisa ditutup" not in sign_in(client, cast.marlina).get("/").text


def test_an_admin_releases_it_with_a_reason_and_it_closes(client, cast):
    tick(CLOSES)
    assert not is_closed("2026-10")
    sign_in(client, cast.ratna)
    assert 'id="lepas"' in client.get("/months/2026-10").text
    assert post(client, "/months/2026-10/release", {"reason": "BPJS terlambat"}).status_code == 302
    assert "belum bisa ditutup" not in client.get("/").text
    tick(CLOSES + timedelta(minutes=1))
    assert is_closed("2026-10")
    event = db.session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.act == "month.released")).one()
    assert (event.reason, event.actor_id) == ("BPJS terlambat", cast.ratna.id)


def test_a_silent_scheduler_is_shown_by_the_pages_themselves(client, cast):
    make_import(date(2026, 10, 31))
    tick(DAY_1)
    clock.configure(DAY_2)
    assert list_alarms(at=DAY_2)[0].reason == "scheduler_silent"
    assert "Penjadwal tidak bekerja" in sign_in(client, cast.farah).get("/").text
    with transaction():
        jobs.record_heartbeat("test", at=DAY_2)
    assert list_alarms(at=DAY_2) == []
    assert "Penjadwal tidak bekerja" not in client.get("/months").text


def test_nothing_is_alarmed_while_all_goes_well(cast):
    make_import(date(2026, 10, 31))
    for at in (DAY_1, DAY_2, CLOSES, CLOSES + timedelta(days=1)):
        assert tick(at) == []
    assert alarms() == []


def test_a_fault_is_named_without_the_values_of_a_row():
    from sqlalchemy.exc import IntegrityError

    said = Exception('duplicate key value violates "uq"\nDETAIL: Key (nik)=(1671014507850003)')
    assert name_of(IntegrityError("INSERT", {}, said)) == 'IntegrityError: duplicate key value violates "uq"'
    assert name_of(ValueError("1671014507850003")) == "ValueError"
