"""The list of care: who has most participants in grace first, the same from one row of a sum or from many."""

from datetime import date

import pytest
from earning import make_import
from factories import actor_of, make_branch, make_cadre, make_user
from sqlalchemy import func, select

from portal.care.models import RenewalTask
from portal.care.queries.office import list_in_danger
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.membership.models import Participant
from portal.tallies.models import CadreSum
from portal.tallies.services import fold_cadre_sums

DAY = date(2026, 10, 31)


def care_for(cadre, *states: str) -> list[int]:
    """Give a cadre a participant of each state, each by a statement of its own."""
    number = make_import().id
    people = []
    for state in states:
        known = db.session.scalar(select(func.count(Participant.id))) or 0
        person = Participant(
            nik_hash=f"{known:032}".encode(), name_sealed=b"x", birth_date=DAY, first_registered_on=DAY,
            pack="JKK,JKM", branch_code="L00", status=state, cadre_id=cadre.id, as_of=DAY, import_id=number,
        )  # fmt: skip
        db.session.add(person)
        db.session.commit()
        people.append(person.id)
    return people


@pytest.fixture
def world(app):
    here, there = make_branch(), make_branch()
    budi, ani, cici = (make_cadre(branch_id=here.id, name=name) for name in ("Budi", "Ani", "Cici"))
    dedi = make_cadre(branch_id=there.id, name="Dedi")
    make_cadre(branch_id=here.id, name="Nobody's")
    care_for(budi, "grace", "active")
    called = care_for(ani, "grace", "lapsed")
    care_for(cici, "active")
    care_for(dedi, "grace", "grace", "grace")
    db.session.add(RenewalTask(participant_id=called[0], paid_month="2026-08", status="open", opened_on=DAY))
    db.session.commit()
    return here


def shown(actor, **more):
    return [(one.name, one.active, one.grace, one.lapsed, one.tasks) for one in list_in_danger(actor, **more)]


ALL = [("Dedi", 0, 3, 0, 0), ("Ani", 0, 1, 1, 1), ("Budi", 1, 1, 0, 0), ("Cici", 1, 0, 0, 0)]


def test_who_has_most_in_grace_comes_first_then_by_name(world):
    nation = actor_of(make_user(role="admin"))
    branch = actor_of(make_user(role="supervisor", scope="branch", branch_id=world.id))

    assert shown(nation) == ALL
    assert shown(branch) == ALL[1:]
    assert [shown(nation, skip=skip, limit=1) for skip in range(4)] == [ALL[n : n + 2] for n in range(4)]
    assert shown(nation, skip=4) == []


def test_folded_sums_show_the_same_and_who_has_nobody_left_is_gone(world):
    nation = actor_of(make_user(role="admin"))
    with transaction():
        fold_cadre_sums()
    rows = db.session.scalar(select(func.count()).select_from(CadreSum))

    assert shown(nation) == ALL
    assert rows == len(ALL)

    db.session.execute(Participant.__table__.update().values(cadre_id=None))
    db.session.commit()
    assert shown(nation) == []
    with transaction():
        fold_cadre_sums()
    assert db.session.scalar(select(func.count()).select_from(CadreSum)) == 0
