"""Hand-overs: what is paid from their day on is the new cadre's, counting goes on, closed months stay (rules.md 5.4)."""

from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from earning import assign, close, lines
from extracts import NIK, apply, contributions, entries, participant, row, siti
from factories import make_nik
from reporting import at_once
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from portal.audit import AuditEvent
from portal.care.queries.hand_overs import list_news
from portal.care.services.hand_overs import HandingOver, acknowledge_news, begin_hand_overs, hand_over
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.membership.models import HandOver
from portal.points.models import LateMark, LedgerEntry, WaitingEntry
from portal.signups.services.decide import withdraw_signup
from portal.verification.queries import list_findings

AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def cast(app):
    found = make_cast()
    assign(found.palembang, "perisai-2022")
    return found


def paid(month, on, **more):
    return row(registered="2026-08-03", blth=month, paid=on, **more)


def joined(cast, **more):
    return siti(cadre_id=cast.marlina.id, reported_on=date(2026, 8, 3), **more)


def give(cast, to, month="2026-11", *, who="ratna", at=AT, nik=NIK, reason="Kader berhenti"):
    given = HandingOver([participant(nik).id], to.id, month, reason)
    with transaction():
        return hand_over(given=given, by=Signature(cast.actor(who), at))


def holders():
    return [(one.blth, one.cadre_id, one.number) for one in contributions()]


def test_what_is_paid_from_the_day_on_is_the_new_cadres_and_counting_goes_on(cast):
    joined(cast)
    apply(paid("2026-08", "2026-08-03"), paid("2026-09", "2026-09-03"), as_of=date(2026, 9, 30))

    give(cast, cast.herman, "2026-10")
    apply(paid("2026-10", "2026-09-30"), paid("2026-11", "2026-10-01"), as_of=date(2026, 10, 31))

    marlina, herman = cast.marlina.id, cast.herman.id
    assert holders() == [
        ("2026-08", marlina, 1),
        ("2026-09", marlina, 2),
        ("2026-10", marlina, 3),
        ("2026-11", herman, 4),
    ]
    assert participant().cadre_id == herman
    assert not list_findings()


def test_retention_points_are_whose_the_payment_is_and_posted_ones_stay(cast):
    joined(cast)
    apply(*(paid(f"2026-{m:02}", f"2026-{m:02}-03") for m in (8, 9)), as_of=date(2026, 9, 30))
    give(cast, cast.herman, "2026-10")

    apply(paid("2026-10", "2026-10-03"), as_of=date(2026, 10, 31))

    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "retention_3")).one()
    assert entry.cadre_id == cast.herman.id

    give(cast, cast.yosef, "2026-10")
    assert entries() == [("signup", "2026-08", 50), ("retention_3", "2026-10", 20)]
    assert holders()[-1] == ("2026-10", cast.yosef.id, 3)
    assert not list_findings()


def test_a_waiting_retention_step_goes_along(cast):
    joined(cast)
    prepaid = [paid(f"2026-{m:02}", "2026-10-03") for m in (10, 11, 12)]
    apply(*prepaid, as_of=date(2026, 10, 31))

    give(cast, cast.herman, "2026-10")

    waiting = db.session.scalars(select(WaitingEntry)).one()
    assert (waiting.cadre_id, waiting.kind) == (cast.herman.id, "retention_3")
    assert not list_findings()


@pytest.mark.slow
def test_a_closed_month_never_changes_and_late_money_goes_to_who_held_the_participant(cast):
    joined(cast)
    apply(paid("2026-08", "2026-08-03"), as_of=date(2026, 8, 31))
    give(cast, cast.herman, "2026-10")
    for month in ("2026-08", "2026-09", "2026-10"):
        close(month)
    before = {who: lines(who, "2026-10") for who in (cast.marlina, cast.herman)}

    apply(paid("2026-09", "2026-09-30"), paid("2026-10", "2026-10-01"), as_of=date(2026, 11, 20))
    close("2026-11")

    assert {who: lines(who, "2026-10") for who in (cast.marlina, cast.herman)} == before
    assert [one[:2] + one[-1:] for one in lines(cast.marlina, "2026-11")] == [
        ("contribution_share", "2026-09", 2520)
    ]
    assert [one[:2] + one[-1:] for one in lines(cast.herman, "2026-11")] == [
        ("contribution_share", "2026-10", 2520)
    ]
    assert not list_findings()


