"""One payment leaves a prepared batch, with a reason and without dissolving the batch (rules.md 8.5)."""

import threading

import pytest
from paying import NOW, approve, drop, export, make_account, payouts_of, prepare, reject
from signing_in import post, sign_in
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.payouts.formats import Result
from portal.payouts.models import Payout, PayoutBatch
from portal.payouts.queries.tracking import payment_status
from portal.payouts.services.deciding import approve_batch, reject_batch
from portal.payouts.services.dropping import drop_payment
from portal.payouts.services.exporting import export_batch
from portal.payouts.services.recording import record_result


def reference_of(batch_id: int, statements: dict[str, int], code: str) -> str:
    return payouts_of(batch_id)[statements[code]].reference


@pytest.mark.parametrize("by", ["farah", "omar"])
def test_one_payment_is_dropped_and_the_others_go_their_way(cast, statements, by):
    batch_id = prepare(cast).id
    reference = reference_of(batch_id, statements, "K-HERMAN")

    batch = drop(cast, batch_id, reference, by=by, reason="  Nama pemilik\nkeliru ")

    assert (batch.status, batch.payments, batch.total, batch.version) == ("prepared", 1, 1_000_350, 2)
    row = payouts_of(batch_id)[statements["K-HERMAN"]]
    assert (row.status, row.drop_reason, row.dropped_at) == ("dissolved", "Nama pemilik keliru", NOW)
    found = payment_status(statements.values(), at=NOW)
    assert {code: found[id_].status for code, id_ in statements.items()} == {
        "K-MARLINA": "in_batch",
        "K-HERMAN": "payable",
    }
    approve(cast, batch_id)
    assert reference.encode() not in export(cast, batch_id).content
    assert reference_of(prepare(cast).id, statements, "K-HERMAN") != reference


def test_dropping_again_changes_nothing(cast, statements):
    batch_id = prepare(cast).id
    reference = reference_of(batch_id, statements, "K-HERMAN")
    first = drop(cast, batch_id, reference).version

    assert drop(cast, batch_id, reference).version == first
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "payout.dropped")).all()
    assert [(event.reason, event.details["reference"]) for event in events] == [
        ("Nama pemilik keliru", reference)
    ]


def test_dropping_a_held_payment_opens_the_way_for_the_approval(cast, statements):
    batch_id = prepare(cast).id
    make_account(cast.herman, number="998877665544")
    with pytest.raises(RuleBroken, match=r"payouts\.row_held_since"):
        approve(cast, batch_id)

    drop(cast, batch_id, reference_of(batch_id, statements, "K-HERMAN"))

    assert approve(cast, batch_id).total == 1_000_350


def test_what_cannot_be_dropped_says_why(cast, statements):
    batch_id = prepare(cast).id
    marlina, herman = (reference_of(batch_id, statements, code) for code in ("K-MARLINA", "K-HERMAN"))
    with pytest.raises(RuleBroken, match=r"payouts\.drop_reason_missing"):
        drop(cast, batch_id, herman, reason=" ")
    with pytest.raises(RuleBroken, match=r"payouts\.unknown_reference"):
        drop(cast, batch_id, "PK-ELSEWHERE")
    with pytest.raises(NotAllowed, match=r"payouts\.finance_only"):
        drop(cast, batch_id, herman, by="ratna")
    with pytest.raises(RuleBroken, match=r"state\.not_possible"):
        drop(cast, batch_id, herman, version_seen=7)
    drop(cast, batch_id, herman)
    with pytest.raises(RuleBroken, match=r"payouts\.last_payment"):
        drop(cast, batch_id, marlina)
    with pytest.raises(RuleBroken, match=r"state\.not_possible"):
        drop(cast, batch_id, herman, by="farah")
    approve(cast, batch_id)
    with pytest.raises(RuleBroken, match=r"state\.not_possible"):
        drop(cast, batch_id, marlina)


def test_a_dropped_payment_stays_dropped_when_its_batch_is_rejected(cast, statements):
    batch_id = prepare(cast).id
    drop(cast, batch_id, reference_of(batch_id, statements, "K-HERMAN"))
    reject(cast, batch_id)

    rows = payouts_of(batch_id)
    assert {row.status for row in rows.values()} == {"dissolved"}
    assert [row.dropped_at is None for row in rows.values()].count(True) == 1
    assert prepare(cast).payments == 2


