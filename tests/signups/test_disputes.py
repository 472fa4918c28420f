"""Who leaves a dispute automatically, and what a decision means for the winner (rules.md 2)."""

import threading
from datetime import date
from uuid import uuid4

import pytest
from extracts import AT, NIK, act, again, apply, entries, make_nik, row, siti, unpaid
from factories import actor_of, make_cadre, make_user
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.steps import run_through
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.reports import ReportedSignUp
from portal.membership.services.applying import confirm_all
from portal.membership.services.deciding import decide_dispute, withdraw_validation
from portal.signups.models import SignUp
from portal.signups.services.decide import reject_signup
from portal.signups.services.report import record_signups

WHY = "Sudah ditelepon, bukan pekerjanya"
NEXT = date(2026, 11, 1)


def claims(**second):
    first = siti(status="disputed")
    return first, siti(**({"status": "disputed", "cadre_id": make_cadre().id} | second))


def siti_again():
    return ReportedSignUp(
        ref=str(uuid4()), name="Siti Aminah", nik=NIK, birth_date=date(1985, 7, 5), reported_on=date(2026, 10, 14),
        programmes="JKK,JKM", consent_version="2026-1", consent_at=AT,
    )  # fmt: skip


def states(*rows):
    return [again(one).status for one in rows]


def test_who_is_left_alone_by_a_rejection_leaves_the_dispute_at_once(app):
    first, second = claims()

    act(reject_signup, signup_id=second.id, code="not_confirmed", reason=WHY)

    assert states(first, second) == ["reported", "rejected"]
    event = db.session.execute(select(AuditEvent).where(AuditEvent.act == "signup.dispute_left")).scalar_one()
    assert (event.subject_id, event.version_seen, event.reason) == (str(first.id), 1, "no_rival")
    assert again(first).version == 2
    apply(row())
    assert states(first) == ["validated"]
    assert entries() == [("signup", "2026-10", 50)]


def test_with_a_stored_match_the_one_left_alone_is_matched(app):
    first, second = claims()
    apply(row())

    act(reject_signup, signup_id=second.id, code="not_confirmed", reason=WHY)

    assert (states(first), again(first).outcome) == (["matched"], "new")
    assert act(lambda *, by: run_through(confirm_all(by=by))) == 1


def test_as_long_as_one_rival_is_live_the_dispute_stays(app):
    first, second = claims()
    third = siti(status="disputed", cadre_id=make_cadre().id)

    act(reject_signup, signup_id=second.id, code="not_confirmed", reason=WHY)

    assert states(first, third) == ["disputed", "disputed"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["wrong_match", "fraud"])
def test_a_withdrawal_for_any_reason_frees_the_newcomer(app, kind):
    first = siti()
    apply(row())
    second = siti(status="disputed", cadre_id=make_cadre().id)
    apply(row(), as_of=NEXT)

    act(withdraw_validation, signup_id=first.id, kind=kind, reason=WHY)

    assert states(first, second) == ["rejected", "matched"]
    apply(row(), as_of=date(2026, 11, 2))
    assert states(second) == ["validated"]


def test_when_the_validated_rival_lapses_the_newcomer_is_free_in_the_same_application(app):
    first = siti(reported_on=date(2026, 4, 6))
    april = row(registered="2026-04-06", paid="2026-04-06", blth="2026-04")
    apply(april, as_of=date(2026, 4, 30))
    second = siti(status="disputed", cadre_id=make_cadre().id, reported_on=date(2026, 9, 1))

    result = apply(april, as_of=date(2026, 9, 30))

    assert (again(first).is_live, states(second)) == (False, ["matched"])
    assert (again(second).outcome, result.counts["left_dispute"]) == ("reactivated", 1)


def test_when_the_rival_expires_the_newcomer_is_free(app):
    first = siti(reported_on=date(2026, 6, 3), held_reason="match.person", held_by_person=True)
    second = siti(status="disputed", cadre_id=make_cadre().id, reported_on=date(2026, 10, 12))
    other = row(nik=make_nik(serial=77), kpj="")
    apply(other, as_of=date(2026, 10, 30))
    assert states(second) == ["disputed"]

    apply(other, as_of=date(2026, 10, 31))

    assert states(first, second) == ["expired", "reported"]


def test_when_the_rival_turns_out_a_member_already_the_newcomer_is_matched_in_the_same_application(app):
    first = siti(reported_on=date(2026, 10, 20))
    second = siti(status="disputed", cadre_id=make_cadre().id, reported_on=date(2026, 10, 12))

    apply(row())

    assert states(first, second) == ["rejected", "validated"]


def test_an_application_frees_those_who_were_left_alone_before_there_was_this_rule(app):
    alone = siti(status="disputed")
    unknown = siti(nik=make_nik(serial=77), status="disputed")

    apply(unpaid())

    assert states(alone, unknown) == ["matched", "reported"]


