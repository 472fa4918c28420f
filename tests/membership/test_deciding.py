"""A person's decisions: matches by hand, double claims, withdrawals, conflicts, a full NIK (rules.md 2, 3.2, 9.1)."""

from datetime import date, timedelta

import pytest
from extracts import (
    AT,
    NIK,
    again,
    apply,
    entries,
    everything,
    make_nik,
    participant,
    row,
    siti,
    unpaid,
    validator,
)
from factories import actor_of, make_cadre, make_user
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import RuleBroken
from portal.membership.models import Contribution, ContributionConflict
from portal.membership.services.conflicts import decide_conflict
from portal.membership.services.deciding import (
    decide_dispute,
    match_by_hand,
    validate_match,
    withdraw_validation,
)
from portal.points.models import LateMark, Month
from portal.signups.services.decide import reject_signup, unmatch_signup
from portal.signups.services.report import reveal_nik

WHY = "Sudah ditelepon, orangnya sama"


def act(service, **given):
    given = {"actor": validator(), "at": AT} | given
    with transaction():
        return service(**given)


def credited():
    rows = db.session.execute(select(Contribution).execution_options(populate_existing=True)).scalars()
    return [(one.cadre_id, one.number) for one in rows]


def test_a_held_sign_up_is_matched_by_hand_and_validated_with_its_paid_row(app):
    signup = siti(name="Bambang")
    apply(row())

    validated = act(match_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY)

    signup = again(signup)
    assert validated
    assert (signup.status, signup.match_tier, signup.outcome) == ("validated", "hand", "new")
    assert entries() == [("signup", "2026-10", 50)]


def test_matched_by_hand_without_a_payment_waits_for_it(app):
    signup = siti(name="Bambang")
    apply(unpaid())

    assert not act(match_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY)
    assert again(signup).status == "matched"
    apply(row(), as_of=date(2026, 11, 1))

    assert again(signup).status == "validated"


def test_registered_too_late_counts_as_new_once_a_person_says_so(app):
    signup = siti(reported_on=date(2026, 7, 1))
    apply(row())
    assert again(signup).held_reason == "match.late"

    act(match_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY)

    assert (again(signup).status, again(signup).outcome) == ("validated", "new")
    assert again(signup).earned_on == date(2026, 10, 12)


def test_an_expired_one_is_matched_by_hand(app):
    signup = siti(status="expired", is_live=False)
    apply(row())

    act(match_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY)

    assert (again(signup).status, again(signup).is_live) == ("validated", True)


def test_a_decision_needs_a_reason(app):
    signup = siti(name="Bambang")
    apply(row())

    with pytest.raises(RuleBroken, match="reason_missing"):
        act(match_by_hand, signup_id=signup.id, participant_id=participant().id, reason=" ")


def test_nobody_decides_on_what_they_reported(app):
    actor = validator()
    signup = siti(name="Bambang", created_by=actor.user_id)
    apply(row())

    with pytest.raises(RuleBroken, match="own_report"):
        act(match_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY)


def test_who_saw_an_older_version_is_told(app):
    signup = siti(name="Bambang")
    apply(row())

    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        act(reject_signup, signup_id=signup.id, code="not_confirmed", reason=WHY, version=1)


def test_a_match_that_a_person_refused_does_not_come_back(app):
    signup = siti()
    apply(unpaid())
    act(unmatch_signup, signup_id=signup.id, reason="Bukan orang ini")

    apply(row(), as_of=date(2026, 11, 1))

    assert (again(signup).status, again(signup).held_reason) == ("reported", "match.person")


def test_one_match_is_confirmed_alone(app):
    signup, other = siti(), siti(nik=make_nik(serial=77))
    apply(row(), row(nik=make_nik(serial=77), kpj="", name=other.name), confirm=False)

    act(validate_match, signup_id=signup.id)

    assert (again(signup).status, again(other).status) == ("validated", "matched")


def test_an_unpaid_match_cannot_be_confirmed(app):
    signup = siti()
    apply(unpaid())

    with pytest.raises(RuleBroken, match="not_ready"):
        act(validate_match, signup_id=signup.id)


def test_a_wrong_match_takes_back_points_and_contributions(app):
    signup = siti(reported_on=date(2026, 7, 6))
    apply(
        *(
            row(registered="2026-07-06", blth=f"2026-{month:02}", paid=f"2026-{month:02}-06")
            for month in (7, 8, 9)
        )
    )

    act(withdraw_validation, signup_id=signup.id, kind="wrong_match", reason=WHY)

    signup = again(signup)
    assert (signup.status, signup.withdrawn, signup.is_live) == ("rejected", "wrong_match", False)
    assert entries()[2:] == [("signup_reversal", "2026-07", -50), ("retention_3_reversal", "2026-09", -20)]
    assert credited() == [(None, None)] * 3
    assert (participant().signup_id, participant().cadre_id) == (None, None)


def test_fraud_costs_a_further_fifty(app):
    signup = siti()
    apply(row())

    act(withdraw_validation, signup_id=signup.id, kind="fraud", reason=WHY)

    assert entries() == [
        ("signup", "2026-10", 50),
        ("signup_reversal", "2026-10", -50),
        ("fraud", "2026-10", -50),
    ]


def test_a_withdrawal_of_a_closed_month_asks_for_its_computation_anew(app):
    signup = siti()
    apply(row())
    with transaction():
        db.session.merge(Month(month="2026-10", status="closed", closed_at=AT, digest="d"))

    act(withdraw_validation, signup_id=signup.id, kind="wrong_match", reason=WHY)

    marks = db.session.execute(select(LateMark)).scalars()
    assert [(one.cadre_id, one.month) for one in marks] == [(signup.cadre_id, "2026-10")]


