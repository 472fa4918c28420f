"""Live standings follow their cadre and their branch."""

from datetime import date

import pytest
from databases import NOW
from factories import actor_of, make_cadre, make_region
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.organisation.models import Branch
from portal.points.models import Standing
from portal.points.services.posting import NewEntry, post_entry
from portal.points.services.rebuilding import place_standings


@pytest.mark.parametrize("chosen", ["all", "cadre_id", "branch_id"])
def test_standings_follow_their_branch_to_another_regional_office(app, chosen):
    cadre, office = make_cadre(), make_region()
    with transaction():
        post_entry(
            NewEntry(cadre.id, "signup", "signup:1", 50, 1, date(2026, 11, 3)),
            by=Signature(actor_of(cadre), NOW),
        )
    db.session.get_one(Branch, cadre.branch_id).regional_office_id = office.id
    db.session.commit()
    numbers = {"cadre_id": cadre.id, "branch_id": cadre.branch_id}

    with transaction():
        assert place_standings(**{name: numbers[name] for name in numbers if name == chosen}) == 4

    assert set(db.session.scalars(select(Standing.regional_office_id))) == {office.id}
