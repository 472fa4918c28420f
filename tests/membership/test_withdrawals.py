"""A validated sign-up is withdrawn: a wrong match or fraud takes back what it brought (rules.md 3.2)."""

from datetime import date

from extracts import AT, act, again, apply, credited, entries, participant, row, siti
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.membership.services.deciding import withdraw_validation
from portal.points.models import LateMark, Month

WHY = "Sudah ditelepon, orangnya sama"


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