def race(app, acts) -> list[object]:
    """Run acts at once, each in its own thread; return what each returned or raised."""
    gate, outcomes = threading.Barrier(len(acts)), []

    def run(act) -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    outcomes.append(act())
            except RuleBroken as refused:
                outcomes.append(refused.code)
            finally:
                db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_approval_and_drop_at_once_leave_what_the_approver_saw(app, cast, statements):
    batch = prepare(cast)
    batch_id, version = batch.id, batch.version
    reference = reference_of(batch_id, statements, "K-HERMAN")
    farah, omar = cast.actor("farah"), cast.actor("omar")

    def approving() -> str:
        return approve_batch(batch_id=batch_id, version_seen=version, by=Signature(omar, NOW)).status

    def dropping() -> str:
        drop_payment(
            batch_id=batch_id,
            reference=reference,
            reason="Keliru",
            version_seen=version,
            by=Signature(farah, NOW),
        )
        return "dropped"

    outcomes = race(app, [approving, dropping] * 3)

    done = {outcome for outcome in outcomes if outcome != "state.not_possible"}
    stored = db.session.get(PayoutBatch, batch_id)
    rows = [row.amount for row in payouts_of(batch_id).values() if row.status == "in_batch"]
    assert done in ({"approved"}, {"dropped"})
    assert (stored.status, stored.payments, stored.total) == (
        ("approved", 2, 1_050_350) if done == {"approved"} else ("prepared", 1, 1_000_350)
    )
    assert (len(rows), sum(rows)) == (stored.payments, stored.total)


def test_export_and_rejection_at_once_never_hand_out_a_rejected_batch(app, cast, statements):
    batch_id = prepare(cast).id
    farah, omar = cast.actor("farah"), cast.actor("omar")

    def exporting() -> str:
        export_batch(batch_id=batch_id, by=Signature(farah, NOW))
        return "exported"

    def rejecting() -> str:
        return reject_batch(batch_id=batch_id, reason="Salah bulan", by=Signature(omar, NOW)).status

    def approving() -> str:
        return approve_batch(batch_id=batch_id, by=Signature(omar, NOW)).status

    outcomes = race(app, [exporting, rejecting, approving] * 2)

    stored = db.session.get(PayoutBatch, batch_id)
    assert stored.status in {"approved", "rejected"}
    assert ("exported" in outcomes) == (stored.exported_at is not None)
    if stored.status == "rejected":
        assert stored.exported_at is None
        assert {row.status for row in payouts_of(batch_id).values()} == {"dissolved"}


def test_one_result_file_imported_many_times_at_once_counts_once(app, cast, statements):
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    export(cast, batch_id)
    results = [
        Result(row.reference, "failed" if row.amount == 50_000 else "paid", "Rekening tutup")
        for row in payouts_of(batch_id).values()
    ]
    farah = cast.actor("farah")

    def importing() -> tuple[int, int, int]:
        done = record_result(batch_id=batch_id, results=results, by=Signature(farah, NOW))
        return (done.paid, done.failed, done.unchanged)

    outcomes = race(app, [importing] * 6)

    assert sorted(outcomes) == [(0, 0, 2)] * 5 + [(1, 1, 0)]
    acts = list(db.session.scalars(select(AuditEvent.act)))
    assert acts.count("payout_batch.result_recorded") == acts.count("payout_batch.settled") == 1
    assert set(db.session.scalars(select(Payout.status))) == {"paid", "failed"}


def test_an_officer_drops_a_payment_by_clicking(client, cast, statements):
    batch_id = prepare(cast).id
    reference = reference_of(batch_id, statements, "K-HERMAN")
    sign_in(client, cast.omar)
    assert client.get(f"/payouts/{batch_id}").text.count(f"/payouts/{batch_id}/drop") == 2

    empty = post(
        client,
        f"/payouts/{batch_id}/drop",
        {"reference": reference, "reason": "", "version": 1},
        follow_redirects=True,
    )
    assert "Tulis alasan mengeluarkan" in empty.text
    values = {"reference": reference, "reason": "Nama pemilik keliru", "version": 1}
    page = post(client, f"/payouts/{batch_id}/drop", values, follow_redirects=True).text

    assert "Dikeluarkan dari daftar" in page
    assert "Alasan: Nama pemilik keliru" in page
    assert "Setujui Rp1.000.350" in page
    assert f"/payouts/{batch_id}/drop" not in page
