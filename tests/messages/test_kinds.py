"""Which acts are told to whom, with which small values; and what every kind needs to be told."""

from datetime import UTC, date, datetime

import pytest
from care.caring import extract_of, joined, keep, month_paid, noon
from messages.telling import kinds_of, read
from paying import make_payday, payouts_of, sent
from sqlalchemy import select
from training.exam_worlds import make_cohort

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.care.services.tasks import record_opened
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.messages import CHANNELS, GROUPS, HEARD, KINDS, Hours, Preferences, due_of
from portal.messages.models import Message
from portal.messages.queries.audiences import _AUDIENCES
from portal.payouts.formats import Result
from portal.payouts.services.recording import record_result
from portal.texts.labels import _collected
from portal.texts.messages import _SAID
from portal.training.services.cohorts import cancel_cohort

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
HOURS = Hours()


def test_a_payment_is_told_as_paid_to_one_and_as_failed_to_the_other(cast):
    statements = make_payday(cast)
    batch = sent(cast)
    rows = payouts_of(batch)
    paid, failed = (rows[statements[code]] for code in ("K-MARLINA", "K-HERMAN"))
    amount = paid.amount
    said = [Result(paid.reference, "paid"), Result(failed.reference, "failed", "Rekening ditutup")]
    with transaction():
        record_result(batch_id=batch, results=said, by=Signature(cast.actor("farah"), clock.now()))
    read()

    assert "payout_paid" in kinds_of(cast.marlina)
    assert "payout_failed" not in kinds_of(cast.marlina)
    assert "payout_failed" in kinds_of(cast.herman)
    told = db.session.scalars(select(Message).where(Message.kind == "payout_paid")).one()
    assert told.amount == amount


def test_tasks_that_open_are_told_once_as_a_number(cast):
    joined(cast.marlina)
    extract_of(
        "2026-10", month_paid("2026-08", "2026-08-05"), month_paid("2026-10"), as_of=date(2026, 10, 10)
    )
    keep(noon(2026, 10, 21))
    for _ in range(2):
        with transaction():
            record_opened(by=Signature(get_operator(), noon(2026, 10, 21)))
    read()

    assert kinds_of(cast.marlina).count("renewals_due") == 1
    assert db.session.scalars(select(Message.amount).where(Message.kind == "renewals_due")).one() == 1


def test_a_cancelled_training_is_told_to_who_has_a_seat_in_it(cast):
    cohort = make_cohort(cast.palembang, cast.marlina)
    with transaction():
        cancel_cohort(cohort_id=cohort.id, reason="Pelatih sakit", by=Signature(cast.actor("fahmi"), NOON))
    read()

    assert (kinds_of(cast.marlina), kinds_of(cast.herman)) == (["cohort_cancelled"], [])


def test_every_kind_has_an_act_words_a_group_and_an_audience():
    labels = _collected("LABELS")

    assert set(KINDS) == {heard.kind for heard in HEARD} == set(_SAID)
    assert {heard.whom for heard in HEARD} <= set(_AUDIENCES)
    assert {kind.group for kind in KINDS.values()} <= set(GROUPS)
    for group in (*GROUPS, ""):
        assert f"pointer.{group}" in labels
    assert all(f"act.{heard.act}" in labels or f"signup_act.{heard.act}" in labels for heard in HEARD)


def test_what_is_urgent_is_told_at_once():
    urgent = {name for name, kind in KINDS.items() if kind.at_once}

    assert urgent >= {
        "report_returned",
        "claim_disputed",
        "rank_prize",
        "payout_paid",
        "payout_failed",
        "certified",
    }
    assert not urgent & {"report_approved", "month_closed", "renewals_due"}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("zone", "at", "due"),
    [
        ("Asia/Jakarta", "2026-11-22T13:59:59", "2026-11-22T13:59:59"),
        ("Asia/Jakarta", "2026-11-22T14:00:00", "2026-11-22T23:00:00"),
        ("Asia/Jakarta", "2026-11-22T22:59:59", "2026-11-22T23:00:00"),
        ("Asia/Jakarta", "2026-11-22T23:00:00", "2026-11-22T23:00:00"),
        ("Asia/Jayapura", "2026-11-22T12:00:00", "2026-11-22T21:00:00"),
        ("Asia/Makassar", "2026-11-22T12:59:59", "2026-11-22T12:59:59"),
    ],
)
def test_an_urgent_message_waits_for_the_end_of_quiet_hours(channel, zone, at, due):
    instants = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (at, due)]
    found = due_of("report_returned", instants[0], channel, Preferences(), zone=zone, hours=HOURS)

    assert (found.at, found.day) == (instants[1], None)


def test_a_digest_is_due_at_its_hour_on_the_same_day_or_the_next():
    before = due_of("month_closed", NOON, "mail", Preferences(), zone="Asia/Jakarta", hours=HOURS)
    after = due_of(
        "month_closed", NOON.replace(hour=10), "mail", Preferences(), zone="Asia/Jakarta", hours=HOURS
    )

    assert (before.at, before.day) == (NOON.replace(hour=10), "2026-11-22")
    assert (after.at, after.day) == (datetime(2026, 11, 23, 10, 0, tzinfo=UTC), "2026-11-23")


def test_quiet_hours_are_widened_and_never_narrowed():
    wide, narrow = Preferences(quiet_from=18, quiet_until=9), Preferences(quiet_from=23, quiet_until=3)
    at = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)  # 18:30 in Palembang
    night = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)

    assert due_of("letter", at, "push", wide, zone="Asia/Jakarta", hours=HOURS).at == datetime(
        2026, 11, 23, 2, 0, tzinfo=UTC
    )
    assert due_of("letter", night, "push", narrow, zone="Asia/Jakarta", hours=HOURS).at == datetime(
        2026, 11, 22, 23, 0, tzinfo=UTC
    )


def test_a_group_that_is_off_is_due_on_the_other_channel_alone():
    chosen = Preferences(off=frozenset({"mail.letters"}))

    assert due_of("praise", NOON, "mail", chosen, zone="Asia/Jakarta", hours=HOURS) is None
    assert due_of("praise", NOON, "push", chosen, zone="Asia/Jakarta", hours=HOURS) is not None
