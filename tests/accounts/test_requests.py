"""Accounts of finance and admin take two admins: one asks, another confirms; the owner is told (rules.md 8.5)."""

import re
import threading
from datetime import timedelta

import pytest
from cast import make_cast
from databases import NOW
from factories import actor_of, make_user
from journeys.command_line import CommandLine
from signing_in import post, sign_in
from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import AccountRequest, ResetCode, User
from portal.accounts.queries.requests import get_request, list_changes, list_requests
from portal.accounts.queries.second_person import is_second_person
from portal.accounts.queries.users import find_user_by_identifier
from portal.accounts.services.requests import confirm_request
from portal.accounts.services.signing_in import reset_password, reset_user
from portal.accounts.services.users import NewPerson, RoleAssignment, add_user, assign_role
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken

SINTA = {"name": "Sinta", "email": "sinta@contoh.id", "role": "finance", "scope": "nation"}
ROLE = {"role": "admin", "scope": "nation", "branch_id": 0, "regional_office_id": 0}


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def sekar(cast):
    return make_user(name="Sekar Ayu", role="admin")


@pytest.fixture
def first(app, cast):
    return sign_in(app.test_client(), cast.ratna)


@pytest.fixture
def second(app, sekar):
    return sign_in(app.test_client(), sekar)


def only_request():
    db.session.rollback()
    return db.session.scalars(select(AccountRequest).order_by(AccountRequest.id.desc())).first()


def confirm(browser, request_id=None):
    return post(browser, f"/users/requests/{request_id or only_request().id}/confirm")


def secret_of(page):
    return page.text.split('translate="no">')[1].split("<")[0]


def test_a_finance_account_is_made_by_two_admins(app, first, second, cast, sekar):
    assert post(first, "/users/add", SINTA).location == "/users/requests"
    assert find_user_by_identifier(SINTA["email"]) is None
    assert confirm(first).status_code == 403

    shown = confirm(second)
    assert shown.status_code == 200
    sinta = find_user_by_identifier(SINTA["email"])
    assert (sinta.role, sinta.made_by, sinta.made_beside) == ("finance", sekar.id, cast.ratna.id)
    browser = app.test_client()
    form = {"identifier": SINTA["email"], "password": secret_of(shown)}
    assert post(browser, "/login", form).status_code == 302
    for admin in (cast.ratna, sekar):
        assert not is_second_person(sinta.id, admin.id, at=NOW + timedelta(days=29))
    assert is_second_person(sinta.id, cast.ratna.id, at=NOW + timedelta(days=31))


@pytest.mark.parametrize("role", ["finance", "admin"])
def test_nobody_is_raised_by_one_admin(first, second, cast, role):
    page = f"/users/{cast.agus.id}/assign-role"
    assert post(first, page, ROLE | {"role": role, "version": 1}).location == "/users/requests"
    assert db.session.get(User, cast.agus.id, populate_existing=True).role == "auditor"
    assert confirm(second).status_code == 302
    db.session.rollback()
    assert db.session.get(User, cast.agus.id, populate_existing=True).role == role


def test_one_admin_lowers_an_account_alone(first, cast):
    form = ROLE | {"role": "auditor", "version": 1}
    assert post(first, f"/users/{cast.farah.id}/assign-role", form).status_code == 302
    db.session.rollback()
    assert db.session.get(User, cast.farah.id, populate_existing=True).role == "auditor"


def test_a_finance_password_is_reset_by_two_admins(app, first, second, cast):
    assert post(first, f"/users/{cast.farah.id}/reset").location == "/users/requests"
    assert db.session.scalar(select(func.count(ResetCode.id))) == 0
    code = secret_of(confirm(second))
    new = "pasar cinde pagi hari"
    form = {"identifier": cast.farah.email, "code": code, "password": new, "again": new}
    assert post(app.test_client(), "/password/reset", form).status_code == 302
    assert not is_second_person(cast.farah.id, cast.ratna.id, at=clock.now())


