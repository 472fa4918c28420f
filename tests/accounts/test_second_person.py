"""Second persons: whoever made or reset an account is not its second person for 30 days (rules.md 8.5)."""

from datetime import timedelta

import pytest
from cast import make_cast
from databases import NOW
from factories import actor_of, make_user
from sqlalchemy import insert

from portal.accounts.models import User
from portal.accounts.queries.second_person import is_second_person, require_two_persons
from portal.accounts.queries.sessions import get_operator
from portal.accounts.services.signing_in import reset_password, reset_user
from portal.accounts.services.users import NewPerson, RoleAssignment, add_user
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.plan_shipped import SHIPPED_PLANS
from portal.domain.second_person import CredentialAct, are_two_persons
from portal.incentives.services.plans import approve_plan, load_plan
from portal.organisation.models import Parameter

DAY = timedelta(days=1)
PLAN = SHIPPED_PLANS["kader-penggerak"] | {"valid_from": "2027-01"}


@pytest.fixture
def cast(app):
    return make_cast()


def made(cast, name, *, role="auditor", at=NOW):
    with transaction():
        user, _ = add_user(
            person=NewPerson(name, f"{name.lower()}@contoh.id"), assignment=RoleAssignment(role, "nation"),
            by=Signature(cast.actor("ratna"), at),
        )  # fmt: skip
    return user


def reset(cast, user, *, actor, at=NOW):
    with transaction():
        code = reset_user(user_id=user.id, by=Signature(actor, at))
    with transaction():
        reset_password(identifier=user.email, code=code, password="melati-tujuh-belas", at=at)


@pytest.mark.parametrize(
    ("touches", "two"),
    [
        ([], True),
        ([CredentialAct(1, 2, NOW - 29 * DAY)], False),
        ([CredentialAct(2, 1, NOW - 29 * DAY)], False),
        ([CredentialAct(2, 1, NOW - 30 * DAY)], True),
        ([CredentialAct(1, 9, NOW, asked_by=2)], False),
        ([CredentialAct(1, 9, NOW), CredentialAct(2, 9, NOW - DAY)], False),
        ([CredentialAct(1, 9, NOW), CredentialAct(2, 9, NOW - 31 * DAY)], True),
        ([CredentialAct(1, 9, NOW), CredentialAct(2, 8, NOW, asked_by=9)], True),
        ([CredentialAct(1, 9, NOW), CredentialAct(2, 8, NOW)], True),
        ([CredentialAct(3, 1, NOW), CredentialAct(3, 2, NOW)], True),
    ],
)
def test_the_rule_in_a_table(touches, two):
    assert are_two_persons(1, 2, touches, at=NOW, days=30) is two
    assert are_two_persons(2, 1, touches, at=NOW, days=30) is two


def test_one_account_is_one_person():
    assert not are_two_persons(1, 1, [], at=NOW, days=30)


def test_who_made_an_account_is_not_its_second_person_for_thirty_days(cast):
    sinta = made(cast, "Sinta")
    for first, second in ((sinta.id, cast.ratna.id), (cast.ratna.id, sinta.id)):
        assert not is_second_person(first, second, at=NOW + 29 * DAY)
        assert is_second_person(first, second, at=NOW + 30 * DAY)
    assert is_second_person(sinta.id, cast.farah.id, at=NOW)


def test_two_accounts_that_one_admin_made_are_not_two_persons(cast):
    sinta, budi = made(cast, "Sinta"), made(cast, "Budi")
    assert not is_second_person(sinta.id, budi.id, at=NOW + DAY)
    with pytest.raises(RuleBroken, match="same_hands"):
        require_two_persons(first=sinta.id, second=budi.id, at=NOW + DAY)
    require_two_persons(first=sinta.id, second=budi.id, at=NOW + 30 * DAY)


def test_a_reset_counts_once_its_code_was_used(cast):
    with transaction():
        reset_user(user_id=cast.vera.id, by=Signature(cast.actor("ratna"), NOW))
    assert is_second_person(cast.vera.id, cast.ratna.id, at=NOW)
    reset(cast, cast.vera, actor=cast.actor("ratna"))
    assert not is_second_person(cast.vera.id, cast.ratna.id, at=NOW + 29 * DAY)
    assert is_second_person(cast.vera.id, cast.ratna.id, at=NOW + 30 * DAY)


def test_a_later_reset_by_another_does_not_wipe_the_earlier_one_away(cast):
    other = make_user(role="admin")
    reset(cast, cast.vera, actor=cast.actor("ratna"))
    reset(cast, cast.vera, actor=actor_of(other), at=NOW + DAY)
    assert not is_second_person(cast.vera.id, cast.ratna.id, at=NOW + 2 * DAY)


def test_the_operator_stands_outside(cast):
    operator = get_operator()
    with transaction():
        user, _ = add_user(
            person=NewPerson("Awal", "awal@contoh.id"), assignment=RoleAssignment("admin", "nation"), by=Signature(operator, NOW),
        )  # fmt: skip
    assert db.session.get_one(User, user.id).made_by == operator.user_id
    assert is_second_person(operator.user_id, user.id, at=NOW)


def test_the_days_are_data(cast):
    sinta = made(cast, "Sinta")
    db.session.execute(insert(Parameter).values(name="second_person_days", from_month="2026-12", value=5))
    db.session.commit()
    assert not is_second_person(sinta.id, cast.ratna.id, at=NOW + 6 * DAY)
    assert is_second_person(sinta.id, cast.ratna.id, at=NOW + 10 * DAY)


def test_an_admin_cannot_approve_a_plan_loaded_with_an_account_of_their_making(cast):
    puppet = make_user(role="admin", made_by=cast.ratna.id, created_at=NOW)
    with transaction():
        plan = load_plan(document=PLAN, by=Signature(actor_of(puppet), NOW))
    with pytest.raises(RuleBroken, match="same_hands"), transaction():
        approve_plan(code=plan.code, version=plan.version, by=Signature(cast.actor("ratna"), NOW))
    with pytest.raises(NotAllowed), transaction():
        approve_plan(code=plan.code, version=plan.version, by=Signature(actor_of(puppet), NOW))
    with transaction():
        approved = approve_plan(
            code=plan.code, version=plan.version, by=Signature(actor_of(make_user(role="admin")), NOW)
        )
    assert approved.approved_at == NOW
