"""Targets of cadres, and the next places on a cadre's first page (rules.md 12.3)."""

from datetime import date

import pytest
from cast import make_cast
from coverage.mapped import estimate, target, visit
from factories import make_cadre
from signing_in import post, sign_in
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.coverage.models import CadreTarget
from portal.coverage.queries.targets import list_targets, suggest_places
from portal.database.extensions import db

TODAY = date(2026, 11, 22)
SUKARAMI, ILIR, KUTO, CINDE = "1671071005", "1671051002", "1671181005", "1671111004"


@pytest.fixture
def cast(app):
    return make_cast()


def stored() -> dict:
    rows = db.session.execute(select(CadreTarget.cadre_id, CadreTarget.month, CadreTarget.villages))
    return {(cadre, month): villages for cadre, month, villages in rows}


def test_a_supervisor_sets_one_target_and_all(cast, client):
    browser = sign_in(client, cast.fahmi)
    address = f"/coverage/branches/{cast.palembang.id}/2026-12/set-targets"
    assert post(browser, address, {"villages": "2"}).status_code == 302
    assert (
        post(browser, f"/coverage/cadres/{cast.marlina.id}/2026-12/set-target", {"villages": "4"}).status_code
        == 302
    )

    assert stored() == {(cast.marlina.id, "2026-12"): 4, (cast.herman.id, "2026-12"): 2}
    events = db.session.execute(
        select(AuditEvent.act, AuditEvent.details)
        .where(AuditEvent.act.like("target%"))
        .order_by(AuditEvent.id)
    ).all()
    assert [tuple(one) for one in events] == [
        ("targets.set", {"month": "2026-12", "villages": 2, "cadres": 2}),
        ("target.set", {"month": "2026-12", "villages": 4}),
    ]
    page = browser.get(f"/coverage/branches/{cast.palembang.id}/targets?month=2026-12").text
    assert 'value="4"' in page


@pytest.mark.parametrize(
    ("month", "villages"),
    [("2026-10", "2"), ("2027-01", "2"), ("2026-11", "100"), ("2026-11", "-1"), ("2026-11", "")],
)
def test_a_month_that_is_over_or_far_and_odd_numbers_are_refused(cast, client, month, villages):
    browser = sign_in(client, cast.fahmi)
    answer = post(browser, f"/coverage/cadres/{cast.marlina.id}/{month}/set-target", {"villages": villages})

    assert answer.status_code in {302, 409}
    assert stored() == {}


def test_nobody_sets_targets_for_another_branch(cast, client):
    browser = sign_in(client, cast.fahmi)
    for address in (
        f"/coverage/cadres/{cast.yosef.id}/2026-11/set-target",
        f"/coverage/branches/{cast.jayapura.id}/2026-11/set-targets",
    ):
        assert post(browser, address, {"villages": "2"}).status_code == 404
    assert stored() == {}


def test_a_new_village_is_one_where_nobody_had_been_before_the_month(cast):
    visit(cast.herman, ILIR, date(2026, 10, 31))
    visit(cast.marlina, ILIR, date(2026, 11, 2))
    visit(cast.herman, KUTO, date(2026, 11, 1))
    visit(cast.marlina, KUTO, date(2026, 11, 5))
    visit(cast.marlina, KUTO, date(2026, 11, 9))
    visit(cast.marlina, SUKARAMI, date(2026, 11, 9), status="submitted")
    visit(cast.marlina, None, date(2026, 11, 9))
    target(cast.marlina, 2)

    rows = {row.cadre_id: row for row in list_targets(cast.palembang.id, "2026-11")}
    assert rows[cast.marlina.id].visited == [(KUTO, date(2026, 11, 5))]
    assert rows[cast.herman.id].visited == [(KUTO, date(2026, 11, 1))]
    assert (rows[cast.marlina.id].target, rows[cast.herman.id].target) == (2, None)
    assert [row.cadre_id for row in list_targets(cast.palembang.id, "2026-11", only_set=True)] == [
        cast.marlina.id
    ]


def test_a_cadre_is_told_the_three_neediest_places_with_reasons(cast, client):
    for code, workers in ((SUKARAMI, 900), (ILIR, 400), (KUTO, 300), (CINDE, 200)):
        estimate(code, workers)
    visit(cast.marlina, SUKARAMI, date(2026, 11, 20))
    visit(cast.herman, ILIR, date(2026, 4, 22))
    target(cast.marlina, 3)

    found = suggest_places(cadre_id=cast.marlina.id, branch_id=cast.palembang.id, day=TODAY)
    assert [village.code for village in found.places] == [KUTO, ILIR, CINDE]
    assert (found.target, found.visited) == (3, 1)
    page = " ".join(sign_in(client, cast.marlina).get("/").text.split())
    assert "Sasaran November: 1 dari 3 kelurahan yang belum pernah didatangi." in page
    assert "Perkiraan 300 pekerja informal, 0 sudah peserta. Belum pernah didatangi." in page
    assert "Perkiraan 400 pekerja informal, 0 sudah peserta. Terakhir didatangi 7 bulan lalu." in page


def test_without_estimates_and_target_the_first_page_says_nothing_of_it(cast, client):
    assert "Tempat berikutnya" not in sign_in(client, cast.marlina).get("/").text


def test_a_branch_with_many_cadres_is_paged(cast, client):
    for number in range(51):
        make_cadre(branch_id=cast.palembang.id, name=f"A {number:03}", account=False)
    page = sign_in(client, cast.fahmi).get(f"/coverage/branches/{cast.palembang.id}/targets").text

    assert page.count('/set-target"') == 50
    assert "skip=50" in page
