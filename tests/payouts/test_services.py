"""From a payable statement to money in an account: two officers, one file, one payment."""

import pytest
from by_hand import unguarded
from cast import make_cast
from factories import LONG_AGO
from paying import (
    NOW,
    OCTOBER,
    approve,
    export,
    make_account,
    make_payday,
    make_statements,
    payouts_of,
    prepare,
    record,
    reject,
    sent,
    verify,
)
from sqlalchemy import func, select, update

from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.cadres.queries.bank_accounts import find_account, seal_account
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.payouts.formats import Result
from portal.payouts.models import PayoutBatch
from portal.payouts.queries.batches import list_batches, open_payment, seal_payment
from portal.payouts.queries.payable import total_waiting
from portal.payouts.queries.tracking import payment_status, payment_track
from portal.payouts.services.deciding import approve_batch
from portal.payouts.services.recording import record_all_paid


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def statements(cast):
    return make_payday(cast)


def set_status(cadre: Cadre, status: str) -> None:
    with transaction():
        db.session.execute(update(Cadre).where(Cadre.id == cadre.id).values(status=status))


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))


def statuses(statements: dict[str, int]) -> dict[str, str]:
    db.session.expire_all()
    found = payment_status(statements.values(), at=NOW)
    return {code: found[statement_id].status for code, statement_id in statements.items()}


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
        approve_batch(batch_id=batch_id, actor=cast.actor("omar"), at=NOW, version_seen=7)


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


def test_a_batch_that_nobody_approved_has_no_file(cast, statements):
    batch_id = prepare(cast).id

    with pytest.raises(RuleBroken, match=r"payouts\.not_approved"):
        export(cast, batch_id)


def test_the_file_holds_whole_accounts_count_and_total_and_is_the_same_each_time(cast, statements):
    batch_id = prepare(cast).id
    approve(cast, batch_id)

    first = export(cast, batch_id)
    lines = first.content.decode().splitlines()
    assert lines[0] == "reference,bank_code,bank_account,account_holder,amount,note"
    assert (
        f",014,00123400{cast.marlina.id:04},MARLINA AGUSTINA,1000350,Insentif 2026-10 K-MARLINA"
        in first.content.decode()
    )
    assert lines[-1] == "TOTAL,,,PC-2026-0001,1050350,2"
    assert lines[1:-1] == sorted(lines[1:-1])

    # Whatever happens to names and accounts later, the batch stays as approved.
    make_account(cast.marlina, number="111122223333", verified_by=cast.fahmi.id)
    again = export(cast, batch_id, by="omar")
    assert again.content == first.content
    assert db.session.get(PayoutBatch, batch_id).file_sha256 == first.sha256
    assert acts().count("payout_batch.exported") == 2


def test_a_file_that_differs_from_the_approved_one_is_not_handed_out(cast, statements, database):
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    unguarded(database, "UPDATE payouts SET reference = reference || 'X' WHERE amount = 50000")
    row = payouts_of(batch_id)[statements["K-HERMAN"]]
    sealed = seal_payment("998877665544", reference=row.reference, bank_code=row.bank_code, holder=row.holder)
    unguarded(
        database, "UPDATE payouts SET account_sealed = :sealed WHERE id = :id", sealed=sealed, id=row.id
    )

    with pytest.raises(RuleBroken, match=r"payouts\.file_differs"):
        export(cast, batch_id)


def test_no_account_number_gets_into_the_audit_trail(cast, statements):
    sent(cast)

    details = " ".join(str(row) for row in db.session.scalars(select(AuditEvent.details)))
    assert "00123400" not in details


def test_paid_and_failed_are_recorded_once_and_settle_the_batch(cast, statements):
    batch_id = sent(cast)
    rows = payouts_of(batch_id)
    good, bad = rows[statements["K-MARLINA"]].reference, rows[statements["K-HERMAN"]].reference

    assert record(cast, batch_id, Result(good, "paid")).settled is False
    done = record(cast, batch_id, Result(good, "paid"), Result(bad, "failed", "Rekening  ditutup"))
    assert (done.paid, done.failed, done.unchanged, done.settled) == (0, 1, 1, True)

    db.session.expire_all()
    found = payment_status(statements.values(), at=NOW)
    assert found[statements["K-MARLINA"]] == ("paid", None, batch_id, NOW)
    assert found[statements["K-HERMAN"]][:3] == ("held", "held.account_failed", batch_id)
    events = len(acts())
    again = record(cast, batch_id, Result(good, "paid"), Result(bad, "failed", "Rekening ditutup"))
    assert (again.paid, again.failed, again.unchanged) == (0, 0, 2)
    assert len(acts()) == events


def test_a_failed_payment_is_payable_again_under_a_new_reference(cast, statements):
    batch_id = sent(cast)
    rows = payouts_of(batch_id)
    record(
        cast,
        batch_id,
        *(Result(row.reference, "failed", "Bank tutup") for row in rows.values()),
    )

    again = prepare(cast)
    assert again.payments == 2
    assert {row.reference for row in rows.values()}.isdisjoint(
        {row.reference for row in payouts_of(again.id).values()}
    )


def test_all_that_wait_can_be_paid_at_once(cast, statements):
    batch_id = sent(cast)
    failed = payouts_of(batch_id)[statements["K-HERMAN"]].reference
    record(cast, batch_id, Result(failed, "failed", "Bank tutup"))

    with transaction():
        done = record_all_paid(batch_id=batch_id, actor=cast.actor("farah"), at=NOW)
    assert (done.paid, done.failed, done.unchanged, done.settled) == (1, 0, 1, True)
    assert statuses(statements) == {"K-MARLINA": "paid", "K-HERMAN": "failed"}


def test_results_are_taken_whole_or_not_at_all(cast, statements):
    batch_id = sent(cast)
    good = payouts_of(batch_id)[statements["K-MARLINA"]].reference
    refusals = {
        "payouts.unknown_reference": Result("PK2610000000000101X", "paid"),
        "payouts.bank_reason_missing": Result(
            payouts_of(batch_id)[statements["K-HERMAN"]].reference, "failed", " "
        ),
    }
    for code, result in refusals.items():
        with pytest.raises(RuleBroken, match=code.replace(".", r"\.")):
            record(cast, batch_id, Result(good, "paid"), result)
        assert statuses(statements)["K-MARLINA"] == "in_batch"


def test_another_answer_than_the_recorded_one_is_refused(cast, statements):
    batch_id = sent(cast)
    good = payouts_of(batch_id)[statements["K-MARLINA"]].reference
    record(cast, batch_id, Result(good, "paid"))

    with pytest.raises(RuleBroken, match=r"payouts\.already_recorded"):
        record(cast, batch_id, Result(good, "failed", "Rekening ditutup"))


def test_the_bank_cannot_answer_before_the_file_went_out(cast, statements):
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    reference = payouts_of(batch_id)[statements["K-MARLINA"]].reference

    with pytest.raises(RuleBroken, match=r"payouts\.not_exported"):
        record(cast, batch_id, Result(reference, "paid"))


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
