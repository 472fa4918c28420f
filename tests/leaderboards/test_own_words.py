"""What the own page says: the next place in people, a first place's lead, who shares it, and other names."""

from datetime import UTC, date, datetime

import pytest
from api.asking import Phone
from cast import make_cast
from factories import actor_of, make_crowd
from leaderboards.test_views import close, give
from signing_in import sign_in

from portal.cadres.services.cadres import set_alias
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.points.services.posting import NewEntry, post_entries

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def cast(app):
    return make_cast()


def test_the_next_place_is_told_in_new_participants(client, app, cast):
    give(cast.marlina, 40, n=1)
    give(cast.herman, 120, n=2)

    page = sign_in(client, cast.marlina).get("/ranks").text

    assert "2 peserta baru lagi" in page
    assert "ke peringkat 1, selisih 80 poin" in page
    assert Phone(app, cast.marlina).get("/me/rank").json["signups_to_next_place"] == 2
    assert "peserta baru lagi" not in client.get("/ranks?period=2026-Q3").text


def test_with_equal_points_one_more_participant_is_enough(client, cast):
    give(cast.marlina, 50, n=1)
    give(cast.herman, 50, n=2, kind="signup")

    assert "ke peringkat 1, poinnya sama" in sign_in(client, cast.marlina).get("/ranks").text


def test_a_first_place_sees_the_lead_and_the_own_best_instead_of_ticks(client, cast):
    for n, month in enumerate((8, 9, 10)):
        give(cast.marlina, 90 + n, n=f"m{n}", earned=date(2026, month, 5))
        give(cast.herman, 70, n=f"h{n}", earned=date(2026, month, 5))
    for month in ("2026-08", "2026-09", "2026-10"):
        close(month)
    give(cast.marlina, 50, n=1)
    give(cast.herman, 30, n=2)

    page = sign_in(client, cast.marlina).get("/ranks").text

    assert "Patokan cabang" not in page
    assert "20 poin" in page
    assert "92 poin" in page
    assert "3 bulan" in page
    assert "Patokan cabang" in sign_in(client, cast.herman).get("/ranks").text
    assert "Peringkat 1 berturut-turut" not in client.get("/ranks").text


def test_a_month_without_the_first_place_ends_the_row(client, cast):
    for n, month in enumerate((8, 9, 10)):
        give(cast.marlina, 90, n=f"m{n}", earned=date(2026, month, 5))
        give(cast.herman, 95 if month == 9 else 70, n=f"h{n}", earned=date(2026, month, 5))
    for month in ("2026-08", "2026-09", "2026-10"):
        close(month)
    give(cast.marlina, 50, n=1)

    page = sign_in(client, cast.marlina).get("/ranks").text

    assert "Peringkat 1 berturut-turut" in page
    assert "1 bulan" in page


def test_who_shares_a_place_is_named_and_who_has_no_room_is_counted(client, cast):
    crowd = make_crowd([f"Kader Ke{n}" for n in range(6)], branch_id=cast.palembang.id)
    entries = [
        NewEntry(cadre.id, "activity", f"a:{cadre.id}", 50, 1, date(2026, 11, 3))
        for cadre in (cast.marlina, *crowd)
    ]
    with transaction():
        post_entries(entries, by=Signature(actor_of(cast.marlina), NOW))

    page = sign_in(client, cast.marlina).get("/ranks").text

    assert "dan 4 kader lain, poin dan peserta baru sama" in page
    assert Phone(client.application, cast.marlina).get("/me/rank").json["sharing"] == 7


def test_participants_of_an_earlier_month_are_told_apart(client, cast):
    give(cast.marlina, 50, n=1, kind="signup", earned=date(2026, 10, 5))
    close("2026-10")
    give(cast.marlina, 50, n=2, kind="signup", earned=date(2026, 10, 5))
    give(cast.marlina, 50, n=3, kind="signup")

    page = sign_in(client, cast.marlina).get("/ranks").text

    assert "2 peserta baru, 1 di antaranya dari bulan sebelumnya" in page


def test_an_alias_stands_on_every_board_and_staff_see_the_name_beside_it(client, app, cast):
    give(cast.marlina, 50, n=1)
    give(cast.herman, 70, n=2)
    give(cast.herman, 70, n=3, earned=date(2026, 10, 5))
    close("2026-10")
    with transaction():
        set_alias(alias="Elang Musi", by=Signature(actor_of(cast.herman), NOW))

    sign_in(client, cast.marlina)
    for address in (
        "",
        "?scope=region",
        "?scope=nation",
        "?period=2026-Q4",
        "?period=2026",
        "?month=2026-10",
    ):
        page = client.get(f"/ranks{address}").text
        assert "Elang Musi" in page
        assert "Sawiran" not in page
    api = Phone(app, cast.marlina)
    assert "Sawiran" not in api.get("/me/rank").text + api.get("/boards/nation?period=2026").text
    board = sign_in(client, cast.fahmi).get("/boards").text
    assert "Elang Musi" in board
    assert "nama: Herman Sawiran" in board
    db.session.rollback()


def test_a_period_that_is_none_is_not_found_and_one_ahead_is_the_present_one(client, cast):
    sign_in(client, cast.marlina)
    for wrong in ("2026-Q5", "26", "x", "2026-13", "ALLES", "2026-Q", "-1"):
        assert client.get(f"/ranks?period={wrong}").status_code == 404, wrong
    for ahead in ("2099", "2030-Q1", "2099-01"):
        assert client.get(f"/ranks?period={ahead}").status_code == 200
    sign_in(client, cast.ratna)
    for kind in ("nation", "hosts"):
        assert client.get(f"/boards/{kind}?period=2026-Q9").status_code == 404
        assert client.get(f"/boards/{kind}?period=2026-Q4").status_code == 200