def test_who_comes_after_the_dispute_is_over_is_disputed_anew(app):
    first, second = claims()
    act(reject_signup, signup_id=second.id, code="not_confirmed", reason=WHY)
    cadre = make_cadre()
    report = siti_again()

    by = Signature(actor_of(cadre), AT)
    (third,) = act(record_signups, activity_ref=None, cadre=cadre, reports=[report], by=by)

    assert states(first) == ["disputed"]
    assert db.session.get(SignUp, third).status == "disputed"


@pytest.mark.slow
def test_what_was_paid_since_the_beaten_claim_makes_the_winner_no_member_already(app):
    first = siti(reported_on=date(2026, 9, 1))
    paid = row(registered="2026-09-01", paid="2026-09-01", blth="2026-09")
    apply(paid, as_of=date(2026, 9, 30))
    second = siti(status="disputed", cadre_id=make_cadre().id, reported_on=date(2026, 10, 12))
    rows = (paid, row(registered="2026-09-01"))
    apply(*rows)
    assert states(first, second) == ["validated", "disputed"]

    act(decide_dispute, signup_id=second.id, reason=WHY)
    assert again(second).beaten_on == date(2026, 9, 1)
    apply(*rows, as_of=NEXT)

    assert (states(first, second), again(second).outcome) == (["rejected", "validated"], "reactivated")


def test_what_was_paid_before_the_beaten_claim_does_make_a_member(app):
    first = siti(reported_on=date(2026, 9, 1), status="disputed")
    second = siti(status="disputed", cadre_id=make_cadre().id, reported_on=date(2026, 10, 12))
    act(decide_dispute, signup_id=second.id, reason=WHY)

    apply(row(registered="2026-08-01", paid="2026-08-28", blth="2026-08"), row(registered="2026-08-01"))

    assert (states(first, second), again(second).reject_code) == (["rejected", "rejected"], "already_member")


class Race:
    """Two officers who act on the two sides of one dispute at the same moment."""

    def __init__(self, app):
        self.app, self.refused, self.failed = app, [], []
        self.actors = [actor_of(make_user(role="validator")), actor_of(make_user(role="admin"))]

    def run(self, *deeds):
        gate = threading.Barrier(len(deeds))

        def one(deed, actor):
            with self.app.app_context():
                try:
                    gate.wait()
                    with transaction():
                        deed(actor)
                except RuleBroken as broken:
                    self.refused.append(broken.code)
                except Exception as fault:
                    self.failed.append(fault)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=one, args=pair) for pair in zip(deeds, self.actors, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.rollback()


@pytest.mark.parametrize("round_", range(4))
def test_two_who_decide_a_dispute_at_once_leave_one_winner(app, round_):
    first, second = claims()
    race, ids = Race(app), (first.id, second.id)

    race.run(
        *(
            lambda actor, won=won: decide_dispute(signup_id=won, reason=WHY, by=Signature(actor, AT))
            for won in ids
        )
    )

    assert race.failed == []
    assert sorted(states(first, second)) == ["rejected", "reported"]
    assert len(race.refused) == 1


@pytest.mark.parametrize("round_", range(4))
def test_two_who_reject_both_sides_at_once_leave_nobody_in_the_dispute(app, round_):
    first, second = claims()
    race, ids = Race(app), (first.id, second.id)

    race.run(
        *(
            lambda actor, lost=lost: reject_signup(
                signup_id=lost, code="not_confirmed", reason=WHY, by=Signature(actor, AT)
            )
            for lost in ids
        )
    )

    assert (race.failed, race.refused, states(first, second)) == ([], [], ["rejected", "rejected"])


@pytest.mark.slow
def test_who_comes_while_the_first_is_withdrawn_is_never_disputed_alone(app):
    first = siti()
    apply(row())
    cadre, report = make_cadre(), siti_again()
    race, ids = Race(app), (first.id, cadre.id)
    come_in, gone = threading.Event(), threading.Event()

    def come(actor):
        own = db.session.get(Cadre, ids[1])
        record_signups(activity_ref=None, cadre=own, reports=[report], by=Signature(actor, AT))
        come_in.set()
        gone.wait(0.5)  # the withdrawal has this long to overtake; it must wait instead

    def withdraw(actor):
        come_in.wait(0.5)
        withdraw_validation(signup_id=ids[0], kind="wrong_match", reason=WHY, by=Signature(actor, AT))
        db.session.commit()
        gone.set()

    race.run(come, withdraw)

    newcomer = db.session.execute(select(SignUp).where(SignUp.ref == report.ref)).scalar_one()
    assert (race.failed, race.refused, states(first)) == ([], [], ["rejected"])
    assert newcomer.status == "reported"
