"""With the application's own login, the database refuses what would redirect, repeat or hide a payment."""

import pytest
from by_hand import accepted, by_hand
from paying import approve, drop, export, make_account, payouts_of, prepare, record, reject, sent
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.database.extensions import db
from portal.payouts.formats import Result


def bring_to(cast, stage: str) -> int:
    """Bring October's batch to a stage and return its id."""
    batch_id = prepare(cast).id
    if stage == "rejected":
        reject(cast, batch_id)
    if stage in {"approved", "exported", "settled"}:
        approve(cast, batch_id)
    if stage in {"exported", "settled"}:
        export(cast, batch_id)
    if stage == "settled":
        record(cast, batch_id, *(Result(row.reference, "paid") for row in payouts_of(batch_id).values()))
    return batch_id


STAGES = ("prepared", "approved", "exported", "settled", "rejected")
REDIRECTED = [
    "account_sealed = (SELECT account_sealed FROM bank_accounts ORDER BY id LIMIT 1)",
    "account_tail = '9999'",
    "bank_code = '002'",
    "holder = 'ORANG LAIN'",
    "bank_account_id = (SELECT MIN(id) + MAX(id) - bank_account_id FROM bank_accounts)",
    "cadre_id = (SELECT MIN(cadre_id) + MAX(cadre_id) - cadre_id FROM bank_accounts)",
    "amount = amount + 1",
    "reference = reference || 'X'",
    "bank_account_id = NULL",
]


@pytest.mark.parametrize("stage", STAGES)
def test_who_is_paid_into_which_account_is_fixed_from_preparation_on(cast, statements, stage):
    bring_to(cast, stage)

    assert accepted(f"UPDATE payouts SET {change}" for change in REDIRECTED) == []


def test_a_payment_stays_in_its_batch(cast, statements):
    first = prepare(cast).id
    drop(cast, first, payouts_of(first)[statements["K-HERMAN"]].reference)
    second = prepare(cast).id

    with pytest.raises(DBAPIError):
        by_hand("UPDATE payouts SET batch_id = :second WHERE batch_id = :first", first=first, second=second)


MOVES = {
    "dissolved": "status = 'dissolved', is_live = false",
    "dropped": "status = 'dissolved', is_live = false, dropped_by = {farah}, dropped_at = '2026-11-22', drop_reason = 'x'",
    "paid": "status = 'paid', settled_by = {farah}, settled_at = '2026-11-22'",
    "failed": "status = 'failed', is_live = false, settled_by = {farah}, settled_at = '2026-11-22', failure = 'x',"
    " failure_kind = 'other'",
    "in_batch": "status = 'in_batch', is_live = true",
}
POSSIBLE = {("prepared", "dropped"), ("exported", "paid"), ("exported", "failed")}


def _moves(cast) -> dict[str, str]:
    return {
        move: f"UPDATE payouts SET {values.format(farah=cast.farah.id)}" for move, values in MOVES.items()
    }


@pytest.mark.parametrize("stage", STAGES)
def test_a_payment_moves_along_its_table_only(cast, statements, stage):
    batch_id = bring_to(cast, stage)
    before = {row.id: row.status for row in payouts_of(batch_id).values()}
    refused = {move: words for move, words in _moves(cast).items() if (stage, move) not in POSSIBLE}
    for state in set(before.values()) & refused.keys():
        by_hand(refused.pop(state).split(",", maxsplit=1)[0])  # the same state again changes nothing

    assert accepted(refused.values()) == []
    assert {row.id: row.status for row in payouts_of(batch_id).values()} == before


@pytest.mark.parametrize(("stage", "move"), sorted(POSSIBLE))
def test_a_payment_moves_where_its_table_leads(cast, statements, stage, move):
    batch_id = bring_to(cast, stage)

    by_hand(_moves(cast)[move])

    assert {row.status for row in payouts_of(batch_id).values()} == {MOVES[move].split("'")[1]}


def test_a_failure_names_who_when_and_why(cast, statements):
    bring_to(cast, "exported")
    values = MOVES["failed"].format(farah=cast.farah.id).split(",")
    needed = ("settled_by", "settled_at", "failure", "failure_kind")
    partial = [
        ",".join(value for value in values if not value.strip().startswith(f"{missing} "))
        for missing in needed
    ]

    assert all(len(text) < len(",".join(values)) for text in partial)
    assert accepted(f"UPDATE payouts SET {text}" for text in partial) == []


def test_a_payment_is_not_paid_and_failed_at_once(cast, statements):
    bring_to(cast, "exported")

    with pytest.raises(DBAPIError):
        by_hand(f"UPDATE payouts SET {MOVES['paid'].format(farah=cast.farah.id)}, failure = 'x'")


def test_a_settled_payment_changes_in_nothing(cast, statements):
    bring_to(cast, "settled")
    changes = ("failure = 'x'", "settled_by = NULL", "settled_at = NULL", "dropped_by = settled_by")

    assert accepted(f"UPDATE payouts SET {change}" for change in changes) == []


COPY = (
    "INSERT INTO payouts (batch_id, statement_id, cadre_id, reference, amount, bank_code, account_sealed, account_tail,"
    " holder, bank_account_id, status, is_live, settled_by, settled_at, failure, failure_kind)"
    " SELECT batch_id, statement_id, cadre_id, 'BY-HAND', amount, bank_code, account_sealed, account_tail, holder,"
    " bank_account_id, '{status}', {live}, {by}, {at}, {why}, {kind} FROM payouts WHERE id = (SELECT MIN(id) FROM payouts)"
)