def test_the_services_refuse_one_admin_alone_whatever_the_page_says(cast):
    ratna = cast.actor("ratna")
    place = RoleAssignment("finance", "nation")
    for act in (
        lambda: add_user(person=NewPerson("X", "x@contoh.id"), assignment=place, by=Signature(ratna, NOW)),
        lambda: assign_role(user_id=cast.agus.id, assignment=place, by=Signature(ratna, NOW)),
        lambda: reset_user(user_id=cast.farah.id, by=Signature(ratna, NOW)),
    ):
        with pytest.raises(RuleBroken, match="second_admin_needed"), transaction():
            act()


def test_a_request_is_decided_once(first, second, cast, app):
    post(first, "/users/add", SINTA)
    number = only_request().id
    third = sign_in(app.test_client(), make_user(role="admin"))
    assert confirm(second, number).status_code == 200
    assert confirm(third, number).status_code == 409
    assert post(third, f"/users/requests/{number}/refuse", {"reason": "tidak perlu"}).status_code == 409
    assert db.session.scalar(select(func.count(User.id)).where(User.email == SINTA["email"])) == 1


def test_two_who_confirm_at_once_make_one_account(app, first, cast, sekar):
    post(first, "/users/add", SINTA)
    number, third = only_request().id, make_user(role="admin")
    people, outcomes = [actor_of(sekar), actor_of(third)], []
    start = threading.Barrier(2)

    def run(who):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    confirm_request(request_id=number, by=Signature(who, NOW))
                outcomes.append("done")
            except RuleBroken as problem:
                outcomes.append(problem.code)
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=run, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "people.request_decided"]
    assert db.session.scalar(select(func.count(User.id)).where(User.email == SINTA["email"])) == 1


def test_the_same_is_not_asked_twice(first, cast):
    post(first, f"/users/{cast.farah.id}/reset")
    assert post(first, f"/users/{cast.farah.id}/reset").status_code == 409
    post(first, "/users/add", SINTA)
    assert post(first, "/users/add", SINTA).status_code == 409
    assert db.session.scalar(select(func.count(AccountRequest.id))) == 2


def test_refusing_and_taking_back_change_nothing(first, second, cast):
    for browser in (second, first):
        post(first, f"/users/{cast.farah.id}/reset")
        number = only_request().id
        assert post(browser, f"/users/requests/{number}/refuse", {"reason": ""}).location == "/users/requests"
        assert only_request().status == "open"
        assert post(browser, f"/users/requests/{number}/refuse", {"reason": "salah orang"}).status_code == 302
        assert only_request().status == "refused"
    assert db.session.scalar(select(func.count(ResetCode.id))) == 0


def test_the_owner_does_not_confirm_what_is_asked_about_the_own_account(app, first, sekar, second):
    post(first, f"/users/{sekar.id}/reset")
    assert confirm(second).status_code == 403


def test_an_admin_and_one_of_their_making_are_not_two(first, cast, app):
    puppet = make_user(role="admin", made_by=cast.ratna.id, created_at=NOW)
    post(first, "/users/add", SINTA)
    assert confirm(sign_in(app.test_client(), puppet)).status_code == 409
    assert find_user_by_identifier(SINTA["email"]) is None


def test_what_changed_meanwhile_or_whose_asker_is_gone_is_not_confirmed(first, second, cast):
    post(first, f"/users/{cast.agus.id}/assign-role", ROLE | {"version": 1})
    db.session.get(User, cast.agus.id, populate_existing=True).version = 2
    db.session.commit()
    assert confirm(second).status_code == 409
    assert only_request().status == "open"

    post(first, "/users/add", SINTA)
    db.session.get(User, cast.ratna.id, populate_existing=True).is_active = False
    db.session.commit()
    assert confirm(second).status_code == 409


def test_a_regional_admin_sees_and_decides_the_own_region_only(app, first, cast):
    regional = make_user(role="admin", scope="region", regional_office_id=cast.palembang.regional_office_id)
    actor = actor_of(regional)
    post(first, "/users/add", SINTA)
    nation = only_request().id
    branch = {"scope": "branch", "branch_id": cast.palembang.id, "email": "budi@contoh.id"}
    post(first, "/users/add", SINTA | branch)
    local = only_request().id
    assert [row[0].id for row in list_requests(actor)] == [local]
    with pytest.raises(NotFound):
        get_request(nation, actor=actor)
    browser = sign_in(app.test_client(), regional)
    assert confirm(browser, nation).status_code == 404
    assert confirm(browser, local).status_code == 200


