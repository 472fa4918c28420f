"""The pages of sign-ups: in scope, masked, and a full NIK only for a stated purpose."""

import pytest
from cast import make_cast
from factories import make_nik, make_signup
from reporting import BORN
from signing_in import post, sign_in
from sqlalchemy import select

from portal.audit import AuditEvent


@pytest.fixture
def cast(app):
    return make_cast()


def text(answer):
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("group", ["open", "disputed", "validated", "expired", "rejected", "nonsense"])
def test_the_list_shows_the_branchs_signups_by_group(client, cast, group):
    make_signup(cadre_id=cast.marlina.id, name="Rosmala Dewi")
    make_signup(cadre_id=cast.yosef.id, name="Yosefina")
    sign_in(client, cast.fahmi)

    page = text(client.get(f"/signups?group={group}&before={'9' * 15}"))

    assert ("Rosmala Dewi" in page) == (group in {"open", "nonsense"})
    assert "Yosefina" not in page


def test_a_signup_of_another_branch_is_not_there(client, cast):
    signup = make_signup(cadre_id=cast.marlina.id)

    for name, status in (
        ("fahmi", 200),
        ("debora", 404),
        ("vera", 200),
        ("agus", 200),
        ("farah", 403),
        ("marlina", 403),
    ):
        sign_in(client, getattr(cast, name))
        assert client.get(f"/signups/{signup.id}").status_code == status, name


def test_who_else_claims_the_worker_is_shown(client, cast):
    nik = make_nik(BORN)
    first = make_signup(cadre_id=cast.marlina.id, nik=nik, status="disputed")
    make_signup(cadre_id=cast.herman.id, nik=nik, status="disputed")
    sign_in(client, cast.vera)

    assert "Herman Sawiran" in text(client.get(f"/signups/{first.id}"))


def test_a_claim_of_another_branch_is_not_named_to_a_supervisor(client, cast):
    nik = make_nik(BORN, serial=5)
    own = make_signup(cadre_id=cast.marlina.id, nik=nik, status="disputed")
    other = make_signup(cadre_id=cast.yosef.id, nik=nik, status="disputed")

    for name, seen in (("fahmi", False), ("vera", True)):
        page = text(sign_in(client, getattr(cast, name)).get(f"/signups/{own.id}"))
        assert (cast.yosef.name in page) == (f"/signups/{other.id}" in page) == seen


def test_a_whole_nik_takes_a_purpose_and_leaves_a_trace(client, cast, session):
    nik = make_nik(BORN)
    signup = make_signup(cadre_id=cast.marlina.id, nik=nik)
    sign_in(client, cast.vera)
    assert nik not in text(client.get(f"/signups/{signup.id}"))
    assert post(client, f"/signups/{signup.id}/reveal", {"purpose": ""}).status_code == 409

    shown = post(client, f"/signups/{signup.id}/reveal", {"purpose": "mencocokkan dengan KTP asli"})

    assert nik in text(shown)
    event = session.scalars(select(AuditEvent).where(AuditEvent.act == "signup.nik_revealed")).one()
    assert (event.actor_id, event.reason) == (cast.vera.id, "mencocokkan dengan KTP asli")
    assert event.branch_id == cast.palembang.id


def test_supervisors_do_not_reveal(client, cast):
    signup = make_signup(cadre_id=cast.marlina.id)
    sign_in(client, cast.fahmi)

    assert post(client, f"/signups/{signup.id}/reveal", {"purpose": "ingin tahu saja"}).status_code == 403
