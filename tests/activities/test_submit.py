"""Submitting a report: once, completely, in the cadre's own time zone."""

from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from factories import actor_of, make_branch, make_cadre
from reporting import at_once, hand_in, new_ref, report, worker
from sqlalchemy import func, select

from portal import clock
from portal.activities.models import Activity, Draft
from portal.activities.services.decide import return_activity
from portal.activities.services.drafts import correct_report, save_draft
from portal.activities.services.submit import submit_report
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.signups.models import SignUp


@pytest.fixture
def cast(app):
    return make_cast()


def count(session, model, *conditions):
    return session.execute(select(func.count()).select_from(model).where(*conditions)).scalar_one()


def broken(code):
    return pytest.raises(RuleBroken, match=f"^{code.replace('.', '[.]')}")


def test_a_report_waits_for_the_supervisor_with_its_signups(cast, session):
    receipt = hand_in(cast.marlina, signups=(worker(), worker(name="Yusmaini")))

    activity = session.get(Activity, receipt.activity_id)
    assert (activity.status, activity.branch_id, activity.version) == ("submitted", cast.palembang.id, 1)
    assert count(session, SignUp, SignUp.activity_ref == receipt.ref) == 2


def test_the_same_report_again_gives_the_same_answer(cast, session):
    given = report(signups=(worker(),))

    first, again = hand_in(cast.marlina, given=given), hand_in(cast.marlina, given=given)

    assert (again.activity_id, again.repeated) == (first.activity_id, True)
    assert count(session, Activity) == 1
    assert count(session, SignUp) == 1


def test_the_same_number_with_other_content_is_a_conflict(cast):
    ref = new_ref()
    hand_in(cast.marlina, ref=ref)

    with broken("activities.conflict"):
        hand_in(cast.marlina, ref=ref, attendance=99)


def test_another_cadres_number_is_a_conflict_and_tells_nothing(cast):
    given = report()
    hand_in(cast.marlina, given=given)

    with broken("activities.conflict"):
        hand_in(cast.herman, given=given)


@pytest.mark.slow
def test_fifty_copies_at_once_store_one_report(app, cast, session):
    given = report(signups=(worker(),))
    actor = actor_of(cast.marlina)

    results = at_once(app, [lambda: submit_report(report=given, by=Signature(actor, clock.now()))] * 50)

    assert {result.activity_id for result in results} == {results[0].activity_id}
    assert sum(not result.repeated for result in results) == 1
    assert (count(session, Activity), count(session, SignUp)) == (1, 1)


@pytest.mark.parametrize("status", ["candidate", "suspended", "under_investigation", "ended"])
def test_only_active_cadres_submit(app, status):
    cadre = make_cadre(status=status)

    with broken("cadre.not_active"):
        hand_in(cadre)


def test_only_certified_cadres_submit(app):
    with broken("cadre.not_certified"):
        hand_in(make_cadre(certified_on=None))


def test_a_day_in_the_future_is_refused(cast):
    with broken("activities.in_future"):
        hand_in(cast.marlina, held_on=date(2026, 11, 23))


def test_the_day_begins_in_the_zone_of_the_cadres_branch(cast, session):
    late = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # 22.30 in Palembang, 00.30 in Jayapura

    with broken("activities.in_future"):
        hand_in(cast.marlina, held_on=date(2026, 11, 23), at=late)
    receipt = hand_in(cast.yosef, held_on=date(2026, 11, 23), at=late)

    assert session.get(Activity, receipt.activity_id).held_on == date(2026, 11, 23)


def test_a_day_before_the_programme_is_refused(cast):
    with broken("activities.before_programme"):
        hand_in(cast.marlina, held_on=date(2009, 5, 1))


def test_a_refused_signup_stores_nothing_of_the_report(cast, session):
    with broken("signups.consent_missing"):
        hand_in(cast.marlina, signups=(worker(), worker(consent_version=None)))

    assert (count(session, Activity), count(session, SignUp)) == (0, 0)


@pytest.mark.parametrize("ref", ["", "x" * 300, "1", "../../etc"])
def test_a_number_that_no_client_made_is_refused(cast, ref):
    with broken("report.bad_ref"):
        hand_in(cast.marlina, ref=ref)


