"""Payments that are held: who is not active, has no verified account, or changed it lately (rules.md 8.2)."""

from datetime import timedelta

import pytest
from factories import LONG_AGO
from paying import (
    DAY,
    NOW,
    change_account,
    make_account,
    make_statements,
    prepare,
    set_status,
    status_of,
    statuses,
    verify,
)
from sqlalchemy import update

from portal.database.extensions import db
from portal.domain.errors import RuleBroken
from portal.organisation.models import Parameter
from portal.payouts.queries.payable import total_waiting
from portal.payouts.queries.tracking import payment_status


def test_a_changed_account_waits_three_days_after_its_verification(cast, statements):
    change_account(cast, cast.marlina)
    assert status_of(statements, "K-MARLINA")[:2] == ("held", "held.account_unverified")

    verify(cast, cast.marlina, at=NOW + 2 * DAY)

    assert status_of(statements, "K-MARLINA", NOW + 5 * DAY - timedelta(seconds=1))[:2] == (
        "held",
        "held.account_waiting",
    )
    assert status_of(statements, "K-MARLINA", NOW + 5 * DAY)[:2] == ("payable", None)
    assert prepare(cast, at=NOW + 4 * DAY).payments == 1
    assert prepare(cast, at=NOW + 5 * DAY).payments == 1


def test_a_first_account_does_not_wait(cast):
    make_account(cast.marlina)
    statements = make_statements([(cast.marlina, 30_000)])
    verify(cast, cast.marlina)

    assert status_of(statements, "K-MARLINA")[:2] == ("payable", None)


def test_an_imported_change_waits_too(cast, statements):
    make_account(cast.marlina, number="998877665544", imported_verified=True, verified_at=None)

    assert status_of(statements, "K-MARLINA")[:2] == ("held", "held.account_waiting")
    assert status_of(statements, "K-MARLINA", NOW + 3 * DAY)[0] == "payable"


def test_the_days_of_waiting_are_data(cast, statements):
    make_account(cast.marlina, number="998877665544", verified_by=cast.fahmi.id)
    db.session.execute(update(Parameter).where(Parameter.name == "account_wait_days").values(value=7))
    db.session.commit()

    assert status_of(statements, "K-MARLINA", NOW + 6 * DAY)[:2] == ("held", "held.account_waiting")
    assert status_of(statements, "K-MARLINA", NOW + 7 * DAY)[0] == "payable"


def test_who_is_not_active_or_has_no_verified_account_is_held_with_the_reason(cast):
    make_account(cast.marlina)
    make_account(cast.yosef, verified_by=cast.debora.id)
    set_status(cast.yosef, "suspended")
    statements = make_statements([(cast.marlina, 30_000), (cast.herman, 40_000), (cast.yosef, 50_000)])

    with pytest.raises(RuleBroken, match=r"payouts\.nothing_payable"):
        prepare(cast)
    found = payment_status(statements.values(), at=NOW)
    assert {code: tuple(found[id_][:2]) for code, id_ in statements.items()} == {
        "K-MARLINA": ("held", "held.account_unverified"),
        "K-HERMAN": ("held", "held.no_account"),
        "K-YOSEF": ("held", "held.not_active"),
    }
    waiting = total_waiting(cast.actor("farah"), at=NOW)
    assert (waiting.ready.count, waiting.held.count, waiting.held.amount) == (0, 3, 120_000)
    with pytest.raises(RuleBroken, match=r"payouts\.row_held"):
        prepare(cast, statement_ids=[statements["K-HERMAN"]])


def test_held_money_goes_into_a_later_batch(cast):
    make_account(cast.marlina)
    statements = make_statements([(cast.marlina, 30_000)])
    verify(cast, cast.marlina)

    assert prepare(cast).total == 30_000
    assert statuses(statements) == {"K-MARLINA": "in_batch"}


def test_an_imported_verified_account_counts_and_a_changed_one_does_not(cast):
    make_account(cast.marlina, imported_verified=True)
    statements = make_statements([(cast.marlina, 30_000)])
    assert statuses(statements) == {"K-MARLINA": "payable"}

    make_account(cast.marlina, number="998877665544")
    assert statuses(statements) == {"K-MARLINA": "held"}


WHY_HELD = {
    "none": "held.no_account",
    "unverified": "held.account_unverified",
    "changed": "held.account_waiting",
}


@pytest.mark.parametrize("state", ["candidate", "active", "suspended", "under_investigation", "ended"])
def test_who_is_not_active_is_held_and_else_the_account_decides(cast, state):
    accounts = {
        "none": None,
        "unverified": {},
        "verified": {"verified_by": cast.fahmi.id, "verified_at": LONG_AGO},
        "imported": {"imported_verified": True, "entered_at": LONG_AGO},
        "changed": {"verified_by": cast.fahmi.id},
    }
    cadre = cast.marlina
    statements = make_statements([(cadre, 30_000)])
    set_status(cadre, state)
    for name, values in accounts.items():
        if values is not None:
            make_account(cadre, **values)
        status = payment_status(statements.values(), at=NOW)[statements[cadre.code]]
        reason = "held.not_active" if state != "active" else WHY_HELD.get(name)
        assert (status.status, status.reason) == (("payable", None) if reason is None else ("held", reason))