def two_claims():
    first = siti(status="disputed")
    second = siti(status="disputed", cadre_id=make_cadre().id)
    apply(row())
    return first, second


def test_disputed_claims_are_never_validated_by_themselves(app):
    first, second = two_claims()

    assert [again(one).status for one in (first, second)] == ["disputed", "disputed"]
    assert again(first).participant_id == participant().id
    assert entries() == []


def test_a_decision_makes_one_live_and_rejects_the_other(app):
    first, second = two_claims()

    act(decide_dispute, signup_id=second.id, reason=WHY)

    assert (again(first).status, again(first).reject_code, again(first).is_live) == (
        "rejected",
        "lost_dispute",
        False,
    )
    assert (again(second).status, again(second).is_live) == ("matched", True)
    apply(row(), as_of=date(2026, 11, 1))
    assert again(second).status == "validated"


def test_a_dispute_decided_before_any_extract_leaves_the_winner_reported(app):
    first = siti(status="disputed")
    second = siti(status="disputed", cadre_id=make_cadre().id)

    act(decide_dispute, signup_id=first.id, reason=WHY)

    assert [again(one).status for one in (first, second)] == ["reported", "rejected"]


def test_a_newcomer_that_wins_against_a_validated_one_takes_its_place(app):
    first = siti()
    apply(row())
    second = siti(status="disputed", cadre_id=make_cadre().id)
    apply(row(), as_of=date(2026, 11, 1))

    act(decide_dispute, signup_id=second.id, reason=WHY)
    apply(row(), as_of=date(2026, 11, 2))

    assert (again(first).status, again(first).withdrawn) == ("rejected", "wrong_match")
    assert again(second).status == "validated"
    assert credited() == [(second.cadre_id, 1)]


def test_a_validated_one_that_wins_keeps_everything(app):
    first = siti()
    apply(row())
    second = siti(status="disputed", cadre_id=make_cadre().id)

    act(decide_dispute, signup_id=first.id, reason=WHY)

    assert [again(one).status for one in (first, second)] == ["validated", "rejected"]
    assert entries() == [("signup", "2026-10", 50)]


def test_without_a_dispute_there_is_nothing_to_decide(app):
    signup = siti()

    with pytest.raises(RuleBroken, match="no_dispute"):
        act(decide_dispute, signup_id=signup.id, reason=WHY)


def conflict():
    apply(row())
    apply(row(amount=20000, paid="2026-10-15"), as_of=date(2026, 11, 1))
    return db.session.execute(select(ContributionConflict)).scalar_one()


def test_an_accepted_conflict_changes_the_contribution_and_its_month_is_computed_anew(app):
    signup = siti()
    found = conflict()
    with transaction():
        db.session.merge(Month(month="2026-10", status="closed", closed_at=AT, digest="d"))

    act(decide_conflict, conflict_id=found.id, accept=True, reason=WHY)

    stored = db.session.execute(select(Contribution)).scalar_one()
    assert (stored.amount, stored.paid_on, stored.earned_on) == (
        20000,
        date(2026, 10, 15),
        date(2026, 10, 15),
    )
    assert db.session.execute(select(LateMark)).scalar_one().cadre_id == signup.cadre_id


def test_after_an_accepted_conflict_the_older_file_again_opens_nothing(app):
    found = conflict()
    act(decide_conflict, conflict_id=found.id, accept=True, reason=WHY)

    result = apply(row())

    assert result.counts["conflicts_new"] == 0


def test_a_dismissed_conflict_stays_dismissed(app):
    found = conflict()
    act(decide_conflict, conflict_id=found.id, accept=False, reason=WHY)
    before = everything()

    apply(row(amount=20000, paid="2026-10-15"), as_of=date(2026, 11, 1))

    assert everything() == before
    with pytest.raises(RuleBroken, match="conflict_decided"):
        act(decide_conflict, conflict_id=found.id, accept=True, reason=WHY)


def test_a_whole_nik_is_shown_for_a_purpose_and_audited(app):
    signup = siti()

    assert act(reveal_nik, signup_id=signup.id, purpose="mencocokkan kartu keluarga") == NIK

    event = db.session.execute(select(AuditEvent).where(AuditEvent.act == "signup.nik_revealed")).scalar_one()
    assert NIK not in f"{event.details}{event.reason}"


def test_nobody_sees_more_than_a_hundred_niks_a_day(app):
    signup, actor = siti(), validator()
    with transaction():
        for _ in range(100):
            db.session.add(
                AuditEvent(
                    at=AT - timedelta(hours=1), actor_id=actor.user_id, actor_role="validator",
                    act="signup.nik_revealed", subject_kind="signup", subject_id="1",
                )
            )  # fmt: skip

    with pytest.raises(RuleBroken, match="reveal_cap"):
        act(reveal_nik, signup_id=signup.id, purpose="mencocokkan kartu keluarga")


def test_a_validator_of_another_branch_finds_nothing(app):
    from portal.domain.errors import NotFound

    signup = siti(name="Bambang")
    apply(row())
    stranger = actor_of(make_user(role="validator", scope="branch", branch_id=make_cadre().branch_id))

    with pytest.raises(NotFound):
        act(
            match_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY,
            actor=stranger,
        )  # fmt: skip


def test_rows_of_people_without_a_sign_up_are_deleted_after_six_months(app):
    from portal.membership.services.retention import delete_old_rows

    siti()
    apply(row(), row(nik=make_nik(serial=88), kpj=""))

    with transaction():
        assert delete_old_rows(at=AT + timedelta(days=170)) == 0
    with transaction():
        assert delete_old_rows(at=AT + timedelta(days=190)) == 2

    assert participant() is not None
    assert participant(make_nik(serial=88)) is None
