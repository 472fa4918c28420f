"""A cadre sees how far the money of a month has come, and where it stopped."""

from paying import (
    NOW,
    OCTOBER,
    approve,
    export,
    make_account,
    make_statements,
    payouts_of,
    prepare,
    record,
    sent,
    statuses,
)

from portal.database.extensions import db
from portal.payouts.formats import Result
from portal.payouts.queries.payable import total_waiting
from portal.payouts.queries.tracking import payment_track


def test_the_way_of_the_money_is_told_step_by_step(cast, statements):
    def track():
        db.session.expire_all()
        found = payment_track(cast.marlina.id, OCTOBER, at=NOW)
        return found.status, "".join(step.state for step in found.steps)

    assert payment_track(cast.marlina.id, "2026-09", at=NOW) is None
    assert track() == ("payable", "dntt")
    batch_id = prepare(cast).id
    assert track() == ("in_batch", "dntt")
    approve(cast, batch_id)
    assert track() == ("in_batch", "ddnt")
    export(cast, batch_id)
    assert track() == ("in_batch", "dddn")
    reference = payouts_of(batch_id)[statements["K-MARLINA"]].reference
    record(cast, batch_id, Result(reference, "paid"))
    assert track() == ("paid", "dddd")


def test_a_held_or_failed_payment_says_where_it_stopped(cast, statements):
    batch_id = sent(cast)
    reference = payouts_of(batch_id)[statements["K-MARLINA"]].reference
    record(cast, batch_id, Result(reference, "failed", "Rekening ditutup"))
    failed = payment_track(cast.marlina.id, OCTOBER, at=NOW)
    assert (failed.status, failed.reason, failed.failure, [step.state for step in failed.steps]) == (
        "held",
        "held.account_failed",
        "Rekening ditutup",
        list("dddf"),
    )

    make_account(cast.marlina, number="998877665544")
    held = payment_track(cast.marlina.id, OCTOBER, at=NOW)
    assert (held.status, held.reason, [step.state for step in held.steps]) == (
        "held",
        "held.account_unverified",
        list("dftt"),
    )


def test_what_is_carried_has_no_payment(cast):
    statements = make_statements([(cast.marlina, 0)])

    assert statuses(statements) == {"K-MARLINA": "carried"}
    assert payment_track(cast.marlina.id, OCTOBER, at=NOW).steps == ()
    assert total_waiting(cast.actor("farah"), at=NOW).ready.count == 0