def test_a_hand_over_from_an_open_month_moves_what_is_known_and_marks_what_is_closed(cast):
    joined(cast)
    close("2026-08")
    close("2026-09")
    apply(paid("2026-08", "2026-10-05"), paid("2026-09", "2026-10-05"), as_of=date(2026, 10, 31))

    give(cast, cast.herman, "2026-10")

    assert {one[1] for one in holders()} == {cast.herman.id}
    marks = {(one.cadre_id, one.month) for one in db.session.scalars(select(LateMark))}
    assert {(cast.marlina.id, "2026-08"), (cast.herman.id, "2026-09")} <= marks
    assert not list_findings()


def test_a_closed_month_a_far_one_and_a_foreign_cadre_are_refused(cast):
    joined(cast)
    apply(paid("2026-08", "2026-08-03"), as_of=date(2026, 8, 31))
    close("2026-08")

    for month, code in (("2026-08", "people.month_closed"), ("2027-03", "care.month_too_far")):
        with pytest.raises(RuleBroken, match=code):
            give(cast, cast.herman, month)
    with pytest.raises(RuleBroken, match=r"care\.same_cadre"):
        give(cast, cast.marlina)
    with pytest.raises(RuleBroken, match=r"care\.reason_missing"):
        give(cast, cast.herman, reason=" ")
    cast.herman.status = "suspended"
    db.session.commit()
    with pytest.raises(RuleBroken, match=r"care\.cadre_not_active"):
        give(cast, cast.herman)
    cast.ratna.scope, cast.ratna.branch_id = "branch", cast.jayapura.id
    db.session.commit()
    with pytest.raises(NotFound):
        give(cast, cast.yosef)


def test_a_planned_one_begins_with_its_month_in_the_new_cadres_zone(cast):
    joined(cast)
    apply(paid("2026-08", "2026-08-03"), as_of=date(2026, 8, 31))

    give(cast, cast.yosef, "2026-12")
    assert participant().cadre_id == cast.marlina.id
    with transaction():
        assert begin_hand_overs(at=datetime(2026, 11, 30, 14, 59, tzinfo=UTC)) == 0
    with transaction():
        assert begin_hand_overs(at=datetime(2026, 11, 30, 15, 0, tzinfo=UTC)) == 1
    assert participant().cadre_id == cast.yosef.id
    with transaction():
        assert begin_hand_overs(at=datetime(2026, 12, 1, 15, 0, tzinfo=UTC)) == 0
    assert not list_findings()


def test_both_cadres_are_told_until_they_acknowledge_it(cast):
    joined(cast)
    apply(paid("2026-08", "2026-08-03"), as_of=date(2026, 8, 31))
    give(cast, cast.herman)

    (given,), (received,) = list_news(cast.marlina.id), list_news(cast.herman.id)
    assert (given.act, given.count, given.other) == ("participants.given", 1, "Herman Sawiran")
    assert (received.act, received.from_month, received.other) == (
        "participants.received", "2026-11", "Marlina Agustina",
    )  # fmt: skip
    assert not list_news(cast.yosef.id)

    with transaction():
        acknowledge_news(last=received.id, by=Signature(cast.actor("herman"), AT))
    assert not list_news(cast.herman.id)
    assert list_news(cast.marlina.id)


