"""Another officer approves or rejects a batch as it was seen; a row that became held blocks the approval."""

import pytest
from by_hand import unguarded
from paying import NOW, acts, approve, make_account, payouts_of, prepare, reject, set_status, statuses

from portal.cadres.queries.bank_accounts import find_account, seal_account
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.payouts.services.deciding import approve_batch


def test_who_prepared_a_batch_neither_approves_nor_rejects_it(cast, statements):
    batch_id = prepare(cast).id

    with pytest.raises(NotAllowed, match=r"payouts\.own_batch"):
        approve(cast, batch_id, by="farah")
    with pytest.raises(NotAllowed, match=r"payouts\.own_batch"):
        reject(cast, batch_id, by="farah")


def test_approving_again_changes_nothing_and_a_decided_batch_is_not_decided_again(cast, statements):
    batch_id = prepare(cast).id
    first = approve(cast, batch_id)
    assert (first.status, first.approved_by) == ("approved", cast.omar.id)

    assert approve(cast, batch_id).version == first.version
    assert acts().count("payout_batch.approved") == 1
    with pytest.raises(RuleBroken, match=r"state\.not_possible"):
        reject(cast, batch_id)


def test_approving_something_else_than_was_seen_is_refused(cast, statements):
    batch_id = prepare(cast).id

    with pytest.raises(RuleBroken, match=r"state\.not_possible"), transaction():
        approve_batch(batch_id=batch_id, by=Signature(cast.actor("omar"), NOW), version_seen=7)


@pytest.mark.parametrize("obstacle", ["suspended", "unverified", "other account"])
def test_a_row_that_became_held_since_blocks_the_approval_by_name(cast, statements, obstacle):
    batch_id = prepare(cast).id
    if obstacle == "suspended":
        set_status(cast.herman, "suspended")
    else:
        verifier = None if obstacle == "unverified" else cast.fahmi.id
        make_account(cast.herman, number="556677889900", verified_by=verifier)

    with pytest.raises(RuleBroken, match=r"payouts\.row_held_since") as refused:
        approve(cast, batch_id)
    assert (refused.value.values["name"], refused.value.values["count"]) == ("Herman Sawiran", 1)
    assert statuses(statements)["K-HERMAN"] == "in_batch"

    reject(cast, batch_id)
    again = prepare(cast)
    assert again.payments == 1
    assert approve(cast, again.id).status == "approved"


def test_a_rewritten_seal_of_the_same_account_blocks_nothing(cast, statements, database):
    batch_id = prepare(cast).id
    account = find_account(cast.herman.id)
    row = {name: getattr(account, name) for name in ("cadre_id", "entered_at", "bank_code", "holder")}
    sealed = seal_account(f"00123400{cast.herman.id:04}", **row)
    unguarded(
        database,
        "UPDATE bank_accounts SET account_sealed = :sealed WHERE id = :id",
        sealed=sealed,
        id=account.id,
    )

    assert approve(cast, batch_id).status == "approved"


def test_a_rejected_batch_dissolves_and_its_statements_get_new_references(cast, statements):
    batch_id = prepare(cast).id
    before = {row.reference for row in payouts_of(batch_id).values()}

    rejected = reject(cast, batch_id, reason="  Nama pemilik\nrekening keliru ")
    assert (rejected.status, rejected.reject_reason) == ("rejected", "Nama pemilik rekening keliru")
    assert {row.status for row in payouts_of(batch_id).values()} == {"dissolved"}
    assert set(statuses(statements).values()) == {"payable"}

    after = {row.reference for row in payouts_of(prepare(cast).id).values()}
    assert len(before | after) == 4


def test_rejecting_takes_a_reason(cast, statements):
    batch_id = prepare(cast).id

    with pytest.raises(RuleBroken, match=r"payouts\.reason_missing"):
        reject(cast, batch_id, reason="  ")
