"""The reader and the sender killed at any point: everybody is told once, and everything arrives once by its name."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from messages.receiving import add_device
from messages.telling import read, send_back, statuses
from sqlalchemy import event, func, select

from portal import clock
from portal.accounts.models import User
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.messages import rounds
from portal.messages.channels.carrier import Carrier
from portal.messages.models import Message
from portal.messages.rounds import send_out, tell
from portal.messages.services.planning import plan_dispatches
from portal.messages.services.sending import claim_due

CLAIM = timedelta(minutes=6)

pytestmark = [pytest.mark.slow]


def killed(app, act: Callable[[], None], arrange: Callable[[], None]) -> int:
    """Do an act in a forked process that `arrange` lets die; return its exit status."""
    db.session.rollback()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            arrange()
            act()
            db.session.remove()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_at(number: int) -> Callable[[], None]:
    def arrange() -> None:
        left = [number]

        def fall(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                die()

        event.listen(db.engine, "before_cursor_execute", fall)

    return arrange


def test_a_reader_killed_at_any_statement_tells_everything_once(cast, app):
    send_back(cast)
    user_id = cast.marlina.user_id
    number, status = 0, -9
    while status == -9:
        number += 1
        status = killed(app, tell, dying_at(number))

    assert (status, number > 3) == (0, True)
    read()
    assert db.session.scalar(select(func.count(Message.id)).where(Message.user_id == user_id)) == 1
    assert db.session.scalar(select(User.unread).where(User.id == user_id)) == 1


def test_a_sender_killed_at_any_statement_sends_everything_once_by_name(cast, app, mailbox, service):
    """Only between the other side's answer and its record a pointer may go out again: under the same name."""
    add_device(cast.marlina)
    number, status, twice = 0, -9, 0
    while status == -9:
        number += 1
        mailbox.mails.clear()
        service.got.clear()
        send_back(cast)
        tell()
        status = killed(app, send_out, dying_at(number))
        clock.configure(clock.now() + CLAIM)
        send_out()
        assert len(set(mailbox.names())) == len(set(service.topics())) == 1, number
        twice += (len(mailbox.mails) > 1) + (len(service.got) > 1)
        assert {state for _, state in statuses()} == {"sent"}, number

    assert number > 8
    assert twice <= 4, "only where it dies after the answer and before the record"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_sender_killed_around_the_sending_loses_nothing(cast, app, mailbox, service, moment):
    add_device(cast.marlina)
    send_back(cast)
    tell()
    carry = Carrier.carry

    def arrange() -> None:
        def dying(self, parcel, *said, at):
            if moment == "after":
                carry(self, parcel, *said, at=at)
            die()

        Carrier.carry = dying

    assert killed(app, send_out, arrange) == -9
    send_out()
    assert len(mailbox.mails) + len(service.got) < 3, "the claim of the dead holds for a while"
    clock.configure(clock.now() + CLAIM)
    send_out()

    assert (len(set(mailbox.names())), len(set(service.topics()))) == (1, 1)
    assert len(mailbox.mails) + len(service.got) == (2 if moment == "before" else 3)


def test_two_senders_at_once_send_everything_once(cast, app, mailbox):
    for _ in range(5):
        send_back(cast)
    tell()
    db.session.rollback()
    faults = []

    def work():
        try:
            with app.app_context():
                rounds.send_out()
                db.session.remove()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert faults == []
    assert len(mailbox.mails) == len(set(mailbox.names())) == 5


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_one_sender_is_claiming_another_passes_over(cast, app, mailbox):
    for _ in range(3):
        send_back(cast)
    tell()
    with transaction():
        plan_dispatches(at=clock.now(), channels={"mail"})
    claimed: list[int] = []

    def second() -> None:
        with app.app_context():
            with transaction():
                claimed.extend(one.id for one in claim_due(at=clock.now(), channels={"mail"}))
            db.session.remove()

    with transaction():
        first = {one.id for one in claim_due(at=clock.now(), channels={"mail"})}
        other = threading.Thread(target=second)
        other.start()
        other.join(timeout=1)
    other.join()

    assert (len(first), claimed) == (3, [])
