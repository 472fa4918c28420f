"""Pointers by push and e-mail: what they say, when they leave, and that each arrives once though the sender dies."""

from datetime import UTC, datetime, timedelta

import pytest
from messages.receiving import add_device
from messages.telling import approve, kinds_of, send_back, statuses
from reporting import hand_in_clean
from signing_in import post, sign_in
from sqlalchemy import func, select, update

from portal import clock
from portal.accounts.models import User
from portal.database.extensions import db
from portal.messages.channels import push
from portal.messages.models import Dispatch, MessagePreference, PushSubscription
from portal.messages.rounds import send_out, tell

EVENING = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # 22:30 in Palembang
CLAIM = timedelta(minutes=6)


def later(span: timedelta) -> None:
    clock.configure(clock.now() + span)


def test_a_returned_report_reaches_inbox_push_and_mail_once(cast, mailbox, service):
    device = add_device(cast.marlina)
    send_back(cast)

    for _ in range(3):
        tell()
        send_out()

    assert kinds_of(cast.marlina) == ["report_returned"]
    (mail,), ((path, headers, body),) = mailbox.mails, service.got
    assert mail["Subject"] == "Ada kabar tentang laporan Anda"
    assert mailbox.to == [[db.session.get(User, cast.marlina.user_id).email]]
    assert "https://kader.example.id/messages" in mail.get_content()
    assert path == "/wpush/v2/abc"
    assert device.read(body)["body"] == "Ada kabar tentang laporan Anda"
    assert headers["authorization"].startswith("vapid t=")
    assert statuses() == [("mail", "sent"), ("push", "sent")]


def test_a_pointer_names_nobody_and_no_amount(cast, mailbox, service):
    device = add_device(cast.marlina)
    send_back(cast)
    tell()
    send_out()

    said = mailbox.mails[0].as_string() + str(device.read(service.got[0][2]))
    for private in ("Marlina", "Siti", "K-MARLINA", "Rp", "Tanggalnya", "November 2026 dikembalikan"):
        assert private not in said.replace(mailbox.mails[0]["To"], "")


def test_a_pointer_speaks_the_language_of_its_reader(cast, mailbox):
    db.session.execute(update(User).where(User.id == cast.marlina.user_id).values(locale="en"))
    db.session.commit()
    send_back(cast)
    tell()
    send_out()

    assert mailbox.mails[0]["Subject"] == "There is news about your report"


def test_quiet_hours_hold_it_back_until_the_morning(cast, mailbox):
    clock.configure(EVENING)
    send_back(cast)
    tell()
    send_out()
    assert (mailbox.mails, kinds_of(cast.marlina)) == ([], ["report_returned"])

    clock.configure(datetime(2026, 11, 22, 22, 59, tzinfo=UTC))  # 5:59 in Palembang
    send_out()
    assert mailbox.mails == []
    clock.configure(datetime(2026, 11, 22, 23, 0, 1, tzinfo=UTC))
    send_out()
    assert len(mailbox.mails) == 1


def test_quiet_hours_are_those_of_the_readers_zone(cast, mailbox):
    clock.configure(datetime(2026, 11, 22, 12, 30, tzinfo=UTC))  # 19:30 in Palembang, 21:30 in Jayapura
    for cadre, decider in ((cast.yosef, "debora"), (cast.marlina, "fahmi")):
        db.session.rollback()
        report = hand_in_clean(cadre).activity_id
        return_by(cast, report, decider)
    tell()
    send_out()

    assert [to for (to,) in mailbox.to] == [db.session.get(User, cast.marlina.user_id).email]


def return_by(cast, report, decider):
    from portal.activities.services.decide import return_activity
    from portal.database.transaction import transaction
    from portal.domain.actors import Signature

    with transaction():
        return_activity(
            activity_id=report,
            code="date_wrong",
            reason="Keliru",
            by=Signature(cast.actor(decider), clock.now()),
        )


def test_what_can_wait_goes_out_once_a_day(cast, mailbox):
    for _ in range(3):
        approve(cast, hand_in_clean(cast.marlina).activity_id)
    tell()
    send_out()
    assert mailbox.mails == []

    clock.configure(datetime(2026, 11, 22, 10, 0, 1, tzinfo=UTC))  # 17:00 in Palembang
    send_out()
    approve(cast, hand_in_clean(cast.marlina).activity_id)
    later(timedelta(hours=2))
    tell()
    send_out()

    assert [mail["Subject"] for mail in mailbox.mails] == ["Ada kabar untuk Anda"]


