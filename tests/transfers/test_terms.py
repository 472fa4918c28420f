"""A cadre moves to another branch or host body from the first day of a month."""

import pytest
from cast import make_cast
from databases import NOW
from factories import make_host
from sqlalchemy import select

from portal.accounts.models import User
from portal.cadres.models import Cadre
from portal.cadres.queries.terms import term_of, terms_in
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.points.models import Month
from portal.transfers.services.terms import TermChange, move_cadre, refresh_present


@pytest.fixture
def cast(app):
    return make_cast()


def close(month):
    db.session.add(
        Month(month=month, status="closed", closed_at=NOW, digest="0" * 64, previous_digest="0" * 64)
    )
    db.session.commit()


def move(cast, month, **change):
    with transaction():
        move_cadre(
            cadre_id=cast.marlina.id,
            from_month=month,
            change=TermChange(**change),
            reason="pindah",
            by=Signature(cast.actor("ratna"), NOW),
        )


def test_a_transfer_holds_from_the_first_day_of_a_month(cast):
    host = make_host()
    move(cast, "2026-10", branch_id=cast.jayapura.id, host_body_id=host.id, npwp_valid=True)

    before, after = term_of(cast.marlina.id, "2026-09"), term_of(cast.marlina.id, "2026-10")
    assert (before.branch_id, before.host_body_id, before.npwp_valid) == (cast.palembang.id, None, False)
    assert (after.branch_id, after.host_body_id, after.npwp_valid) == (cast.jayapura.id, host.id, True)
    present = db.session.get(Cadre, cast.marlina.id)
    assert (present.branch_id, present.host_body_id) == (cast.jayapura.id, host.id)
    assert db.session.get(User, present.user_id).branch_id == cast.jayapura.id
    terms = terms_in("2026-10")
    assert (
        db.session.execute(select(terms.c.branch_id).where(terms.c.cadre_id == cast.marlina.id)).scalar_one()
        == cast.jayapura.id
    )


def test_a_closed_month_takes_no_transfer(cast):
    close("2026-09")
    for month in ("2026-09", "2026-03"):
        with pytest.raises(RuleBroken, match="month_closed"):
            move(cast, month, branch_id=cast.jayapura.id)
    move(cast, "2026-10", branch_id=cast.jayapura.id)


def test_a_transfer_to_come_waits_for_its_month(cast):
    move(cast, "2026-12", branch_id=cast.jayapura.id)
    assert db.session.get(Cadre, cast.marlina.id).branch_id == cast.palembang.id

    with transaction():
        assert refresh_present(at=NOW.replace(month=12, day=1)) == 1
    assert db.session.get(Cadre, cast.marlina.id).branch_id == cast.jayapura.id
    with transaction():
        assert refresh_present(at=NOW.replace(month=12, day=1)) == 0


def test_an_earlier_transfer_reaches_into_the_planned_ones(cast):
    host = make_host()
    move(cast, "2026-12", branch_id=cast.jayapura.id)
    move(cast, "2026-11", host_body_id=host.id)

    later = term_of(cast.marlina.id, "2027-01")
    assert (later.branch_id, later.host_body_id) == (cast.jayapura.id, host.id)