def test_proven_fraud_takes_back_what_each_earned_and_fines_who_signed_the_worker_up(cast):
    signup = joined(cast)
    apply(*(paid(f"2026-{m:02}", f"2026-{m:02}-03") for m in (8, 9)), as_of=date(2026, 9, 30))
    give(cast, cast.herman, "2026-10")
    apply(paid("2026-10", "2026-10-03"), as_of=date(2026, 10, 31))

    with transaction():
        withdraw_signup(
            signup_id=signup.id, kind="fraud", reason="Foto palsu", by=Signature(cast.actor("vera"), AT)
        )

    rows = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
    assert [(one.cadre_id, one.kind, one.points) for one in rows] == [
        (cast.marlina.id, "signup", 50),
        (cast.herman.id, "retention_3", 20),
        (cast.marlina.id, "signup_reversal", -50),
        (cast.herman.id, "retention_3_reversal", -20),
        (cast.marlina.id, "fraud", -50),
    ]


def test_a_new_sign_up_of_the_same_worker_knows_nothing_of_it(cast):
    joined(cast)
    apply(paid("2026-03", "2026-08-03"), as_of=date(2026, 8, 31))
    give(cast, cast.herman, "2026-09")
    siti(cadre_id=cast.yosef.id, reported_on=date(2026, 11, 10), nik=NIK)

    apply(paid("2026-11", "2026-11-12"), as_of=date(2026, 11, 20))

    assert participant().cadre_id == cast.yosef.id
    assert holders()[-1] == ("2026-11", cast.yosef.id, 1)
    assert not list_findings()


def test_two_admins_at_once_leave_one_chain_and_one_holder(app, cast):
    joined(cast)
    apply(paid("2026-08", "2026-08-03"), as_of=date(2026, 8, 31))
    ids, by = [participant().id], Signature(cast.actor("ratna"), AT)
    takers = [cast.herman.id, cast.yosef.id, cast.herman.id]
    db.session.rollback()

    def giving(to: int):
        return lambda: hand_over(given=HandingOver(ids, to, "2026-11", "Kader berhenti"), by=by)

    results = at_once(app, [giving(to) for to in takers])

    rows = db.session.scalars(select(HandOver).order_by(HandOver.id)).all()
    refused = [one for one in results if one != 1]
    assert len(rows) == 3 - len(refused)
    assert all(getattr(one, "code", "") == "care.same_cadre" for one in refused), results
    assert [row.from_cadre_id for row in rows] == [cast.marlina.id, *(row.to_cadre_id for row in rows[:-1])]
    assert participant().cadre_id == rows[-1].to_cadre_id
    assert not list_findings()


def test_many_participants_go_in_one_act_and_are_told_of_as_one(cast):
    niks = [make_nik(serial=n) for n in (31, 32, 33)]
    for nik in niks:
        joined(cast, nik=nik, name=f"ORANG {nik[-4:]}")
    apply(*(paid("2026-08", "2026-08-03", nik=nik, kpj="", name=f"ORANG {nik[-4:]}") for nik in niks))
    ids = [participant(nik).id for nik in niks]

    with transaction():
        done = hand_over(
            given=HandingOver(ids, cast.herman.id, "2026-11", "Pindah tugas"),
            by=Signature(cast.actor("ratna"), AT),
        )

    assert done == 3
    assert [one.count for one in list_news(cast.herman.id)] == [3]
    acts = list(db.session.scalars(select(AuditEvent.act).where(AuditEvent.act.like("participant%"))))
    assert acts.count("participant.handed_over") == 3


@pytest.mark.parametrize(
    "values", [{"to_cadre_id": 1}, {"from_month": "2026-10"}, {"in_force": False}, {"reason": "x"}]
)
def test_a_recorded_hand_over_never_changes(cast, values):
    joined(cast)
    apply(paid("2026-08", "2026-08-03"), as_of=date(2026, 8, 31))
    give(cast, cast.herman)

    with pytest.raises(DatabaseError, match=r"guard|denied"):
        db.session.execute(HandOver.__table__.update().values(values))
    db.session.rollback()
    with pytest.raises(DatabaseError, match=r"guard|denied"):
        db.session.execute(HandOver.__table__.delete())
    db.session.rollback()
