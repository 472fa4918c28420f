"""Pages of coverage: a branch's lozenges and table, office and nation, downloads (rules.md 12.3)."""

import csv
import io
from datetime import date

import pytest
from cast import make_cast
from coverage.mapped import estimate, visit
from factories import make_branch, make_cadre, make_user
from signing_in import sign_in

from portal.coverage.queries.areas import read_nation, read_office
from portal.coverage.queries.branch import read_coverage
from portal.database.extensions import db
from portal.organisation.models import Branch

TODAY = date(2026, 11, 22)
SUKARAMI, ILIR, PRABUMULIH, ABEPURA = "1671071005", "1671051002", "1674051001", "9171031012"


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def fahmi(cast, client):
    return sign_in(client, cast.fahmi)


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.text.split())


def test_a_supervisor_is_led_to_the_own_branch_and_sees_where_nobody_was(cast, fahmi):
    estimate(SUKARAMI, 900)
    estimate(ILIR, 400)
    visit(cast.marlina, ILIR, date(2026, 5, 3))
    visit(cast.marlina, SUKARAMI, date(2026, 11, 3), status="submitted")

    answer = fahmi.get("/coverage")
    assert answer.location == f"/coverage/branches/{cast.palembang.id}"
    shown = page(fahmi, answer.location)

    assert "107 kelurahan atau desa, 18 kecamatan" in shown
    assert '<b class="fig s">106</b>' in shown  # never visited, all but one
    first, second = (
        shown.index("<b>Sukarami</b><small>Sukarami, belum pernah"),
        shown.index("<b>16 Ilir</b>"),
    )
    assert first < second
    assert "terakhir 3 Mei 2026" in shown
    assert shown.count('class="never"') == 106
    assert "Pekerja informal: Sakernas, bisa meleset 15% (2026)." in shown
    assert "Kalidoni</b>" in shown


def test_a_block_leads_to_its_district_and_single_lozenges_lead_nowhere(cast, fahmi):
    estimate(ILIR, 400)
    shown = page(fahmi, f"/coverage/branches/{cast.palembang.id}?district=167105")

    assert (
        f'href="/coverage/branches/{cast.palembang.id}?district=167105#kecamatan" aria-current="true"'
        in shown
    )
    plots = shown[shown.index('<ul class="plots">') : shown.index("</ul>", shown.index('<ul class="plots">'))]
    assert plots.count("<a ") == 18
    assert plots.count("<path") == 107
    table = shown[shown.index('id="kecamatan"') :]
    assert "16 Ilir" in table[: table.index("</table>")]


def test_without_estimates_visits_still_stand_and_the_page_says_what_to_import(cast, fahmi):
    visit(cast.marlina, ILIR, date(2026, 11, 3))
    shown = page(fahmi, f"/coverage/branches/{cast.palembang.id}")

    assert "portal import targets perkiraan.csv" in shown
    assert "0 peserta, perkiraan pekerja belum ada" in shown
    assert shown.count('class="a0"') == 1
    assert shown.count('class="never"') == 106


def test_a_branch_without_a_region_code_says_who_fills_it_in(cast, client):
    branch = make_branch(regional_office_id=cast.palembang.regional_office_id, region_code=None)
    visit(make_cadre(branch_id=branch.id), SUKARAMI, date(2026, 11, 3))
    shown = page(sign_in(client, cast.ratna), f"/coverage/branches/{branch.id}")

    assert "Wilayah cabang ini belum diisi" in shown
    assert "Sukarami, Sukarami, Kota Palembang (1)" in shown


def test_another_branch_and_another_office_are_not_found(cast, client):
    wahyu = make_user(role="admin", scope="region", regional_office_id=cast.palembang.regional_office_id)
    for person in (cast.fahmi, wahyu):
        browser = sign_in(client, person)
        for address in (
            f"/coverage/branches/{cast.jayapura.id}",
            f"/coverage/branches/{cast.jayapura.id}/download",
            f"/coverage/branches/{cast.jayapura.id}/targets",
            f"/coverage/regions/{cast.jayapura.regional_office_id}",
            f"/coverage/regions/{cast.jayapura.regional_office_id}/download",
        ):
            assert browser.get(address).status_code == (403 if address.endswith("x") else 404), address
    assert (
        sign_in(client, wahyu)
        .get("/coverage")
        .location.endswith(f"/regions/{cast.palembang.regional_office_id}")
    )


