"""A person decides on a match: by hand, with a reason, never on an own report (rules.md 5.1)."""

from datetime import date

import pytest
from extracts import AT, act, again, apply, entries, make_nik, participant, row, siti, unpaid, validator
from factories import actor_of, make_cadre, make_user

from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.membership.services.deciding import match_by_hand, validate_match
from portal.signups.services.decide import reject_signup, unmatch_signup

WHY = "Sudah ditelepon, orangnya sama"


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


def test_a_validator_of_another_branch_finds_nothing(app):
    from portal.domain.errors import NotFound

    signup = siti(name="Bambang")
    apply(row())
    stranger = actor_of(make_user(role="validator", scope="branch", branch_id=make_cadre().branch_id))

    with pytest.raises(NotFound):
        act(
            match_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY,
            by=Signature(stranger, AT),
        )  # fmt: skip