def test_the_operator_stands_outside_and_is_audited(app, cast, database, tmp_path):
    line = CommandLine(database, tmp_path / "i")
    line.ok("user", "add", "awal@contoh.id", "--name", "Awal", "--role", "admin")
    assert "Asked" in line.ok("user", "reset", cast.farah.email, "--as", cast.ratna.email).output
    assert (
        "Asked"
        in line.ok(
            "user", "add", "b@contoh.id", "--name", "B", "--role", "finance", "--as", cast.ratna.email
        ).output
    )
    assert (
        "Asked"
        in line.ok("user", "role", cast.agus.email, "--role", "admin", "--as", cast.ratna.email).output
    )
    line.ok("user", "reset", cast.farah.email)
    db.session.rollback()
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "password.reset")).one()
    assert event.actor_role == "operator"


def test_the_owner_is_told_of_each_change_until_it_is_acknowledged(app, first, second, cast):
    post(first, f"/users/{cast.farah.id}/reset")
    farah = sign_in(app.test_client(), cast.farah)
    for page in ("/", "/profile"):
        shown = farah.get(page).text
        assert "Perubahan pada akun Anda" in shown
        assert "meminta kode kata sandi baru" in shown
        assert "Ratna Dewi" in shown
    assert "Perubahan pada akun Anda" not in first.get("/").text

    last = re.search(r'name="last" value="([0-9]+)"', shown)[1]
    confirm(second)  # while the page is read
    form = {"last": last, "next": "/profile"}
    assert post(farah, "/profile/changes/acknowledge", form).location == "/profile"
    shown = farah.get("/profile").text
    assert "meminta kode kata sandi baru" not in shown
    assert "Kode untuk menyetel ulang kata sandi dibuat" in shown


@pytest.mark.parametrize("name", ["marlina", "fahmi", "vera", "agus"])
def test_every_role_is_told_on_its_first_page(app, cast, name):
    who = getattr(cast, name)
    user_id = who.user_id if name == "marlina" else who.id
    with transaction():
        reset_user(user_id=user_id, by=Signature(cast.actor("ratna"), NOW))
    assert "Perubahan pada akun Anda" in sign_in(app.test_client(), who).get("/").text


def test_nobody_acknowledges_for_another_or_ahead(app, first, cast):
    with transaction():
        reset_user(user_id=cast.vera.id, by=Signature(cast.actor("ratna"), NOW))
    fahmi = sign_in(app.test_client(), cast.fahmi)
    post(fahmi, "/profile/changes/acknowledge", {"last": "999999999", "next": "/"})
    assert len(list_changes(cast.vera.id)) == 1
    with transaction():
        reset_user(user_id=cast.fahmi.id, by=Signature(cast.actor("ratna"), NOW))
    assert len(list_changes(cast.fahmi.id)) == 1


def test_a_confirmer_sees_what_was_done_to_the_account_lately(first, second, cast):
    with transaction():
        code = reset_user(user_id=cast.agus.id, by=Signature(cast.actor("ratna"), NOW))
    with transaction():
        reset_password(identifier=cast.agus.email, code=code, password="melati tujuh belas", at=NOW)
    version = db.session.get(User, cast.agus.id, populate_existing=True).version
    post(first, f"/users/{cast.agus.id}/assign-role", ROLE | {"version": version})
    assert "disetel ulang oleh Ratna Dewi" in second.get("/users/requests").text


def test_the_page_of_users_says_how_many_wait_for_this_admin(first, second, cast):
    post(first, "/users/add", SINTA)
    assert "1 permintaan menunggu Anda" in second.get("/users").text
    assert "menunggu Anda" not in first.get("/users").text
    with pytest.raises(NotAllowed), transaction():
        confirm_request(request_id=only_request().id, by=Signature(cast.actor("ratna"), NOW))
