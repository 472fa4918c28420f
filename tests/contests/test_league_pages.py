"""The page of the league: chosen and left in two taps, what a member sees of the group, and who is hidden."""

import re
from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from contests.arena import (
    DURING,
    by,
    choose,
    open_season,
    reports,
)
from earning import activity, close
from factories import make_cadre
from signing_in import csrf_token, sign_in
from sqlalchemy import select

from portal import clock
from portal.contests.models import LeagueChoice
from portal.database.extensions import db
from portal.recognition.models import RecognitionChoice


@pytest.fixture
def cast(app):
    clock.configure(DURING)
    return make_cast()


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.replace("&nbsp;", " ")))


def see(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return words(answer.get_data(as_text=True))


def send(client, address, status=302, **values):
    answer = client.post(address, data={"csrf_token": csrf_token(client), **values})
    assert answer.status_code == status, (address, answer.status_code, words(answer.get_data(as_text=True)))
    return words(answer.get_data(as_text=True))


def test_two_taps_choose_the_league_and_leave_it(client, cast):
    sign_in(client, cast.marlina)
    assert "Anda belum ikut liga" in see(client, "/contests/league")
    send(client, "/contests/league/join")
    send(client, "/contests/league/join")
    assert "Anda sudah ikut" in see(client, "/contests/league")
    send(client, "/contests/league/leave")
    (choice,) = db.session.scalars(select(LeagueChoice)).all()
    assert choice.left_at is not None
    send(client, "/contests/league/join")
    assert db.session.get(LeagueChoice, cast.marlina.id, populate_existing=True).left_at is None


@pytest.fixture
def group(app):
    """One group of twelve without closed months; October's points in steps, two of them without any."""
    clock.configure(datetime(2026, 9, 4, tzinfo=UTC))
    cast = make_cast()
    cadres = [
        make_cadre(branch_id=cast.palembang.id, code=f"L{n:02}", name=f"Kader Ke{n:02}") for n in range(12)
    ]
    choose(*cadres, at=datetime(2026, 9, 4, tzinfo=UTC))
    open_season("2026-Q4", by(datetime(2026, 10, 1, 1, tzinfo=UTC)))
    for n, cadre in enumerate(cadres[2:], start=2):
        at = datetime(2026, 10, 11, tzinfo=UTC)
        activity(cadre, f"o{n}", on=date(2026, 10, 10), points=10 * n, at=at)
    clock.configure(datetime(2026, 10, 12, tzinfo=UTC))
    return cast, cadres


def names_shown(text):
    return re.findall(r"Kader Ke\d\d", text)


def test_a_member_sees_three_above_the_line_and_one_name_below(client, group):
    _, cadres = group
    sign_in(client, cadres[4])  # rank 8 of 10
    shown = see(client, "/contests/league")
    assert "Liga Benang" in shown
    assert names_shown(shown) == ["Kader Ke09", "Kader Ke08", "Kader Ke07", "Kader Ke03"]
    assert "30 poin lagi ke garis naik" in shown
    assert "Sampai peringkat 5 naik ke Liga Anyam" in shown
    assert "Liga tidak menentukan uang" in shown
    sign_in(client, cadres[11])
    top = see(client, "/contests/league")
    assert names_shown(top) == ["Kader Ke10", "Kader Ke09", "Kader Ke08", "Kader Ke07"]
    assert "50 poin di atas garis" in top
    assert "Kader Ke11" not in top  # "Anda"


def test_nobody_without_points_is_shown_to_another(client, group):
    _, cadres = group
    sign_in(client, cadres[2])  # the last with points; below are two without
    shown = see(client, "/contests/league")
    assert names_shown(shown) == ["Kader Ke09", "Kader Ke08", "Kader Ke07"]
    sign_in(client, cadres[0])
    assert names_shown(see(client, "/contests/league")) == ["Kader Ke09", "Kader Ke08", "Kader Ke07"]
    assert "1 poin lagi ke garis naik" not in see(client, "/contests/league")


def test_who_hides_the_league_stands_there_without_a_name(client, group):
    _, cadres = group
    db.session.add(RecognitionChoice(cadre_id=cadres[9].id, hide_league=True))
    cadres[8].alias = "Songket Merah"
    db.session.commit()
    sign_in(client, cadres[7])
    send(client, "/contests/league/leave")
    sign_in(client, cadres[4])
    shown = see(client, "/contests/league")
    assert names_shown(shown) == ["Kader Ke03"]
    assert "Songket Merah" in shown
    assert shown.count(" Kader ") >= 2
    # Their own page is as before, and so is their rank.
    sign_in(client, cadres[9])
    assert "40 poin di atas garis" not in see(client, "/contests/league")
    assert "Anda" in see(client, "/contests/league")


def test_the_gate_of_the_top_is_shown_with_its_distance(client, app):
    clock.configure(datetime(2026, 9, 4, tzinfo=UTC))
    cast = make_cast()
    cadres = [make_cadre(branch_id=cast.palembang.id, code=f"L{n:02}") for n in range(5)]
    for n, cadre in enumerate(cadres):
        activity(
            cadre, f"a{n}", on=date(2026, 8, 10), points=10 * n + 5, at=datetime(2026, 8, 11, tzinfo=UTC)
        )
    close("2026-08", at=datetime(2026, 9, 3, 5, tzinfo=UTC))
    choose(*cadres, at=datetime(2026, 9, 4, tzinfo=UTC))
    open_season("2026-Q4", by(datetime(2026, 10, 1, 1, tzinfo=UTC)))
    reports(cadres[4], *[date(2026, 10, 5)] * 3)
    clock.configure(datetime(2026, 10, 12, tzinfo=UTC))
    sign_in(client, cadres[4])  # first by points, held in the fourth by the gate
    shown = see(client, "/contests/league")
    assert "Liga Limar" in shown
    assert "Liga Songket terbuka bila 80% laporan" in shown
    assert "3 dari 3; 2 laporan lagi yang langsung disetujui" in shown
