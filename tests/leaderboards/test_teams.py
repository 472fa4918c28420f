"""Host bodies as teams: exact averages, who is too few, the own one marked, and closed months for good."""

from datetime import UTC, date, datetime

import pytest
from api.asking import Phone
from cast import make_cast
from factories import actor_of, make_crowd, make_host
from leaderboards.test_views import close
from signing_in import sign_in
from sqlalchemy import update

from portal.accounts.queries.sessions import get_operator
from portal.cadres.models import Cadre, CadreTerm
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.leaderboards.queries.teams import team_board
from portal.points.services.posting import NewEntry, post_entries
from portal.transfers.services.terms import TermChange, move_cadre

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
OCTOBER = date(2026, 10, 5)


def join(host, *cadres):
    for model, key in ((Cadre, Cadre.id), (CadreTerm, CadreTerm.cadre_id)):
        db.session.execute(
            update(model).where(key.in_([one.id for one in cadres])).values(host_body_id=host.id)
        )
    db.session.commit()


def give(points: dict, earned=OCTOBER, ref="a"):
    entries = [
        NewEntry(cadre.id, "activity", f"{ref}:{cadre.id}", n, 1, earned) for cadre, n in points.items()
    ]
    with transaction():
        post_entries(entries, by=Signature(get_operator(), NOW))


@pytest.fixture
def cast(app):
    """Three host bodies: of four, three and two members with points in October, and one who has none."""
    cast = make_cast()
    crowd = make_crowd([f"Kader Ke{n}" for n in range(8)], branch_id=cast.palembang.id)
    cast.four, cast.three, cast.two = (make_host(name=name) for name in ("Serikat", "Koperasi", "Yayasan"))
    join(cast.four, *crowd[:4], crowd[7])
    join(cast.three, cast.marlina, *crowd[4:6])
    join(cast.two, cast.herman, crowd[6])
    give(dict.fromkeys(crowd[:4], 20) | {cast.marlina: 50, crowd[4]: 10, crowd[5]: 10, cast.herman: 99})
    give({crowd[6]: 1}, ref="b")
    cast.crowd = crowd
    return cast


def test_teams_are_ranked_by_the_average_of_those_with_an_entry(cast):
    board = team_board("2026-10", cadre_id=cast.marlina.id)

    assert [(team.rank, team.name, team.members, team.tenths) for team in board.ranked] == [
        (1, "Koperasi", 3, 233), (2, "Serikat", 4, 200),
    ]  # fmt: skip
    assert [team.name for team in board.small] == ["Yayasan"]
    assert board.own.name == "Koperasi"


def test_a_cadre_sees_the_own_team_first_and_the_small_ones_by_name_alone(client, cast):
    page = sign_in(client, cast.marlina).get("/ranks?scope=hosts&month=2026-10").text
    assert "Peringkat 1 dari 2 wadah" in page
    assert "rata-rata 23,3 poin dari 3 anggota" in page
    assert "kurang dari 3 yang punya catatan: Yayasan" in page
    assert "Koperasi, wadah Anda" in page
    herman = sign_in(client, cast.herman).get("/ranks?scope=hosts&month=2026-10").text
    assert "Belum diperingkat" in herman
    assert "50" not in herman.partition("<main")[2].partition("</main")[0]
    yosef = sign_in(client, cast.yosef).get("/ranks?scope=hosts&month=2026-10").text
    assert "tidak bergabung dalam wadah" in yosef


def test_a_closed_month_keeps_its_teams_whatever_comes_later(client, app, cast):
    close("2026-10")
    before = Phone(app, cast.marlina).get("/boards/hosts?month=2026-10").json
    admin = Signature(actor_of(cast.ratna), NOW)
    with transaction():
        move_cadre(
            cadre_id=cast.marlina.id, from_month="2026-11", change=TermChange(host_body_id=cast.two.id),
            reason="pindah wadah", by=admin,
        )  # fmt: skip
    give({cast.marlina: 500, cast.crowd[0]: 100}, ref="late")

    after = Phone(app, cast.marlina).get("/boards/hosts?month=2026-10").json

    assert {**after, "computed_at": ""} == {**before, "computed_at": ""}
    assert after["closed"] is True
    assert [(row["name"], row["average"]) for row in after["items"]] == [
        ("Koperasi", 23.3),
        ("Serikat", 20.0),
    ]
    assert [(team.name, team.points) for team in team_board("ALL").ranked] == [
        ("Yayasan", 99 + 1 + 550), ("Serikat", 180),
    ]  # fmt: skip


def test_staff_of_the_nation_see_all_teams_and_others_the_top(client, app, cast):
    for name in ("ratna", "fahmi"):
        page = sign_in(client, getattr(cast, name)).get("/boards/hosts?month=2026-10").text
        assert "Koperasi" in page
        assert "Yayasan" in page
    whole = Phone(app, cast.ratna).get("/boards/hosts?period=2026-Q4").json
    assert (whole["ranked"], whole["own"], whole["next"], whole["too_small"]) == (2, None, None, ["Yayasan"])