def test_a_draft_is_sealed_and_gone_when_the_report_is_in(cast, session):
    ref = new_ref()
    with transaction():
        save_draft(
            ref=ref,
            body={"signups": [{"nik": "1671014507850003"}]},
            by=Signature(actor_of(cast.marlina), clock.now()),
        )
    draft = session.get(Draft, ref)
    assert b"1671014507850003" not in draft.body_sealed
    assert "1671" not in str(draft.summary)

    hand_in(cast.marlina, ref=ref)

    assert count(session, Draft) == 0


def test_a_draft_of_somebody_else_is_not_overwritten(cast):
    ref = new_ref()
    with transaction():
        save_draft(
            ref=ref, body={"notes": "punya Marlina"}, by=Signature(actor_of(cast.marlina), clock.now())
        )

    with broken("activities.conflict"), transaction():
        save_draft(ref=ref, body={"notes": "lain"}, by=Signature(actor_of(cast.herman), clock.now()))


class TestACorrection:
    @pytest.fixture
    def returned(self, cast):
        receipt = hand_in(cast.marlina, signups=(worker(),))
        with transaction():
            return_activity(
                activity_id=receipt.activity_id,
                code="photo_unreadable",
                reason="Foto ulang dari dekat",
                by=Signature(cast.actor("fahmi"), clock.now()),
            )
        return receipt

    def test_goes_in_as_the_next_version(self, cast, returned, session):
        receipt = hand_in(cast.marlina, ref=returned.ref, corrects=1, notes="Foto diulang")

        assert (receipt.activity_id, receipt.version, receipt.status) == (
            returned.activity_id,
            2,
            "submitted",
        )
        assert session.get(Activity, receipt.activity_id).reason is None

    def test_lets_the_held_matches_go(self, cast, returned, session):
        held = select(SignUp.held_reason).where(SignUp.activity_ref == returned.ref)
        assert session.execute(held).scalar_one() == "activity_returned"

        hand_in(cast.marlina, ref=returned.ref, corrects=1)

        assert session.execute(held).scalar_one() is None

    def test_may_take_a_signup_back(self, cast, returned, session):
        signup = session.execute(select(SignUp)).scalar_one()

        hand_in(cast.marlina, ref=returned.ref, corrects=1, removed=(signup.ref,))

        session.refresh(signup)
        assert (signup.status, signup.is_live, signup.reject_code) == ("rejected", False, "removed_by_cadre")

    def test_is_refused_for_another_version(self, cast, returned):
        with broken("activities.conflict"):
            hand_in(cast.marlina, ref=returned.ref, corrects=3)

    def test_opens_as_a_draft_for_its_owner_only(self, cast, returned, session):
        with pytest.raises(NotFound), transaction():
            correct_report(activity_id=returned.activity_id, by=Signature(actor_of(cast.herman), clock.now()))
        with transaction():
            ref = correct_report(
                activity_id=returned.activity_id, by=Signature(actor_of(cast.marlina), clock.now())
            )

        assert session.get(Draft, ref).summary["corrects"] == 1


def test_flags_say_what_a_person_should_look_at(cast, session):
    phone = "0812 7744 1903"
    odd = worker(phone=phone, birth_date=date(1990, 1, 1))
    receipt = hand_in(
        cast.marlina,
        held_on=date(2026, 11, 1),
        attendance=None,
        signups=tuple(
            worker(phone=phone, reported_on=date(2026, 11, 1), birth_date=born)
            for born in (odd.birth_date, date(1985, 7, 5), date(1985, 7, 5))
        ),
    )

    codes = [flag["code"] for flag in session.get(Activity, receipt.activity_id).flags]

    assert codes == ["nik_odd", "phone_shared", "sent_late", "no_attendance"]


def test_a_plain_report_has_no_flag(cast, session):
    assert session.get(Activity, hand_in(cast.marlina).activity_id).flags == []


def test_a_cadre_of_a_branch_without_villages_may_still_report(app, session):
    cadre = make_cadre(branch_id=make_branch(region_code=None).id)

    assert hand_in(cadre).status == "submitted"
