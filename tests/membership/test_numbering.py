"""Contribution months: the number of each, and the points that are reached, late or waiting (rules.md 5.4)."""

from datetime import UTC, date, datetime

import pytest
from extracts import AT, NIK, again, apply, contributions, entries, participant, row, siti, validator
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.points import DEFAULT_RULES
from portal.points.models import LateMark, Month, PointsRule, WaitingEntry
from portal.points.services.posting import post_waiting


def numbers(nik: str = NIK):
    return [one.number for one in contributions(nik)]


def close(month: str) -> None:
    with transaction():
        db.session.merge(Month(month=month, status="closed", closed_at=AT, digest="d"))


def test_contribution_months_are_numbered_by_payment_then_month_from_3_days_before(app):
    signup = siti()
    apply(
        row(registered="2024-01-01", blth="2026-06", paid="2026-06-01"),
        row(registered="2024-01-01", blth="2026-12", paid="2026-10-09"),
        row(registered="2024-01-01", blth="2026-11", paid="2026-10-09"),
        row(registered="2024-01-01", blth="2026-10", paid="2026-11-02"),
    )

    assert again(signup).outcome == "reactivated"
    assert [(one.blth, one.number) for one in contributions()] == [
        ("2026-06", None),
        ("2026-11", 1),
        ("2026-12", 2),
        ("2026-10", 3),
    ]
    assert [one.earned_on for one in contributions()] == [
        None,
        date(2026, 10, 12),
        date(2026, 10, 12),
        date(2026, 11, 2),
    ]
    assert {one.cadre_id for one in contributions()[1:]} == {signup.cadre_id}


def test_a_month_paid_earlier_that_comes_later_renumbers_the_others(app):
    siti()
    apply(row(blth="2026-10"), row(blth="2026-11", paid="2026-11-05"))

    apply(row(blth="2026-12", paid="2026-10-20"), as_of=date(2026, 11, 20))

    assert [(one.blth, one.number) for one in contributions()] == [
        ("2026-10", 1),
        ("2026-12", 2),
        ("2026-11", 3),
    ]


def test_sixty_months_earn_and_the_sixty_first_does_not(app):
    siti(reported_on=date(2020, 1, 6))
    months = [f"{2020 + n // 12}-{n % 12 + 1:02}" for n in range(61)]

    apply(*(row(registered="2020-01-06", blth=blth, paid="2020-01-06") for blth in months))

    paid = contributions()
    assert paid[59].earned_month == "2020-01"
    assert (paid[60].number, paid[60].earned_month) == (61, None)


def test_retention_is_earned_on_the_first_day_of_the_month_it_covers(app):
    siti(reported_on=date(2026, 7, 6))
    rows = [
        row(registered="2026-07-06", blth=f"2026-{month:02}", paid=f"2026-{month:02}-06")
        for month in (7, 8, 9)
    ]

    apply(*rows)

    assert entries() == [("signup", "2026-07", 50), ("retention_3", "2026-09", 20)]


def test_a_prepaid_retention_month_that_has_not_begun_waits(app):
    siti()

    apply(*(row(blth=blth) for blth in ("2026-10", "2026-11", "2026-12")))

    assert entries() == [("signup", "2026-10", 50)]
    waiting = db.session.execute(select(WaitingEntry)).scalar_one()
    assert (waiting.kind, waiting.month) == ("retention_3", "2026-12")


def test_what_is_earned_in_a_closed_month_is_posted_late_and_computed_again(app):
    signup = siti()
    close("2026-10")

    apply(row())

    marks = [(one.cadre_id, one.month) for one in db.session.execute(select(LateMark)).scalars()]
    assert marks == [(signup.cadre_id, "2026-10")]
    from portal.points.models import LedgerEntry

    assert [one.month for one in db.session.execute(select(LedgerEntry)).scalars()] == ["2026-11"]


def test_a_later_contribution_of_a_closed_month_marks_it(app):
    signup = siti()
    apply(row())
    close("2026-10")

    apply(row(), row(blth="2026-09", paid="2026-10-20"), as_of=date(2026, 11, 1))

    marks = [(one.cadre_id, one.month) for one in db.session.execute(select(LateMark)).scalars()]
    assert marks == [(signup.cadre_id, "2026-10")]


def test_history_gets_its_participant_and_its_open_months_count(app):
    signup = siti(
        status="validated", history=True, floor_month="2026-10", outcome="new", earned_month="2026-08",
        reported_on=date(2026, 8, 3), earned_on=date(2026, 8, 3),
    )  # fmt: skip

    apply(
        *(
            row(registered="2026-08-03", blth=f"2026-{month:02}", paid=f"2026-{month:02}-03")
            for month in (8, 9, 10)
        )
    )

    assert again(signup).participant_id == participant().id
    assert numbers() == [None, None, 1]
    assert participant().cadre_id == signup.cadre_id


def prepaid(*blth, paid="2026-11-05"):
    return [row(registered="2026-11-04", blth=month, paid=paid) for month in blth]


@pytest.mark.slow
def test_a_waiting_retention_month_follows_what_is_known_until_it_is_posted(app):
    siti(reported_on=date(2026, 11, 4))
    apply(*prepaid("2026-11", "2026-12", "2027-01"), as_of=date(2026, 11, 20))
    waiting = db.session.execute(select(WaitingEntry)).scalar_one()
    assert (waiting.kind, waiting.month, waiting.earned_on) == ("retention_3", "2027-01", date(2027, 1, 1))

    apply(*prepaid("2026-10", paid="2026-11-04"), as_of=date(2026, 11, 21))

    db.session.refresh(waiting)
    assert (waiting.kind, waiting.month, waiting.earned_on) == ("retention_3", "2026-12", date(2026, 12, 1))
    december = datetime(2026, 12, 2, 5, 0, tzinfo=UTC)
    with transaction():
        assert post_waiting(by=Signature(validator(), december)) == 1
    apply(*prepaid("2026-09", paid="2026-11-03"), as_of=date(2026, 11, 22), at=december)
    assert entries() == [("signup", "2026-11", 50), ("retention_3", "2026-12", 20)]


def test_what_waits_takes_the_rules_that_hold_when_it_is_posted(app):
    siti(reported_on=date(2026, 11, 4))
    apply(*prepaid("2026-10", "2026-11", "2026-12"), as_of=date(2026, 11, 20))
    rules = DEFAULT_RULES | {"retention": {"3": 25}}
    with transaction():
        db.session.add(PointsRule(version=2, valid_from=date(2026, 12, 1), document=rules))

    with transaction():
        post_waiting(by=Signature(validator(), datetime(2026, 12, 2, 5, 0, tzinfo=UTC)))

    assert entries() == [("signup", "2026-11", 50), ("retention_3", "2026-12", 25)]
