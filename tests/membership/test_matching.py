"""Who is matched automatically, and who waits for a person (rules.md 5.1, 5.3)."""

from datetime import date, timedelta

import pytest
from extracts import NIK, again, apply, entries, make_nik, participant, row, siti, unpaid
from factories import make_cadre
from sqlalchemy import select

from portal import vault
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.membership.models import Contribution
from portal.organisation.models import Parameter


def test_a_paid_new_participant_with_the_same_nik_birth_date_and_name_is_validated(app):
    signup = siti()

    result = apply(row())

    signup = again(signup)
    assert (signup.status, signup.match_tier, signup.outcome, signup.pack) == (
        "validated",
        "T1",
        "new",
        "JKK,JKM",
    )
    assert (signup.earned_on, signup.earned_month) == (date(2026, 10, 12), "2026-10")
    assert result.counts["validated"] == 1
    assert entries() == [("signup", "2026-10", 50)]


def test_applying_without_confirmation_leaves_the_match_waiting(app):
    signup = siti()

    result = apply(row(), confirm=False)

    assert again(signup).status == "matched"
    assert result.counts["ready"] == 1
    assert entries() == []


def test_the_nik_alone_never_matches(app):
    signup = siti(birth_date=date(1985, 7, 6))

    apply(row())

    assert (again(signup).status, again(signup).held_reason) == ("reported", "match.nik_only")


def test_another_name_with_the_same_nik_and_birth_date_waits_for_a_person(app):
    signup = siti(name="Bambang Hadi")

    apply(row())

    assert (again(signup).status, again(signup).held_reason) == ("reported", "match.nik_only")


def test_the_card_number_with_the_birth_date_matches(app):
    signup = siti(nik=make_nik(date(1985, 7, 5), serial=77), kpj="26011234567", name="Sulastri")

    apply(row())

    assert (again(signup).status, again(signup).match_tier) == ("validated", "T2")


def test_the_card_number_with_the_name_matches(app):
    signup = siti(nik=make_nik(serial=77), kpj="26011234567", birth_date=date(1985, 5, 7))

    apply(row())

    assert again(signup).match_tier == "T2"


def test_the_card_number_alone_waits_for_a_person(app):
    signup = siti(nik=make_nik(serial=77), kpj="26011234567", birth_date=date(1985, 5, 7), name="Bambang")

    apply(row())

    assert (again(signup).status, again(signup).held_reason) == ("reported", "match.kpj_only")


def test_a_card_of_two_participants_waits_for_a_person(app):
    signup = siti(nik=make_nik(serial=77), kpj="26011234567")

    apply(row(), row(nik=make_nik(serial=78)))

    assert (again(signup).status, again(signup).held_reason) == ("reported", "match.several")


def test_two_sign_ups_for_one_participant_credit_one(app):
    by_nik = siti()
    by_card = siti(nik=make_nik(serial=77), kpj="26011234567")

    apply(row())

    assert again(by_nik).status == "validated"
    assert (again(by_card).status, again(by_card).held_reason) == ("matched", "match.taken")


def test_a_worker_whom_no_extract_knows_stays_reported(app):
    signup = siti(nik=make_nik(serial=77))

    apply(row())

    assert (again(signup).status, again(signup).held_reason) == ("reported", None)


@pytest.mark.parametrize(
    ("days", "status", "outcome"),
    [(-3, "validated", "new"), (60, "validated", "new"), (61, "matched", "new")],
)
def test_new_is_from_3_days_before_to_60_days_after(app, days, status, outcome):
    signup = siti(reported_on=date(2026, 8, 20))
    registered = date(2026, 8, 20) + timedelta(days=days)

    apply(row(registered=registered, paid=registered, blth="2026-10"))

    signup = again(signup)
    assert (signup.status, signup.outcome) == (status, outcome)
    assert signup.held_reason == ("match.late" if status == "matched" else None)
    if status == "validated":
        assert signup.earned_on == max(date(2026, 8, 20), registered)


def test_registered_4_days_before_without_recent_payment_is_reactivated(app):
    signup = siti()

    apply(row(registered="2024-02-01", paid="2026-07-08", blth="2026-07"), row(registered="2024-02-01"))

    signup = again(signup)
    assert (signup.status, signup.outcome) == ("validated", "reactivated")
    assert entries() == []
    assert participant().signup_id == signup.id


@pytest.mark.parametrize("paid", ["2026-07-09", "2026-10-08"])
def test_paid_in_the_three_months_that_end_4_days_before_is_already_a_member(app, paid):
    signup = siti()

    apply(
        row(registered="2024-02-01", paid=paid, blth=paid[:7]), row(registered="2024-02-01", blth="2026-11")
    )

    signup = again(signup)
    assert (signup.status, signup.reject_code, signup.is_live) == ("rejected", "already_member", False)
    assert entries() == []


