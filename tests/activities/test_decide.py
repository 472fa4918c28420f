"""Deciding on reports: one of many at once wins, three of a day earn, nobody decides on their own report."""

from datetime import date

import pytest
from cast import make_cast
from factories import actor_of, make_user
from reporting import at_once, hand_in, hand_in_clean, worker
from sqlalchemy import select

from portal import clock
from portal.activities.models import Activity
from portal.activities.services.decide import (
    approve_activities,
    approve_activity,
    reject_activity,
    return_activity,
    withdraw_activity,
)
from portal.audit import AuditEvent
from portal.database.transaction import transaction
from portal.domain.actors import Actor, Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp


@pytest.fixture
def cast(app):
    return make_cast()


def broken(code):
    return pytest.raises(RuleBroken, match=f"^{code.replace('.', '[.]')}")


def approve(cast, receipt, *, by="fahmi", version=None):
    with transaction():
        return approve_activity(
            activity_id=receipt.activity_id, by=Signature(cast.actor(by), clock.now()), version=version
        )


def decline(service, cast, receipt, *, code="other", reason="Foto daftar hadir belum terbaca", by="fahmi"):
    with transaction():
        return service(
            activity_id=receipt.activity_id,
            code=code,
            reason=reason,
            by=Signature(cast.actor(by), clock.now()),
        )


def points_of(session):
    session.expire_all()
    return [entry.points for entry in session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))]


def test_an_approved_report_earns_the_points_of_its_type_on_its_day(cast, session):
    receipt = hand_in(cast.marlina)

    decision = approve(cast, receipt)

    entry = session.scalars(select(LedgerEntry)).one()
    assert (decision.status, decision.points, decision.already) == ("approved", 20, False)
    assert (entry.source, entry.kind, entry.points) == (f"activity:{receipt.ref}", "activity", 20)
    assert (entry.earned_on, entry.cadre_id, entry.month) == (date(2026, 11, 20), cast.marlina.id, "2026-11")


def test_approving_again_gives_the_earlier_result(cast, session):
    receipt = hand_in(cast.marlina)
    approve(cast, receipt)

    again = approve(cast, receipt)

    assert (again.points, again.already) == (20, True)
    assert points_of(session) == [20]


@pytest.mark.slow
def test_fifty_racing_approvals_give_one_ledger_row(app, cast, session):
    receipt = hand_in(cast.marlina)
    actor = cast.actor("fahmi")

    def act():
        return approve_activity(activity_id=receipt.activity_id, by=Signature(actor, clock.now()), version=1)

    results = at_once(app, [act] * 50)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(not result.already for result in results) == 1
    assert points_of(session) == [20]


def test_approve_against_return_against_reject_ends_in_one_state(app, cast, session):
    receipt = hand_in(cast.marlina)
    actor, at, reason = cast.actor("fahmi"), clock.now(), "Kegiatan ini tidak terjadi"
    same = {"activity_id": receipt.activity_id, "by": Signature(actor, at)}

    results = at_once(
        app,
        [
            lambda: approve_activity(**same),
            lambda: return_activity(code="other", reason=reason, **same),
            lambda: reject_activity(code="other", reason=reason, **same),
        ],
    )

    won = [result for result in results if not isinstance(result, Exception)]
    assert len(won) == 1
    assert all(isinstance(result, RuleBroken) for result in results if result is not won[0])
    assert session.get(Activity, receipt.activity_id).status == won[0].status
    assert len(points_of(session)) == (won[0].status == "approved")


def test_the_first_three_of_a_day_earn_and_the_fourth_says_so(cast, session):
    receipts = [hand_in(cast.marlina) for _ in range(4)]

    given = [approve(cast, receipt).points for receipt in receipts]

    assert given == [20, 20, 20, 0]
    fourth = session.get(Activity, receipts[3].activity_id)
    assert (fourth.status, fourth.slot, fourth.points_given) == ("approved", None, 0)


def test_five_of_a_day_approved_at_once_take_three_slots(app, cast, session):
    receipts = [hand_in(cast.marlina) for _ in range(5)]
    actor = cast.actor("fahmi")

    results = at_once(
        app,
        [
            lambda receipt=receipt: approve_activity(
                activity_id=receipt.activity_id, by=Signature(actor, clock.now())
            )
            for receipt in receipts
        ],
    )

    assert sorted(result.points for result in results) == [0, 0, 20, 20, 20]
    assert points_of(session) == [20, 20, 20]


def test_a_withdrawal_reverses_the_points_and_frees_no_slot(cast, session):
    receipts = [hand_in(cast.marlina) for _ in range(4)]
    for receipt in receipts[:3]:
        approve(cast, receipt)

    decline(withdraw_activity, cast, receipts[0])

    assert points_of(session) == [20, 20, 20, -20]
    assert approve(cast, receipts[3]).points == 0
    assert decline(withdraw_activity, cast, receipts[0]).already
    assert points_of(session) == [20, 20, 20, -20]