def test_what_was_read_meanwhile_rings_no_more(cast, mailbox, client):
    clock.configure(EVENING)
    send_back(cast)
    tell()
    send_out()
    clock.configure(EVENING + timedelta(minutes=1))
    post(sign_in(client, cast.marlina), "/messages/read-all")
    clock.configure(EVENING + timedelta(hours=9))
    send_out()

    assert (mailbox.mails, statuses()) == ([], [("mail", "dropped")])


def test_what_a_reader_switched_off_stays_in_the_inbox(cast, mailbox, service):
    add_device(cast.marlina)
    db.session.add(MessagePreference(user_id=cast.marlina.user_id, off=["mail.reports"]))
    db.session.commit()
    send_back(cast)
    tell()
    send_out()

    assert (len(mailbox.mails), len(service.got), kinds_of(cast.marlina)) == (0, 1, ["report_returned"])


def test_without_a_mail_server_nothing_is_planned_for_e_mail(cast):
    send_back(cast)
    tell()
    send_out()

    assert statuses() == []


def test_a_signed_out_device_rings_no_more(cast, service):
    add_device(cast.marlina)
    send_back(cast)
    tell()
    _revoke(cast.marlina)
    send_out()

    assert (service.got, statuses()) == ([], [("push", "dropped")])


def _revoke(cadre):
    from portal.accounts.services.sessions import close_sessions
    from portal.database.transaction import transaction

    with transaction():
        close_sessions(user_id=cadre.user_id, at=clock.now())


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(cast, service, status):
    add_device(cast.marlina)
    service.status = status
    send_back(cast)
    tell()
    send_out()

    assert statuses() == [("push", "dropped")]
    assert db.session.scalar(select(func.count(PushSubscription.id))) == 0


def test_a_redirect_of_a_push_service_is_followed_nowhere(cast, service):
    add_device(cast.marlina)
    service.status = 302
    send_back(cast)
    tell()
    send_out()

    assert (len(service.got), statuses()) == (1, [("push", "given_up")])


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"],
)
def test_a_name_that_points_inside_is_not_called(cast, monkeypatch, address):
    add_device(cast.marlina)
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", (address, 443))]
    monkeypatch.setattr(push.socket, "getaddrinfo", lambda *_args, **_values: found)
    monkeypatch.setattr(push.socket, "create_connection", lambda *_args, **_values: pytest.fail("called"))
    send_back(cast)
    tell()
    send_out()

    assert statuses() == [("push", "given_up")]


def test_a_server_that_is_away_is_tried_again_until_it_is_given_up(cast, mailbox):
    mailbox.answer = "451 later"
    send_back(cast)
    tell()
    send_out()
    assert statuses() == [("mail", "waiting")]
    send_out()
    assert db.session.scalars(select(Dispatch.tries)).one() == 1, "not before its time"

    for _ in range(6):
        later(timedelta(hours=7))
        send_out()
    assert statuses() == [("mail", "given_up")]


def test_an_address_that_does_not_exist_is_not_tried_again(cast, mailbox):
    mailbox.answer = "550 nobody here"
    send_back(cast)
    tell()
    send_out()

    assert statuses() == [("mail", "given_up")]


@pytest.mark.parametrize(
    "address",
    [
        "a@b.id\r\nBcc: x@y.id",
        "a@b.id, x@y.id",
        "a@b.id\nX: 1",
        "<a@b.id>",
        "a b@c.id",
        "@b.id",
        "a@b",
        "a@é.id",
    ],
)
def test_an_address_that_would_begin_a_header_is_never_written_to(cast, mailbox, address):
    db.session.execute(update(User).where(User.id == cast.marlina.user_id).values(email=address))
    db.session.commit()
    send_back(cast)
    tell()
    send_out()

    assert (mailbox.mails, statuses()) == ([], [("mail", "given_up")])


def test_what_was_due_days_ago_rings_no_more(cast, mailbox):
    clock.configure(EVENING)
    send_back(cast)
    tell()
    send_out()
    clock.configure(EVENING + timedelta(days=3))
    send_out()

    assert (mailbox.mails, statuses(), kinds_of(cast.marlina)) == (
        [],
        [("mail", "dropped")],
        ["report_returned"],
    )
