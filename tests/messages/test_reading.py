"""The reader of the audit trail: every event told once, in order, whoever commits when."""

import threading
import time
from datetime import UTC, date, datetime

import pytest
from earning import activity, assign, close, pay, sign_up
from factories import actor_of
from messages.telling import approve, kinds_of, read, send_back, unread
from reporting import hand_in_clean
from sqlalchemy import insert, select, text

from portal import audit, clock
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.messages.models import Message, MessageRun
from portal.messages.services.reading import read_trail


def test_a_returned_report_reaches_the_inbox_of_its_cadre_once_and_nobody_else(cast):
    send_back(cast)

    read()
    read()

    assert kinds_of(cast.marlina) == ["report_returned"]
    assert (unread(cast.marlina), kinds_of(cast.fahmi), kinds_of(cast.herman)) == (1, [], [])


def test_messages_come_in_the_order_of_what_happened(cast):
    first = hand_in_clean(cast.marlina).activity_id
    send_back(cast, cast.herman)
    approve(cast, first)
    send_back(cast)

    read()

    assert kinds_of(cast.marlina) == ["report_approved", "report_returned"]
    events = list(db.session.scalars(select(Message.event_id).order_by(Message.id)))
    assert events == sorted(events)


def test_a_trail_read_in_small_pieces_tells_the_same(cast):
    for _ in range(3):
        send_back(cast)
    for _ in range(60):
        with transaction():
            read_trail(at_once=1)

    assert kinds_of(cast.marlina) == ["report_returned"] * 3
    assert unread(cast.marlina) == 3


def test_a_closed_month_is_told_to_each_cadre_with_a_statement_and_a_prize_to_its_winner(cast):
    assign(cast.palembang, "kader-penggerak")
    for cadre in (cast.marlina, cast.herman):
        sign_up(cadre, 2 if cadre is cast.marlina else 1, on=date(2026, 10, 5))
        pay(cadre, 16_800, paid_on=date(2026, 10, 6))
        activity(cadre, cadre.code, on=date(2026, 10, 5))
    close("2026-10")

    read()

    assert kinds_of(cast.marlina) == ["month_closed", "rank_prize"]
    row = db.session.scalars(select(Message).where(Message.kind == "rank_prize")).first()
    assert (row.month, row.amount) == ("2026-10", 500_000)


def test_nobody_is_told_what_they_did_themselves(cast):
    with transaction():
        audit.record(
            by=Signature(cast.actor("fahmi"), clock.now()),
            act="cadre.certified",
            subject=audit.Subject("cadre", cast.marlina.id, cast.palembang.id),
        )
        audit.record(
            by=Signature(actor_of(cast.marlina), clock.now()),
            act="cadre.certified",
            subject=audit.Subject("cadre", cast.marlina.id, cast.palembang.id),
        )

        audit.record(
            by=Signature(actor_of(cast.marlina), clock.now()),
            act="certificate.issued",
            subject=audit.Subject("cadre", cast.marlina.id, cast.palembang.id),
        )

    read()

    assert kinds_of(cast.marlina) == ["certified", "certificate_issued"], (
        "what came of one's own exam is news"
    )


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_event_that_another_transaction_commits_later_is_not_passed_over(cast):
    """Its number is lower than those that were read meanwhile."""
    values = {
        "at": datetime(2026, 11, 22, 5, 0, tzinfo=UTC), "actor_id": cast.fahmi.id, "actor_role": "supervisor",
        "act": "cadre.certified", "subject_kind": "cadre", "subject_id": str(cast.marlina.id),
    }  # fmt: skip
    db.session.rollback()
    with db.engine.connect() as slow:
        slow.execute(insert(audit.AuditEvent).values(**values))
        send_back(cast)
        read(8)
        assert kinds_of(cast.marlina) == ["report_returned"]
        run = db.session.scalars(select(MessageRun)).one()
        newest = db.session.scalar(text("SELECT max(id) FROM audit_events"))
        assert run.settled < newest, "an open transaction holds the position back"
        db.session.rollback()
        slow.commit()

    read(8)

    assert kinds_of(cast.marlina) == ["report_returned", "certified"]
    assert unread(cast.marlina) == 2
    assert db.session.scalars(select(MessageRun.settled)).one() > newest - 1


def test_two_readers_at_once_tell_everything_once(cast, app):
    for _ in range(3):
        send_back(cast)
    db.session.rollback()
    faults = []

    def work():
        try:
            with app.app_context():
                for _ in range(6):
                    with transaction():
                        read_trail(at_once=2)
                db.session.remove()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    read()

    assert faults == []
    assert kinds_of(cast.marlina) == ["report_returned"] * 3
    assert unread(cast.marlina) == 3


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_second_reader_waits_and_counts_nothing_twice(cast, app):
    send_back(cast)
    values = {
        "at": datetime(2026, 11, 22, 5, 0, tzinfo=UTC), "actor_id": cast.fahmi.id, "actor_role": "supervisor",
        "act": "cadre.certified", "subject_kind": "cadre", "subject_id": str(cast.marlina.id),
    }  # fmt: skip
    db.session.rollback()
    began = threading.Event()

    def second() -> None:
        with app.app_context():
            began.set()
            with transaction():
                read_trail()
            db.session.remove()

    with transaction():
        read_trail()
        with db.engine.begin() as beside:
            beside.execute(insert(audit.AuditEvent).values(**values))
        other = threading.Thread(target=second)
        other.start()
        began.wait()
        time.sleep(0.3)
    other.join()
    read()

    assert (kinds_of(cast.marlina), unread(cast.marlina)) == (["report_returned", "certified"], 2)
