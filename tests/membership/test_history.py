"""Imported validated sign-ups that the extract contradicts are held for a person (rules.md 5.2)."""

from datetime import date

import pytest
from cast import make_cast
from extracts import act, again, apply, make_nik, participant, row, siti, unpaid, validator
from factories import make_cadre
from signing_in import post, sign_in
from sqlalchemy import select

from portal.database.extensions import db
from portal.domain.errors import RuleBroken
from portal.membership.models import Contribution
from portal.membership.queries.workbench import count_groups, list_group
from portal.membership.services.history import keep_history, link_history_by_hand

WHY = "Sesuai KTP yang dilampirkan"
NEXT = date(2026, 11, 1)


def history(**overrides):
    values = {
        "status": "validated", "history": True, "floor_month": "2026-10", "outcome": "new", "pack": "JKK,JKM",
        "earned_on": date(2026, 10, 12), "earned_month": "2026-10",
    }  # fmt: skip
    return siti(**(values | overrides))


def text(answer):
    return answer.get_data(as_text=True)


def test_history_that_agrees_is_linked_and_asks_nobody(app):
    signup = history()

    apply(row())

    assert (again(signup).participant_id, again(signup).held_reason) == (participant().id, None)
    assert count_groups(validator())["history"] == 0


@pytest.mark.parametrize(
    ("said", "rows", "reason"),
    [
        ({"name": "Bambang"}, [row()], "match.nik_only"),
        ({"birth_date": date(1990, 1, 1)}, [row()], "match.nik_only"),
        ({"nik": make_nik(serial=77), "kpj": "26011234567", "name": "Bambang", "birth_date": date(1990, 1, 1)},
         [row()], "match.kpj_only"),
        ({}, [row(registered="2026-08-01")], "history.registered"),
        ({"reported_on": date(2026, 7, 1)}, [row()], "history.registered"),
        ({}, [unpaid()], "history.unpaid"),
        ({}, [row(registered="2026-10-09", paid="2026-10-08", blth="2026-09")], "history.unpaid"),
    ],
)  # fmt: skip
def test_history_that_the_extract_contradicts_waits_on_the_workbench(app, said, rows, reason):
    signup = history(**said)

    result = apply(*rows)

    assert (again(signup).status, again(signup).held_reason) == ("validated", reason)
    assert (result.nothing_new, result.counts["contradicted"]) == (False, 1)
    assert count_groups(validator())["history"] == 1
    assert [one.SignUp.id for one in list_group(validator(), group="history")] == [signup.id]


def test_the_same_extract_again_asks_nothing_twice(app):
    history(name="Bambang")
    history(nik=make_nik(serial=77))
    rows = (row(), unpaid(nik=make_nik(serial=77), kpj=""))
    apply(*rows)

    assert apply(*rows).nothing_new


def test_what_a_later_extract_puts_right_asks_nobody_any_more(app):
    unlike, poor = history(name="Bambang"), history(nik=make_nik(serial=77))
    apply(row(), unpaid(nik=make_nik(serial=77), kpj=""))

    apply(row(name="BAMBANG"), row(nik=make_nik(serial=77), kpj=""), as_of=NEXT)

    assert [again(one).held_reason for one in (unlike, poor)] == [None, None]
    assert again(unlike).participant_id == participant().id


def test_a_person_says_who_it_is_and_the_contributions_count(app):
    signup = history(name="Bambang")
    apply(row())

    act(link_history_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY)

    signup = again(signup)
    assert (signup.status, signup.match_tier, signup.held_reason) == ("validated", "hand", None)
    stored = db.session.execute(select(Contribution.signup_id, Contribution.number)).one()
    assert tuple(stored) == (signup.id, 1)
    apply(row(), as_of=NEXT)
    assert again(signup).held_reason is None


def test_somebody_elses_participant_is_not_taken(app):
    siti(cadre_id=make_cadre().id)
    apply(row())
    signup = history(nik=make_nik(serial=77), kpj="26011234567", name="Bambang", birth_date=date(1990, 1, 1))
    apply(row(), as_of=NEXT)

    with pytest.raises(RuleBroken, match="participant_taken"):
        act(link_history_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY)


def test_what_a_person_keeps_is_not_asked_again(app):
    signup = history()
    apply(unpaid())

    act(keep_history, signup_id=signup.id, reason=WHY)
    apply(unpaid(), as_of=NEXT)

    assert again(signup).held_reason is None
    with pytest.raises(RuleBroken, match="nothing_to_decide"):
        act(keep_history, signup_id=signup.id, reason=WHY)


def test_only_contradicted_history_is_decided_so(app):
    signup = siti()
    apply(row())

    with pytest.raises(RuleBroken, match="nothing_to_decide"):
        act(link_history_by_hand, signup_id=signup.id, participant_id=participant().id, reason=WHY)


def test_a_validator_sees_and_decides_contradicted_history(app, client):
    cast = make_cast()
    unlike = history(name="Bambang", cadre_id=cast.marlina.id)
    poor = history(nik=make_nik(serial=77), name="Rini Astuti", cadre_id=cast.marlina.id)
    apply(row(), unpaid(nik=make_nik(serial=77), kpj="", name="RINI ASTUTI"))
    sign_in(client, cast.vera)

    assert "Riwayat berbeda dari data BPJS" in text(client.get("/extracts"))
    page = text(client.get("/extracts/signups?group=history"))
    assert "Bambang" in page
    assert "enurut data BPJS belum ada iuran sejak pendaftaran ini" in page
    assert "Tetap sah seperti diimpor" in text(client.get(f"/extracts/signups/{poor.id}"))
    post(
        client,
        f"/extracts/signups/{unlike.id}/link",
        {"participant_id": str(participant().id), "reason": WHY},
    )
    post(client, f"/extracts/signups/{poor.id}/keep", {"reason": WHY})

    assert [again(one).held_reason for one in (unlike, poor)] == [None, None]
    assert again(unlike).participant_id == participant().id
