"""One cadre has one rank: home, own page, whole board, interface and export say the same, ties included (rules.md 4.5)."""

import re
from datetime import date

import pytest
from api.asking import Phone
from cast import make_cast
from earning import NOW, assign, close
from factories import make_crowd, make_user
from signing_in import sign_in

from portal.accounts.queries.sessions import get_operator
from portal.cadres.models import Cadre
from portal.cli.export import standings_rows
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.ranking import rank
from portal.points.services.posting import NewEntry, post_entries
from portal.verification.queries.standings import check_counts, check_live, check_places, check_teams

NOW_POINTS = (90, 70, 70, 70, 50, 50, 20)  # Marlina shares the second place with two others
SCOPES = ("branch", "region", "nation")


@pytest.fixture
def world(app):
    """Seven cadres of Palembang with a closed October and points in November, and one in Jayapura."""
    cast = make_cast()
    assign(cast.palembang, "perisai-2022")
    crowd = make_crowd([f"Kader Ke{n}" for n in range(5)], branch_id=cast.palembang.id)
    for cadre in crowd:
        cadre.user_id = make_user(name=cadre.name, role="cadre").id
    db.session.commit()
    cast.people = [crowd[0], cast.marlina, *crowd[1:3], cast.herman, *crowd[3:]]
    for month, points in (("2026-10", NOW_POINTS[::-1]), ("2026-11", NOW_POINTS)):
        entries = [
            NewEntry(cadre.id, "activity", f"{month}:{cadre.id}", n, 1, date.fromisoformat(f"{month}-05"))
            for cadre, n in zip((*cast.people, cast.yosef), (*points, 60), strict=True)
        ]
        with transaction():
            post_entries(entries, by=Signature(get_operator(), NOW))
        if month == "2026-10":
            close(month)
    return cast


def due(world, month: str, scope: str) -> dict[int, int | None]:
    """The ranks by the rulebook, from the points as they were given."""
    points = NOW_POINTS[::-1] if month == "2026-10" else NOW_POINTS
    rows = [(cadre.id, n, 0) for cadre, n in zip(world.people, points, strict=True)]
    if scope == "nation" or world.jayapura.regional_office_id == world.palembang.regional_office_id:
        rows += [(world.yosef.id, 60, 0)] if scope != "branch" else []
    return rank(rows)


def shown_rank(page: str) -> int:
    return int(re.search(r"Peringkat (\d+) dari", page)[1])


@pytest.mark.parametrize("month", ["2026-11", "2026-10"])
def test_every_view_of_a_cadre_s_place_says_the_same(client, app, world, month):
    for cadre in (world.people[0], world.marlina, world.people[3], world.herman, world.people[-1]):
        sign_in(client, cadre)
        phone = Phone(app, cadre)
        for scope in SCOPES:
            place = due(world, month, scope)[cadre.id]
            assert shown_rank(client.get(f"/ranks?scope={scope}&month={month}").text) == place
            said = phone.get(f"/me/rank?scope={scope}&period={month}").json
            assert said["rank"] == place
            assert [row["rank"] for row in said["neighbours"] if row["own"]] == [place]
            mine = [
                row["rank"]
                for row in phone.get(f"/boards/{scope}?period={month}").json["items"]
                if row["own"]
            ]
            assert mine in ([], [place])
            assert _on_whole_board(client, world, scope, month, cadre) == place
            assert _exported(month, scope, cadre) == place
            sign_in(client, cadre)
    assert not [*check_live(), *check_counts(), *check_places(), *check_teams()]


def test_home_and_the_own_page_and_the_months_say_the_same(client, app, world):
    for cadre in (world.people[0], world.marlina, world.herman):
        place = due(world, "2026-11", "branch")[cadre.id]
        home = sign_in(client, cadre).get("/").text
        assert re.search(rf'class="loz[^"]*">{place}<', home), "home"
        months = Phone(app, cadre).get("/me/rank").json["months"]
        assert [row["rank"] for row in months] == [due(world, "2026-10", "branch")[cadre.id], place]


def test_over_one_quarter_and_year_the_places_are_those_of_the_sums(client, app, world):
    sums = {cadre.id: a + b for cadre, a, b in zip(world.people, NOW_POINTS, NOW_POINTS[::-1], strict=True)}
    ranks = rank([(cadre, points, 0) for cadre, points in sums.items()])
    for cadre in (world.marlina, world.herman):
        sign_in(client, cadre)
        for period in ("2026-Q4", "2026", "ALL"):
            assert shown_rank(client.get(f"/ranks?period={period}").text) == ranks[cadre.id]
            said = Phone(app, cadre).get(f"/me/rank?period={period}").json
            assert (said["rank"], said["points"], said["closed"]) == (ranks[cadre.id], sums[cadre.id], False)


def _on_whole_board(client, world, scope, month, cadre) -> int:
    sign_in(client, world.ratna)
    number = {"branch": f"&id={world.palembang.id}", "region": f"&id={world.palembang.regional_office_id}"}
    page = client.get(f"/boards/{scope}?month={month}{number.get(scope, '')}").text
    row = next(row for row in re.findall(r"<tr data-item>.*?</tr>", page, re.DOTALL) if cadre.name in row)
    return int(re.search(r'<td class="num">(\d+)</td>', row)[1])


def _exported(month: str, scope: str, cadre: Cadre) -> int:
    rows = standings_rows(month, closed=month == "2026-10")
    return next(row[3] for row in list(rows) if (row[1], row[4]) == (scope, cadre.code))
