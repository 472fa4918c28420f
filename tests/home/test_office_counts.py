"""What a first page counts is what the page behind it lists, however each of them is asked."""

from dataclasses import replace
from datetime import date

import pytest
from cast import make_cast
from databases import NOW
from earning import assign
from factories import make_cadre, make_signup, make_user

from portal.accounts.queries.users import UserFilter, all_users
from portal.cadres.models import BankAccount
from portal.cadres.queries.cadres import CadreFilter, list_cadres
from portal.database.extensions import db
from portal.home.queries.branch import count_work
from portal.home.queries.office import count_setup
from portal.incentives.queries.plans import list_assigned
from portal.membership.queries.workbench import list_disputes


@pytest.fixture
def world(app):
    """The cast, with an admin for each regional office, and a cadre more in each branch."""
    found = make_cast()
    for branch in (found.palembang, found.jayapura):
        make_user(role="admin", scope="region", regional_office_id=branch.regional_office_id)
        make_cadre(branch_id=branch.id)
    return found


def everybody(world):
    """The admin of the nation, those of the two offices, and the supervisors of the two branches."""
    nation = world.actor("ratna")
    offices = [
        replace(nation, scope="region", region_id=branch.regional_office_id)
        for branch in (world.palembang, world.jayapura)
    ]
    return [nation, *offices, world.actor("fahmi"), world.actor("debora")]


def test_users_are_counted_as_they_are_listed(world):
    counts = []
    for actor in everybody(world):
        counts.append(count_setup(actor, "2026-11")["users"])
        assert counts[-1] == len(all_users(actor, UserFilter()))
    assert counts[1] > counts[3] > 0, "an office has accounts of its own beside those of its branches"


def test_branches_without_a_plan_are_counted_as_they_are_listed(world):
    assign(world.palembang, "perisai-2022", "2026-08")
    assign(world.jayapura, "perisai-2022", "2026-08")
    assign(world.jayapura, None, "2026-10")
    assign(world.palembang, None, "2026-12")
    for month, missing in (("2026-07", 2), ("2026-09", 0), ("2026-11", 1), ("2026-12", 2)):
        for actor in everybody(world):
            listed = [one for one in list_assigned(month, actor=actor) if one.plan_code is None]
            assert count_setup(actor, month)["unplanned"] == len(listed)
        assert count_setup(world.actor("ratna"), month)["unplanned"] == missing


def test_accounts_to_verify_are_counted_as_they_are_listed(world):
    for cadre, changed in (
        (world.marlina, {}),
        (world.herman, {"verified_by": world.farah.id, "verified_at": NOW}),
        (world.yosef, {"is_current": False}),
    ):
        _store_account(cadre, world.omar.id, **changed)
    _store_account(world.yosef, world.omar.id, imported_verified=True)
    unverified = CadreFilter(account="unverified")
    for actor in everybody(world):
        assert count_work(actor)["accounts"] == len(list_cadres(actor, unverified))
    assert [count_work(actor)["accounts"] for actor in everybody(world)] == [1, 1, 0, 1, 0]


def test_double_claims_are_counted_as_they_are_listed(world):
    nik_hash = make_signup(cadre_id=world.marlina.id, status="matched").nik_hash
    make_signup(cadre_id=world.yosef.id, nik_hash=nik_hash, status="disputed")
    make_signup(cadre_id=world.herman.id, reported_on=date(2026, 11, 4))
    make_signup(cadre_id=world.herman.id, status="rejected", is_live=False)
    for actor in everybody(world):
        assert count_work(actor)["disputed"] == len(list_disputes(actor)) == 1
    db.session.refresh(world.herman)
    elsewhere = replace(world.actor("fahmi"), branch_id=make_cadre().branch_id)
    assert count_work(elsewhere)["disputed"] == len(list_disputes(elsewhere)) == 0


def _store_account(cadre, entered_by: int, **changed) -> None:
    values = {
        "cadre_id": cadre.id,
        "bank_code": "BRI",
        "account_sealed": b"sealed",
        "account_hash": bytes(32),
        "account_tail": "1234",
        "holder": cadre.name,
        "entered_by": entered_by,
        "entered_at": NOW,
    }
    db.session.add(BankAccount(**(values | changed)))
    db.session.commit()