def test_office_and_nation_show_the_sums_of_their_branches(cast, client):
    other = make_branch(
        name="Prabumulih", regional_office_id=cast.palembang.regional_office_id, region_code="1674"
    )
    for code, workers in (
        (SUKARAMI, 900),
        (ILIR, 400),
        (PRABUMULIH, 300),
        (ABEPURA, 200),
        ("3171011001", 50),
    ):
        estimate(code, workers)
    visit(cast.marlina, ILIR, date(2026, 11, 3))
    visit(cast.yosef, ABEPURA, date(2026, 11, 3))

    office = read_office(cast.palembang.regional_office_id, TODAY, actor=cast.actor("ratna"))
    branches = {row.key: row.figures for row in office.rows}
    for number in (cast.palembang.id, other.id):
        assert branches[number] == read_coverage(number, TODAY).figures
    assert (office.total.estimate, office.total.never_workers, office.total.visited) == (1600, 1200, 1)
    nation = read_nation(TODAY)
    by_name = {row.name: row.figures for row in nation.rows}
    assert by_name["Sumbagsel"] == office.total
    assert (by_name[""].estimate, by_name[""].never_workers) == (50, 50)
    assert (nation.total.estimate, nation.total.visits) == (1850, 2)
    shown = page(sign_in(client, cast.ratna), "/coverage")
    assert f'href="/coverage/regions/{cast.palembang.regional_office_id}"' in shown
    assert "Di luar wilayah cabang mana pun" in shown
    shown = page(client, f"/coverage/regions/{cast.palembang.regional_office_id}")
    assert f'href="/coverage/branches/{other.id}"' in shown


def test_a_longer_region_code_takes_villages_and_a_shared_one_shares_them(cast):
    """One branch has Palembang, a second the same city, a third one district of it."""
    office = cast.palembang.regional_office_id
    twin = make_branch(regional_office_id=office, region_code="1671")
    inner = make_branch(regional_office_id=office, region_code="167107")
    estimate(SUKARAMI, 900)
    estimate(ILIR, 400)
    visit(cast.marlina, SUKARAMI, date(2026, 11, 3))

    shown = {number: read_coverage(number, TODAY) for number in (cast.palembang.id, twin.id, inner.id)}
    estimates = {number: found.figures.estimate for number, found in shown.items()}
    assert estimates == {cast.palembang.id: 400, twin.id: 400, inner.id: 900}
    assert shown[cast.palembang.id].elsewhere == [(SUKARAMI, 1)]
    table = read_office(office, TODAY, actor=cast.actor("ratna"))
    assert {row.key: row.figures for row in table.rows} == {
        number: found.figures for number, found in shown.items()
    }
    assert (table.total.villages, table.total.estimate) == (107, 1300)


def test_the_download_holds_every_village_the_neediest_first(cast, fahmi):
    estimate(SUKARAMI, 900, target=300)
    estimate(ILIR, 400)
    visit(cast.marlina, SUKARAMI, date(2026, 9, 30))

    answer = fahmi.get(f"/coverage/branches/{cast.palembang.id}/download")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 107
    assert [(row["village_code"], row["where_next"]) for row in rows[:3]] == [
        (ILIR, "400.0"), (SUKARAMI, "75.0"), ("1671011001", "0.0"),
    ]  # fmt: skip
    assert rows[1] == {
        "village_code": SUKARAMI, "village": "Sukarami", "district": "Sukarami", "estimate": "900", "year": "2026",
        "target": "300", "participants": "0", "visits": "1", "last_visit": "2026-09-30", "where_next": "75.0",
        "source": "Sakernas, bisa meleset 15%",
    }  # fmt: skip


def test_the_tables_of_office_and_nation_can_be_downloaded(cast, client):
    estimate(SUKARAMI, 900)
    browser = sign_in(client, cast.ratna)
    nation = list(csv.DictReader(io.StringIO(browser.get("/coverage/download").text)))
    office = browser.get(f"/coverage/regions/{cast.palembang.regional_office_id}/download").text

    assert {row["name"]: row["workers_never_visited"] for row in nation} == {"Sumbagsel": "900", "Papua": "0"}
    assert next(csv.DictReader(io.StringIO(office)))["villages"] == "107"


def test_a_province_shows_one_regency_at_a_time(cast, client):
    db.session.get_one(Branch, cast.palembang.id).region_code = "16"
    db.session.commit()
    shown = page(sign_in(client, cast.fahmi), f"/coverage/branches/{cast.palembang.id}?district=1674")

    assert "Kota Prabumulih" in shown
    assert shown[shown.index('<ul class="plots">') :].count('aria-hidden="true"') < 20
