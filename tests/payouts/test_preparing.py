"""Preparing a batch: it takes what is payable, once, and freezes who is paid what into which account."""

import pytest
from paying import OCTOBER, approve, make_account, make_statements, payouts_of, prepare, statuses
from sqlalchemy import func, select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.payouts.models import PayoutBatch
from portal.payouts.queries.batches import list_batches, open_payment


def test_a_batch_takes_every_payable_statement_and_freezes_count_total_and_accounts(cast, statements):
    batch = prepare(cast)

    assert (batch.status, batch.payments, batch.total) == ("prepared", 2, 1_050_350)
    rows = payouts_of(batch.id)
    assert set(rows) == set(statements.values())
    marlina = rows[statements["K-MARLINA"]]
    assert open_payment(marlina) == f"00123400{cast.marlina.id:04}"
    assert (marlina.amount, marlina.account_tail, marlina.holder) == (
        1_000_350,
        f"{cast.marlina.id:04}",
        "MARLINA AGUSTINA",
    )
    assert all(len(row.reference) <= 19 for row in rows.values())
    assert statuses(statements) == {"K-MARLINA": "in_batch", "K-HERMAN": "in_batch"}


def test_what_is_in_a_batch_is_not_payable_a_second_time(cast, statements):
    prepare(cast)

    with pytest.raises(RuleBroken, match=r"payouts\.nothing_payable"):
        prepare(cast, by="omar")
    with pytest.raises(RuleBroken, match=r"payouts\.not_payable"):
        prepare(cast, by="omar", statement_ids=list(statements.values()))


def test_only_finance_officers_prepare_approve_and_export(cast, statements):
    for name in ("ratna", "agus", "fahmi", "marlina"):
        with pytest.raises(NotAllowed, match=r"payouts\.finance_only"):
            prepare(cast, by=name)
    batch = prepare(cast)
    with pytest.raises(NotAllowed, match=r"payouts\.finance_only"):
        approve(cast, batch.id, by="ratna")


def test_months_after_the_chosen_one_stay_out(cast, statements):
    november = make_statements([(cast.marlina, 20_000)], "2026-11")

    assert prepare(cast, month_until=OCTOBER).payments == 2
    assert statuses(november) == {"K-MARLINA": "payable"}
    assert prepare(cast, month_until="2026-11").total == 20_000


def test_an_officer_of_a_branch_sees_and_pays_the_own_branch_only(cast, statements):
    make_account(cast.yosef, verified_by=cast.debora.id)
    make_statements([(cast.yosef, 70_000)], "2026-11")
    with transaction():
        cast.omar.scope, cast.omar.branch_id = "branch", cast.jayapura.id
        db.session.add(cast.omar)
    national = prepare(cast, month_until=OCTOBER)

    with pytest.raises(NotFound):
        approve(cast, national.id)
    batch = prepare(cast, by="omar", month_until="2026-11")
    assert (batch.payments, batch.total) == (1, 70_000)
    assert [row[0].id for row in list_batches(cast.actor("omar"))] == [batch.id]
    assert db.session.scalar(select(func.count()).select_from(PayoutBatch)) == 2
