"""When a sign-up expires and how long grace lasts, by the parameters that hold (rules.md 2)."""

from datetime import date

from extracts import again, apply, make_nik, participant, row, siti

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.organisation.models import Parameter
from portal.verification.queries.contributions import check_states


def test_expiry_and_grace_hold_from_their_month(app):
    with transaction():
        for name in ("expiry_months", "expiry_extracts", "grace_months"):
            db.session.add(Parameter(name=name, from_month="2099-01", value=40))
    signup = siti(reported_on=date(2026, 7, 1))
    apply(row(nik=make_nik(serial=77), kpj="", blth="2026-03"), as_of=date(2026, 10, 30))

    apply(row(nik=make_nik(serial=77), kpj="", blth="2026-03"), as_of=date(2026, 10, 31))

    assert again(signup).status == "expired"
    assert participant(make_nik(serial=77)).status == "lapsed"


def test_a_longer_grace_is_stored_and_verified_alike(app):
    with transaction():
        db.session.add(Parameter(name="grace_months", from_month="2026-10", value=7))

    apply(row(blth="2026-03", paid="2026-03-12", registered="2026-03-12"), as_of=date(2026, 10, 31))

    assert participant().status == "grace"
    assert list(check_states()) == []
