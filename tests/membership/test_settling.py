"""What an extract makes of older sign-ups: they lapse, expire, and come alive again (rules.md 2)."""

from datetime import date

import pytest
from extracts import again, apply, contributions, make_nik, participant, row, siti, unpaid
from factories import make_cadre


@pytest.mark.slow
def test_a_reactivation_by_another_cadre_starts_at_1_again_and_the_first_keeps_its_months(app):
    first = siti(reported_on=date(2026, 1, 5))
    apply(row(registered="2026-01-05", blth="2026-01", paid="2026-01-05"), as_of=date(2026, 1, 31))
    apply(unpaid(nik=make_nik(serial=88), kpj="", registered="2026-01-01"), as_of=date(2026, 9, 30))
    assert again(first).is_live is False
    second = siti(cadre_id=make_cadre().id)

    apply(row(registered="2026-01-05"), as_of=date(2026, 10, 31))

    assert (again(second).status, again(second).outcome) == ("validated", "reactivated")
    assert [(one.signup_id, one.number) for one in contributions()] == [(first.id, 1), (second.id, 1)]
    assert (again(first).status, again(first).is_live, again(second).is_live) == ("validated", False, True)
    assert participant().cadre_id == second.cadre_id


def test_a_first_claim_that_comes_alive_makes_a_doubtful_second_one_disputed(app):
    first = siti(reported_on=date(2026, 1, 5))
    apply(row(registered="2026-01-05", blth="2026-01", paid="2026-01-05"), as_of=date(2026, 1, 31))
    apply(unpaid(nik=make_nik(serial=88), kpj="", registered="2026-01-01"), as_of=date(2026, 9, 30))
    second = siti(cadre_id=make_cadre().id, name="Bambang")

    apply(row(registered="2026-01-05"), as_of=date(2026, 10, 31))

    assert (again(first).status, again(first).is_live) == ("validated", True)
    assert (again(second).status, again(second).is_live) == ("disputed", True)


def test_a_sign_up_expires_after_three_full_months_and_two_extracts(app):
    signup = siti(reported_on=date(2026, 6, 30))
    stranger = unpaid(nik=make_nik(serial=88), kpj="", registered="2026-01-01")

    apply(stranger, as_of=date(2026, 9, 29))
    apply(stranger, as_of=date(2026, 6, 30))
    assert again(signup).status == "reported"
    apply(stranger, as_of=date(2026, 9, 30))

    assert (again(signup).status, again(signup).is_live) == ("expired", False)


def test_one_extract_is_not_enough_to_expire(app):
    signup = siti(reported_on=date(2026, 6, 30))

    apply(unpaid(nik=make_nik(serial=88), kpj="", registered="2026-01-01"), as_of=date(2026, 10, 31))

    assert again(signup).status == "reported"


def test_an_expired_one_that_matches_after_all_waits_for_a_person(app):
    signup = siti(reported_on=date(2026, 6, 30), status="expired", is_live=False)

    apply(row(registered="2026-06-30", paid="2026-06-30"))

    assert (again(signup).status, again(signup).held_reason, again(signup).is_live) == (
        "matched",
        "match.expired",
        True,
    )
