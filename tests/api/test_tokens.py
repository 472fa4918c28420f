"""Personal tokens: a program acts for somebody, within what the token is for, and opens no page."""

from datetime import timedelta

import pytest
from api.asking import BASE, Phone, body
from cast import make_cast
from reporting import new_ref
from signing_in import post, sign_in
from sqlalchemy import select

from portal import clock
from portal.accounts.models import AccessToken
from portal.accounts.queries.sessions import get_operator
from portal.accounts.services.sessions import close_sessions
from portal.accounts.services.tokens import create_token
from portal.audit import AuditEvent
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken


@pytest.fixture
def cast(app):
    return make_cast()


def make(person, *scopes, days=30):
    user_id = getattr(person, "user_id", None) or person.id
    with transaction():
        return create_token(
            user_id=user_id, name="skrip", scopes=scopes, days=days, by=Signature(get_operator(), clock.now())
        )


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def test_a_program_reports_with_a_token_and_needs_no_token_of_a_form(app, cast):
    made = make(cast.marlina, "report", "read")

    answer = app.test_client().put(f"{BASE}/activities/{new_ref()}", json=body(), headers=bearer(made.secret))
    me = app.test_client().get(f"{BASE}/me", headers=bearer(made.secret)).json

    assert answer.status_code == 201, answer.json
    assert (me["cadre"]["code"], me["zone"], me["csrf_token"]) == ("K-MARLINA", "Asia/Jakarta", None)


@pytest.mark.parametrize(
    ("scopes", "method", "path"), [(["read"], "PUT", "/activities/{}"), (["report"], "GET", "/me")]
)
def test_a_token_is_for_what_it_says(app, cast, scopes, method, path):
    made = make(cast.marlina, *scopes)

    answer = app.test_client().open(
        BASE + path.format(new_ref()), method=method, json=body(), headers=bearer(made.secret)
    )

    assert (answer.status_code, answer.json["code"]) == (403, "tokens.not_for_this")


def test_a_token_can_never_do_more_than_its_person(app, cast):
    made = make(cast.fahmi, "report", "admin")

    answer = app.test_client().put(f"{BASE}/activities/{new_ref()}", json=body(), headers=bearer(made.secret))

    assert answer.status_code == 403


def test_a_token_opens_no_page(app, cast):
    made = make(cast.ratna, "read", "admin")

    answer = app.test_client().get("/", headers=bearer(made.secret))

    assert (answer.status_code, answer.location) == (302, "/login?next=/")


def test_who_names_a_token_acts_by_it_alone(app, cast):
    client = sign_in(app.test_client(), cast.marlina)

    wrong = client.get(f"{BASE}/me", headers=bearer("pk_wrong"))
    other = client.get(f"{BASE}/me", headers=bearer(make(cast.herman, "read").secret))

    assert wrong.status_code == 401
    assert other.json["cadre"]["code"] == "K-HERMAN"


@pytest.mark.parametrize("end", ["expired", "revoked", "disabled", "password"])
def test_a_token_that_has_ended_opens_nothing(app, cast, session, end):
    made = make(cast.ratna, "read")
    with transaction():
        row = session.get(AccessToken, made.row.id)
        if end == "expired":
            row.expires_at = clock.now() - timedelta(seconds=1)
        elif end == "revoked":
            row.revoked_at = clock.now()
        elif end == "disabled":
            cast.ratna.is_active = False
            session.add(cast.ratna)
        else:
            close_sessions(user_id=cast.ratna.id, at=clock.now())

    answer = app.test_client().get(f"{BASE}/me", headers=bearer(made.secret))

    assert (answer.status_code, answer.json["code"]) == (401, "signed_out")


def test_guessing_is_slowed_down_and_a_right_token_still_works(app, cast):
    client = app.test_client()
    answers = [client.get(f"{BASE}/me", headers=bearer(f"pk_{number}")) for number in range(12)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert answers[-1].json["code"] == "people.too_many_tries"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client.get(f"{BASE}/me", headers=bearer(make(cast.ratna, "read").secret)).status_code == 200


def test_only_the_hash_is_stored_and_the_use_is_recorded(app, cast, session):
    made = make(cast.marlina, "read")
    app.test_client().get(f"{BASE}/me", headers=bearer(made.secret))

    row = session.scalars(select(AccessToken)).one()
    assert made.secret not in str(vars(row))
    assert row.last_used_at is not None
    event = session.scalars(select(AuditEvent).where(AuditEvent.act == "token.made")).one()
    assert event.details == {"token": row.id, "scopes": "read", "days": 30}


def test_the_owner_sees_and_revokes_their_own(app, cast, session):
    made, other = make(cast.marlina, "read", "report"), make(cast.herman, "read")
    client = sign_in(app.test_client(), cast.marlina)

    page = client.get("/tokens")
    assert "skrip" in page.text
    assert made.secret not in page.text
    assert post(client, f"/tokens/{other.row.id}/revoke").status_code == 404
    assert post(client, f"/tokens/{made.row.id}/revoke").status_code == 302

    assert app.test_client().get(f"{BASE}/me", headers=bearer(made.secret)).status_code == 401
    assert "skrip" not in client.get("/tokens").text
    assert session.scalars(select(AuditEvent.act).where(AuditEvent.act == "token.revoked")).all() == [
        "token.revoked"
    ]


@pytest.mark.parametrize(
    ("scopes", "days", "code"),
    [
        ([], 30, "tokens.scopes"),
        (["root"], 30, "tokens.scopes"),
        (["read"], 0, "tokens.days"),
        (["read"], 999, "tokens.days"),
    ],
)
def test_a_token_needs_a_purpose_and_an_end(cast, scopes, days, code):
    with pytest.raises(RuleBroken, match=code):
        make(cast.marlina, *scopes, days=days)


def test_a_session_still_needs_its_own_token(app, cast):
    phone = Phone(app, cast.marlina)

    answer = phone.client.put(
        f"{BASE}/activities/{new_ref()}", json=body(), headers={"Authorization": "Basic eDp5"}
    )

    assert (answer.status_code, answer.json["code"]) == (400, "stale_page")
