"""Two cadres claim one worker: a person decides, one claim lives and the other is rejected (rules.md 2)."""

from datetime import date

import pytest
from extracts import act, again, apply, credited, entries, participant, row, siti
from factories import make_cadre

from portal.domain.errors import RuleBroken
from portal.membership.services.deciding import decide_dispute

WHY = "Sudah ditelepon, orangnya sama"


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


@pytest.mark.slow
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