@pytest.mark.parametrize("stage", STAGES)
def test_a_payment_begins_in_a_prepared_batch(cast, statements, stage):
    batch_id = bring_to(cast, stage)
    statements = [
        COPY.format(
            status=status,
            live="true" if status in {"in_batch", "paid"} else "false",
            by=cast.farah.id if status in {"paid", "failed"} else "NULL",
            at="'2026-11-22'" if status in {"paid", "failed"} else "NULL",
            why="'x'" if status == "failed" else "NULL",
            kind="'other'" if status == "failed" else "NULL",
        )
        for status in ("in_batch", "paid", "failed", "dissolved")
    ]

    assert accepted(statements) == []
    assert len(payouts_of(batch_id)) == 2


BATCH_MOVES = {
    "approved": "status = 'approved', approved_by = {omar}, approved_at = '2026-11-22', file_sha256 = 'x'",
    "rejected": "status = 'rejected', rejected_by = {omar}, rejected_at = '2026-11-22', reject_reason = 'x'",
    "settled": "status = 'settled'",
    "prepared": "status = 'prepared', approved_by = NULL, approved_at = NULL, file_sha256 = NULL, exported_at = NULL,"
    " rejected_by = NULL, rejected_at = NULL, reject_reason = NULL",
}
BATCH_POSSIBLE = {("prepared", "approved"), ("prepared", "rejected"), ("prepared", "prepared")}


def _batch_moves(cast) -> dict[str, str]:
    return {
        move: f"UPDATE payout_batches SET {values.format(omar=cast.omar.id)}"
        for move, values in BATCH_MOVES.items()
    }


def _status_of(batch_id: int) -> str:
    return db.session.scalar(text("SELECT status FROM payout_batches WHERE id = :id"), {"id": batch_id})


@pytest.mark.parametrize("stage", STAGES)
def test_a_batch_moves_along_its_table_only(cast, statements, stage):
    batch_id = bring_to(cast, stage)
    refused = {
        move: words for move, words in _batch_moves(cast).items() if (stage, move) not in BATCH_POSSIBLE
    }
    if stage == "settled":
        by_hand(refused.pop("settled"))  # the same state again changes nothing

    assert accepted(refused.values()) == []
    assert _status_of(batch_id) == ("approved" if stage == "exported" else stage)


@pytest.mark.parametrize(("stage", "move"), sorted(BATCH_POSSIBLE))
def test_a_batch_moves_where_its_table_leads(cast, statements, stage, move):
    batch_id = bring_to(cast, stage)

    by_hand(_batch_moves(cast)[move])

    assert _status_of(batch_id) == move


DECIDED = [
    "prepared_by = {vera}",
    "prepared_at = '2026-01-01'",
    "code = 'PC-X'",
    "payments = payments + 1",
    "total = total + 1",
    "approved_by = {vera}",
    "rejected_by = {vera}",
    "file_sha256 = 'y'",
    "exported_at = '2026-01-01'",
]


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_batch_is_and_who_decided_are_fixed(cast, statements, stage):
    bring_to(cast, stage)
    # An approved batch goes out once.
    changes = [change for change in DECIDED if (stage, change.split()[0]) != ("approved", "exported_at")]

    assert (
        accepted(f"UPDATE payout_batches SET {change.format(vera=cast.vera.id)}" for change in changes) == []
    )


def test_a_batch_whose_rows_are_not_its_total_is_not_approved(cast, statements):
    batch_id = prepare(cast).id
    by_hand(
        f"UPDATE payouts SET {MOVES['dropped'].format(farah=cast.farah.id)}"
        " WHERE id = (SELECT MIN(id) FROM payouts)",
    )

    with pytest.raises(DBAPIError):
        by_hand(f"UPDATE payout_batches SET {BATCH_MOVES['approved'].format(omar=cast.omar.id)}")
    assert payouts_of(batch_id)


def test_a_batch_begins_prepared(cast, statements):
    others = ("'approved', 1, NULL", "'rejected', NULL, 1", "'settled', NULL, NULL", "'prepared', 1, NULL")

    assert (
        accepted(
            "INSERT INTO payout_batches (code, status, approved_by, rejected_by, payments, total, prepared_by,"
            f" prepared_at, version) VALUES ('PC-X', {values}, 1, 1, {cast.farah.id}, '2026-11-22', 1)"
            for values in others
        )
        == []
    )


REWRITTEN = [
    "account_sealed = account_hash",
    "account_hash = account_sealed",
    "account_tail = '0000'",
    "bank_code = '002'",
    "holder = 'ORANG LAIN'",
    "cadre_id = cadre_id + 1",
    "entered_by = {vera}",
    "entered_at = '2026-01-01'",
    "verified_by = {vera}",
    "verified_by = NULL",
    "verified_at = '2026-01-01'",
]


def test_a_verified_account_is_never_rewritten(cast, statements):
    changes = [change.format(vera=cast.vera.id) for change in REWRITTEN]

    assert accepted(f"UPDATE bank_accounts SET {change}" for change in changes) == []


def test_an_old_account_does_not_come_back(cast, statements):
    make_account(cast.marlina, number="998877665544")

    with pytest.raises(DBAPIError):
        by_hand(
            "UPDATE bank_accounts SET is_current = NOT is_current WHERE cadre_id = :cadre",
            cadre=cast.marlina.id,
        )
    with pytest.raises(DBAPIError):
        by_hand("UPDATE bank_accounts SET is_current = true WHERE NOT is_current")


def test_nothing_of_it_is_deleted(cast, statements):
    sent(cast)

    assert accepted(f"DELETE FROM {table}" for table in ("payouts", "payout_batches", "bank_accounts")) == []
