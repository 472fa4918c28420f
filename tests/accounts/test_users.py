"""Accounts: who may add and change them, and that a change holds at the next request."""

import pytest
from cast import make_cast
from databases import NOW
from factories import make_user
from signing_in import post, sign_in
from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.queries.users import find_user_by_identifier
from portal.accounts.services.users import NewPerson, RoleAssignment, add_user
from portal.audit import AuditEvent
from portal.cadres.queries.actors import get_actor_by_email
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.organisation.models import Branch
from portal.organisation.queries import find_branch_by_code, list_host_bodies


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def admin(client, cast):
    return sign_in(client, cast.ratna)


def test_an_admin_adds_an_account_whose_first_password_is_shown_once(app, admin, cast):
    form = {
        "name": "Sinta",
        "email": "Sinta@Contoh.id",
        "role": "validator",
        "scope": "branch",
        "branch_id": cast.palembang.id,
    }
    shown = post(admin, "/users/add", form)
    password = shown.text.split('translate="no">')[1].split("<")[0]

    browser = app.test_client()
    assert post(browser, "/login", {"identifier": "sinta@contoh.id", "password": password}).status_code == 302
    assert browser.get("/").location == "/password/change"
    assert post(admin, "/users/add", form).status_code == 409


def test_extra_fields_change_nothing(admin, cast):
    form = {
        "name": "Sinta",
        "email": "s@contoh.id",
        "role": "auditor",
        "scope": "nation",
        "is_active": "",
        "id": "1",
        "password_hash": "x",
    }
    post(admin, "/users/add", form)

    sinta = find_user_by_identifier("s@contoh.id")
    assert sinta.is_active
    assert sinta.password_hash.startswith("$argon2id$")


def test_a_new_role_holds_at_the_next_request(app, admin, cast):
    theirs = sign_in(app.test_client(), cast.farah)
    form = {"role": "auditor", "scope": "nation", "branch_id": 0, "regional_office_id": 0, "version": 1}
    assert post(admin, f"/users/{cast.farah.id}/assign-role", form).status_code == 302
    assert theirs.get("/profile").status_code == 302

    again = sign_in(app.test_client(), cast.farah)
    assert again.get("/payouts/held").status_code in {200, 404}
    assert post(again, "/payouts/prepare", {}).status_code == 403
    assert post(admin, f"/users/{cast.farah.id}/assign-role", form).status_code == 409


def test_a_role_changed_behind_the_portals_back_holds_at_the_next_request_too(app, cast):
    theirs = sign_in(app.test_client(), cast.fahmi)
    page = f"/cadres/{cast.marlina.id}"
    assert theirs.get(page).status_code == 200
    fahmi = db.session.get(User, cast.fahmi.id)
    fahmi.branch_id = cast.jayapura.id
    db.session.commit()
    assert theirs.get(page).status_code == 404


def test_a_disabled_account_is_out_at_once_and_can_be_opened_again(app, admin, cast):
    theirs = sign_in(app.test_client(), cast.fahmi)
    post(admin, f"/users/{cast.fahmi.id}/disable", {"reason": "pindah tugas"})
    assert theirs.get("/profile").status_code == 302
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "user.disabled")).one()
    assert event.reason == "pindah tugas"

    post(admin, f"/users/{cast.fahmi.id}/enable")
    assert theirs.get("/profile").status_code == 302
    assert sign_in(app.test_client(), cast.fahmi).get("/profile").status_code == 200


def test_nobody_changes_the_own_role_or_shuts_the_own_account(admin, cast):
    form = {"role": "auditor", "scope": "nation", "branch_id": 0, "regional_office_id": 0}
    assert post(admin, f"/users/{cast.ratna.id}/assign-role", form).status_code == 403
    assert post(admin, f"/users/{cast.ratna.id}/disable", {"reason": "coba"}).status_code == 403


def test_a_regional_admin_stays_inside_the_region(app, cast):
    regional = make_user(role="admin", scope="region", regional_office_id=cast.palembang.regional_office_id)
    browser = sign_in(app.test_client(), regional)
    assert browser.get(f"/users/{cast.fahmi.id}").status_code == 200
    assert browser.get(f"/users/{cast.debora.id}").status_code == 404
    assert browser.get(f"/users/{cast.ratna.id}").status_code == 404
    assert "Debora" not in browser.get("/users").text
    actor = get_actor_by_email(regional.email)
    for place, problem in (
        (RoleAssignment("admin", "nation"), NotAllowed),
        (RoleAssignment("admin", "region", None, cast.jayapura.regional_office_id), NotAllowed),
        (RoleAssignment("supervisor", "branch", cast.jayapura.id), NotFound),
    ):
        with pytest.raises(problem), transaction():
            add_user(person=NewPerson("X", "x@contoh.id"), assignment=place, by=Signature(actor, NOW))
    assert (
        post(
            browser,
            "/branches/create",
            {"code": "Z", "name": "Z", "regional_office": "Z", "time_zone": "Asia/Jakarta"},
        ).status_code
        == 403
    )


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (RoleAssignment("operator", "nation"), "no_such_role"),
        (RoleAssignment("cadre", "nation"), "cadre_in_branch"),
        (RoleAssignment("supervisor", "branch"), "branch_needed"),
        (RoleAssignment("supervisor", "region"), "office_needed"),
    ],
)
def test_a_role_holds_somewhere(cast, place, code):
    with pytest.raises(RuleBroken, match=code), transaction():
        add_user(
            person=NewPerson("X", "x@contoh.id"),
            assignment=place,
            by=Signature(cast.actor("ratna"), NOW),
        )


def test_language_and_theme_are_kept_for_the_person_and_the_browser(app, client, cast):
    assert (
        post(client, "/preferences/update", {"locale": "en", "theme": "dark", "next": "/login"}).location
        == "/login"
    )
    assert 'lang="en"' in client.get("/login").text
    browser = sign_in(app.test_client(), cast.marlina)
    post(browser, "/preferences/update", {"theme": "light", "locale": "xx", "next": "/profile"})

    user = db.session.get(User, cast.marlina.user_id)
    assert (user.theme, user.locale) == ("light", None)
    assert 'data-theme="light"' in browser.get("/profile").text


def test_branches_are_created_and_changed_but_keep_their_code(admin, cast):
    form = {
        "code": "M00",
        "name": "Makassar",
        "regional_office": "Sulama",
        "time_zone": "Asia/Makassar",
        "region_code": "7371",
    }
    assert post(admin, "/branches/create", form).status_code == 302
    assert post(admin, "/branches/create", form).status_code == 409
    assert post(admin, "/branches/create", {**form, "code": "A,B"}).status_code == 409
    assert (
        post(admin, "/branches/create", {**form, "code": "M01", "time_zone": "Europe/Paris"}).status_code
        == 400
    )

    makassar = find_branch_by_code("M00")
    post(admin, f"/branches/{makassar.id}/edit", {**form, "name": "Makassar Kota", "code": "M99"})
    stored = db.session.get(Branch, makassar.id, populate_existing=True)
    assert (stored.code, stored.name) == ("M00", "Makassar Kota")


def test_host_bodies_are_created_and_renamed(admin):
    assert post(admin, "/host-bodies/create", {"code": "KOP", "name": "Koperasi"}).status_code == 302
    host = list_host_bodies()[0]
    post(admin, f"/host-bodies/{host.id}/edit", {"name": "Koperasi Sriwijaya"})
    assert "Koperasi Sriwijaya" in admin.get("/host-bodies").text
