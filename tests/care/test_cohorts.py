"""Retention of cohorts: rings of a cadre, kept sums of a branch that equal a fresh count (rules.md 12.2)."""

from datetime import date

import pytest
from care.caring import extract_of, give, joined, keep, month_paid, noon
from cast import make_cast
from extracts import act, make_nik, participant, siti
from sqlalchemy import update

from portal.care.queries.cohorts import average_of, count_states, list_retained
from portal.database.extensions import db
from portal.membership.models import Participant
from portal.membership.services.deciding import withdraw_validation
from portal.verification.queries import list_findings
from portal.verification.queries.contributions import check_cohorts
from portal.verification.queries.tallies import check_sums


def retained(actor, month):
    """The cohorts in the actor's scope: month, age, and how many are active, in grace and lapsed now."""
    db.session.rollback()
    return [(one.month, one.age, one.active, one.grace, one.lapsed) for one in list_retained(actor, month)]


@pytest.mark.slow
def test_a_cohort_is_followed_by_month_and_branch_whoever_holds_it(app):
    cast = make_cast()
    palembang, fahmi = cast.palembang.id, cast.actor("fahmi")
    joined(cast.marlina)
    other = make_nik(serial=77)
    joined(cast.marlina, nik=other, name="ORANG LAIN")
    extract_of("2026-08", month_paid("2026-08"), month_paid("2026-08", nik=other, kpj="", name="ORANG LAIN"))
    assert retained(fahmi, "2026-09") == [("2026-08", 1, 2, 0, 0)]

    give(cast, cast.yosef, "2026-11", noon(2026, 11, 5), nik=other)
    extract_of("2026-10", month_paid("2026-10"))
    extract_of("2026-11", month_paid("2026-11", "2026-11-02"))

    assert retained(fahmi, "2026-11") == [("2026-08", 3, 1, 1, 0)]
    assert retained(cast.actor("ratna"), "2026-11") == retained(fahmi, "2026-11")
    assert retained(cast.actor("debora"), "2026-11") == []
    mine, theirs = (count_states(one.id, date(2026, 11, 30)) for one in (cast.marlina, cast.yosef))
    assert [(one.age, one.active, one.grace) for one in mine.cohorts] == [(3, 1, 0)]
    assert [(one.age, one.active, one.grace) for one in theirs.cohorts] == [(3, 0, 1)]
    average = average_of(palembang, "2026-11")
    assert (average.active, average.total) == (1, 2)
    assert average_of(cast.jayapura.id, "2026-11") is None
    assert not list(check_sums())

    act(withdraw_validation, signup_id=participant().signup_id, kind="wrong_match", reason="Salah orang")
    assert retained(fahmi, "2026-11") == [("2026-08", 3, 0, 1, 0)]
    keep(noon(2026, 11, 30))
    assert not list_findings()


@pytest.mark.slow
def test_who_lapsed_and_came_back_by_another_sign_up_stays_in_the_cohort(app):
    cast = make_cast()
    joined(cast.marlina)
    extract_of("2026-08", month_paid("2026-08"))
    extract_of("2026-12", month_paid("2026-08"))
    assert retained(cast.actor("fahmi"), "2026-11") == [("2026-08", 3, 0, 0, 1)]

    siti(cadre_id=cast.yosef.id, reported_on=date(2027, 1, 10))
    extract_of("2027-01", month_paid("2027-01", "2027-01-12"))

    assert participant().cadre_id == cast.yosef.id
    assert retained(cast.actor("fahmi"), "2027-02") == [("2026-08", 6, 1, 0, 0)]
    assert [one.active for one in count_states(cast.yosef.id, date(2027, 2, 3)).cohorts] == [1]
    assert not list(check_sums())
    keep(noon(2027, 2, 3))
    assert not list_findings()

    db.session.execute(update(Participant).values(cohort_month=None, cohort_branch_id=None))
    db.session.commit()
    assert [one.what for one in check_cohorts()] == ["a participant is in another cohort than its sign-up"]
