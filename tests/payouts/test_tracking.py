"""A cadre sees how far the money of a month has come, and where it stopped."""

from paying import (
    NOW,
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
from portal.payouts.queries.tracking import read_payments


def track_of(statement_id):
    return read_payments([statement_id], at=NOW).track(statement_id)


def test_the_way_of_the_money_is_told_step_by_step(cast, statements):
    def track():
        db.session.expire_all()
        found = track_of(statements["K-MARLINA"])
        return found.status, "".join(step.state for step in found.steps)

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
    failed = track_of(statements["K-MARLINA"])
    assert (failed.status, failed.reason, failed.failure, [step.state for step in failed.steps]) == (
        "held",
        "held.account_failed",
        "Rekening ditutup",
        list("dddf"),
    )

    make_account(cast.marlina, number="998877665544")
    held = track_of(statements["K-MARLINA"])
    assert (held.status, held.reason, [step.state for step in held.steps]) == (
        "held",
        "held.account_unverified",
        list("dftt"),
    )


def test_what_is_carried_has_no_payment(cast):
    statements = make_statements([(cast.marlina, 0)])

    assert statuses(statements) == {"K-MARLINA": "carried"}
    assert track_of(statements["K-MARLINA"]).steps == ()
    assert total_waiting(cast.actor("farah"), at=NOW).ready.count == 0