def test_a_return_or_rejection_holds_the_matches_and_names_its_reason(cast, session):
    for service, status in ((return_activity, "returned"), (reject_activity, "rejected")):
        receipt = hand_in(cast.marlina, signups=(worker(),))

        decline(service, cast, receipt)

        signup = session.scalars(select(SignUp).where(SignUp.activity_ref == receipt.ref)).one()
        activity = session.get(Activity, receipt.activity_id)
        assert (activity.status, activity.reason_code) == (status, "other")
        assert signup.held_reason == f"activity_{status}"


def test_a_decision_needs_a_reason(cast):
    receipt = hand_in(cast.marlina)

    with broken("activities.reason_missing"):
        decline(return_activity, cast, receipt, reason="  ")
    with broken("activities.reason_code"):
        decline(return_activity, cast, receipt, code="just_so")


def test_what_was_decided_otherwise_is_said(cast):
    receipt = hand_in(cast.marlina)
    decline(reject_activity, cast, receipt)

    with broken("activities.already_rejected"):
        approve(cast, receipt)


def test_a_report_corrected_since_it_was_seen_is_not_approved_unseen(cast):
    receipt = hand_in(cast.marlina)
    decline(return_activity, cast, receipt)
    hand_in(cast.marlina, ref=receipt.ref, corrects=1)

    with broken("activities.changed"):
        approve(cast, receipt, version=1)
    assert approve(cast, receipt, version=2).points == 20


def test_supervisors_decide_in_their_branch_only(cast):
    receipt = hand_in(cast.marlina)

    with pytest.raises(NotFound):
        approve(cast, receipt, by="debora")
    with pytest.raises(NotAllowed):
        approve(cast, receipt, by="vera")


def test_nobody_decides_on_the_own_report(cast, session):
    receipt = hand_in(cast.marlina)
    actor = Actor(
        user_id=cast.marlina.user_id,
        role="supervisor",
        name="Marlina",
        scope="branch",
        branch_id=cast.palembang.id,
    )

    with pytest.raises(NotAllowed), transaction():
        approve_activity(activity_id=receipt.activity_id, by=Signature(actor, clock.now()))


def test_every_decision_is_in_the_audit_trail_with_the_version_seen(cast, session):
    receipt = hand_in(cast.marlina)
    approve(cast, receipt, version=1)

    events = session.scalars(select(AuditEvent).where(AuditEvent.subject_kind == "activity")).all()

    assert [(event.act, event.version_seen) for event in events] == [
        ("activity.submitted", None),
        ("activity.approved", 1),
    ]


class TestABatch:
    def batch(self, cast, receipts, *, by="fahmi"):
        with transaction():
            picked = [(receipt.activity_id, receipt.version) for receipt in receipts]
            return approve_activities(picked=picked, by=Signature(cast.actor(by), clock.now()))

    def test_approves_what_is_clean_and_lists_the_rest(self, cast, session):
        clean = [hand_in_clean(cast.marlina), hand_in_clean(cast.herman)]
        flagged, foreign = hand_in_clean(cast.herman, attendance=None), hand_in_clean(cast.yosef)
        gone = hand_in_clean(cast.marlina)
        decline(reject_activity, cast, gone)

        answers = self.batch(cast, [*clean, flagged, foreign, gone])

        assert [(answer.points, answer.code) for answer in answers] == [
            (20, ""),
            (20, ""),
            (0, "activities.flagged_singly"),
            (0, "activities.no_such"),
            (0, "activities.already_rejected"),
        ]
        assert points_of(session) == [20, 20]

    def test_again_approves_nothing_twice(self, cast, session):
        receipts = [hand_in_clean(cast.marlina) for _ in range(4)]
        self.batch(cast, receipts)

        again = self.batch(cast, receipts)

        assert [(answer.points, answer.already) for answer in again] == [(20, True)] * 3 + [(0, True)]
        assert points_of(session) == [20, 20, 20]

    def test_of_two_at_once_approves_each_report_once(self, app, cast, session):
        receipts = [hand_in_clean(cadre) for cadre in (cast.marlina, cast.herman, cast.marlina, cast.herman)]
        picked = [(receipt.activity_id, 1) for receipt in receipts]
        actor = cast.actor("fahmi")

        results = at_once(
            app,
            [
                lambda picked=picked: approve_activities(picked=picked, by=Signature(actor, clock.now())),
                lambda picked=picked[::-1]: approve_activities(
                    picked=picked, by=Signature(actor, clock.now())
                ),
            ],
        )

        assert all(isinstance(result, list) for result in results), results
        assert points_of(session) == [20] * 4

    def test_is_for_supervisors(self, cast):
        with pytest.raises(NotAllowed):
            self.batch(cast, [hand_in(cast.marlina)], by="ratna")


def test_a_supervisor_of_the_region_decides_in_all_its_branches(cast):
    boss = make_user(role="supervisor", scope="region", regional_office_id=cast.palembang.regional_office_id)
    receipt, foreign = hand_in(cast.marlina), hand_in(cast.yosef)

    with transaction():
        approve_activity(activity_id=receipt.activity_id, by=Signature(actor_of(boss), clock.now()))
    with pytest.raises(NotFound), transaction():
        approve_activity(activity_id=foreign.activity_id, by=Signature(actor_of(boss), clock.now()))