def test_paid_in_advance_for_a_later_month_is_already_a_member(app):
    signup = siti()

    apply(row(registered="2024-02-01", paid="2026-01-05", blth="2026-11"), row(registered="2024-02-01"))

    assert again(signup).reject_code == "already_member"


def test_registered_but_unpaid_is_matched_and_validated_by_a_later_extract(app):
    signup = siti()

    apply(unpaid())
    assert again(signup).status == "matched"
    apply(unpaid(), row(paid="2026-11-05", blth="2026-11"), as_of=date(2026, 11, 20))

    signup = again(signup)
    assert signup.status == "validated"
    assert signup.earned_on == date(2026, 10, 12)


@pytest.mark.parametrize(("paid", "status"), [("2026-10-09", "validated"), ("2026-10-08", "matched")])
def test_only_a_row_paid_from_3_days_before_on_validates(app, paid, status):
    signup = siti()

    apply(row(registered="2026-10-09", paid=paid))

    assert again(signup).status == status


def test_the_pack_is_the_extracts(app):
    signup = siti(programmes="JKK,JKM")

    apply(row(pack="JKK,JKM,JHT", amount=36800))

    assert again(signup).pack == "JKK,JKM,JHT"
    assert entries() == [("signup", "2026-10", 75)]


def test_a_sign_up_reported_after_the_extract_is_matched_by_the_next_apply_of_any(app):
    apply(row())
    signup = siti()

    apply(row(nik=make_nik(serial=900), kpj="26011234999"), as_of=date(2026, 11, 1))

    assert again(signup).status == "validated"


def test_a_match_whose_row_no_longer_fits_is_unmatched(app):
    signup = siti()
    apply(unpaid())

    apply(unpaid(name="BAMBANG HADI"), as_of=date(2026, 11, 1))

    signup = again(signup)
    assert (signup.status, signup.participant_id, signup.held_reason) == ("reported", None, "match.nik_only")


def test_of_a_returned_report_the_match_is_held(app):
    from datetime import UTC, datetime

    from factories import _store

    from portal.activities.models import Activity

    cadre = make_cadre()
    _store(
        Activity(
            ref="A-1",
            cadre_id=cadre.id,
            branch_id=cadre.branch_id,
            type="stand",
            held_on=date(2026, 10, 12),
            status="returned",
            submitted_at=datetime(2026, 10, 12, tzinfo=UTC),
            submitted_by=cadre.user_id,
        )
    )
    signup = siti(cadre_id=cadre.id, activity_ref="A-1")

    apply(row())

    assert (again(signup).status, again(signup).held_reason) == ("matched", "activity_returned")


def test_held_ones_are_never_validated(app):
    held = [
        siti(birth_date=date(1985, 7, 6)),
        siti(nik=make_nik(serial=77), held_by_person=True, held_reason="match.person"),
    ]

    for day in (date(2026, 10, 31), date(2026, 11, 1)):
        apply(row(), row(nik=make_nik(serial=77), kpj=""), as_of=day)

    assert [again(one).status for one in held] == ["reported", "reported"]


def test_the_participant_is_kept_by_the_keyed_hash_of_the_nik(app):
    apply(row())

    person = participant()
    assert person is not None
    assert vault.unseal(person.name_sealed) == "SITI AMINAH"
    assert NIK.encode() not in person.nik_hash


@pytest.mark.parametrize(
    ("name", "value"), [("window_before", 400), ("window_after", 10), ("reactivation_months", 12)]
)
def test_a_number_of_the_rules_changes_nothing_before_its_month(app, name, value):
    with transaction():
        db.session.add(Parameter(name=name, from_month="2099-01", value=value))
    signup = siti(reported_on=date(2026, 8, 15))
    paid_before = siti(nik=make_nik(serial=77), reported_on=date(2026, 10, 12))
    old = {"nik": make_nik(serial=77), "kpj": "", "registered": "2026-01-05", "blth": "2026-04"}

    apply(row(), row(**old, paid="2026-04-20"), row(**old | {"blth": "2026-10"}))

    assert (again(signup).status, again(signup).outcome) == ("validated", "new")
    assert (again(paid_before).status, again(paid_before).outcome) == ("validated", "reactivated")
    numbers = select(Contribution.paid_on, Contribution.number).order_by(Contribution.paid_on)
    assert [row.number for row in db.session.execute(numbers)] == [None, 1, 1]


def test_a_number_of_the_rules_holds_from_its_month_on(app):
    with transaction():
        db.session.add(Parameter(name="window_before", from_month="2026-10", value=10))
    before = siti(reported_on=date(2026, 9, 29))
    after = siti(nik=make_nik(serial=77), reported_on=date(2026, 10, 12))
    rows = [
        row(registered="2026-09-20", paid="2026-09-20", blth="2026-09"),
        row(nik=make_nik(serial=77), kpj="", registered="2026-10-03", paid="2026-10-03"),
    ]

    apply(*rows)

    assert (again(before).status, again(before).reject_code) == ("rejected", "already_member")
    assert (again(after).status, again(after).outcome) == ("validated", "new")
