"""The pages of contests: a cadre joins a team and the league; the office announces, previews, cancels."""

import re
from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from contests.arena import (
    BEFORE,
    DUE,
    DURING,
    FIRST,
    LAST,
    announce,
    challenge,
    choose,
    found,
    in_branch,
    join,
    open_season,
    reports,
    settle,
)
from earning import activity, close, operator
from factories import make_cadre, make_host
from signing_in import csrf_token, sign_in
from sqlalchemy import select

from portal import clock
from portal.contests.models import Challenge, LeagueChoice
from portal.contests.queries.teams import find_member
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.recognition.models import RecognitionChoice


@pytest.fixture
def cast(app):
    clock.configure(DURING)
    return make_cast()


def by(at=DUE):
    return Signature(operator(), at)


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


TYPED = {
    "place": "nation", "code": "pekan-pasar", "name_id": "Pekan Pasar", "name_en": "Market week",
    "text_id": "Lima kunjungan pasar", "text_en": "Five market visits", "first_day": "2026-11-20",
    "last_day": "2026-11-26", "counts": "activities:market_visit", "goal": "3", "mode": "alone",
    "badge_code": "challenge-visit",
}  # fmt: skip


def test_without_challenges_the_page_says_where_they_come_from(client, cast):
    sign_in(client, cast.marlina)
    shown = see(client, "/contests")
    assert "Belum ada tantangan" in shown
    assert "Lihat liga" in shown
    see(client, "/contests/987654321", status=404)


def test_an_admin_looks_at_last_month_and_announces(client, cast):
    reports(cast.marlina, *(date(2026, 10, day) for day in (20, 21, 22)))
    reports(cast.herman, date(2026, 10, 25))
    sign_in(client, cast.ratna)
    see(client, "/contests/manage/announce")
    shown = send(client, "/contests/manage/announce", status=200, act="preview", **TYPED)
    assert "20 Okt sampai 26 Oktober 2026" in shown
    assert "1 dari 3 kader aktif" in shown
    assert db.session.scalars(select(Challenge)).all() == []
    teams = send(
        client, "/contests/manage/announce", status=200, act="preview", **(TYPED | {"mode": "teams"})
    )
    assert "tim berisi 2 kader" in teams
    send(client, "/contests/manage/announce", **TYPED)
    one = db.session.scalars(select(Challenge)).one()
    assert (one.code, one.metric, one.of, one.goal, one.scope) == (
        "pekan-pasar",
        "activities",
        "market_visit",
        3,
        "nation",
    )
    send(client, "/contests/manage/announce", **TYPED)  # pressed twice
    assert len(db.session.scalars(select(Challenge)).all()) == 1
    shown = see(client, f"/contests/manage/{one.id}")
    assert "Tantangan: berkunjung" in shown
    assert "akan datang" in shown

    send(client, f"/contests/manage/{one.id}/change", version=1, **(TYPED | {"goal": "4"}))
    assert challenge(one.id).goal == 4
    send(client, f"/contests/manage/{one.id}/cancel", version=2, reason="Pasar tutup")
    assert "Pasar tutup" in see(client, f"/contests/manage/{one.id}")
    sign_in(client, cast.marlina)
    assert "dibatalkan" in see(client, "/contests")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"goal": ""}, "wajib diisi"),
        ({"goal": "0"}, "dari 1 sampai 10000"),
        ({"goal": "99999999999999999999"}, "angka"),
        ({"counts": "points"}, "Pilih salah satu"),
        ({"counts": "activities:' OR 1=1"}, "Pilih salah satu"),
        ({"place": "branch:987654321"}, "Pilih salah satu"),
        ({"place": "nation"}, "Pilih salah satu"),
        ({"mode": "pairs"}, "Pilih salah satu"),
        ({"badge_code": "market-10"}, "Pilih salah satu"),
        ({"first_day": "kemarin"}, "Isi tanggal"),
        ({"first_day": "2026-11-12"}, "paling cepat besok"),
        ({"last_day": "2026-11-19"}, "sebelum hari pertama"),
        ({"last_day": "2027-06-01"}, "paling lama 92 hari"),
        ({"code": "Pekan Pasar"}, "Periksa lagi"),
        ({"name_id": "x" * 81}, "Isi 3 sampai 80"),
        ({"text_id": "a\u0000b\u0007c"}, "tanda yang tidak terbaca"),
    ],
)
def test_what_a_supervisor_types_wrongly_is_said_and_nothing_is_announced(client, cast, typed, said):
    sign_in(client, cast.fahmi)
    place = {"place": f"branch:{cast.palembang.id}"}
    shown = send(client, "/contests/manage/announce", status=400, **(TYPED | place | typed))
    assert said in shown
    assert db.session.scalars(select(Challenge)).all() == []


def test_a_cadre_founds_joins_and_leaves_a_team(client, cast):
    number = announce(cast.ratna, mode="teams", goal=4)
    host = make_host(name="Koperasi Musi")
    agent = make_cadre(branch_id=cast.palembang.id, host_body_id=host.id)
    sign_in(client, cast.herman)
    assert "Pilih tim" in see(client, "/contests")
    assert "wajib diisi" in send(client, f"/contests/{number}/found", status=400, name="")
    send(client, f"/contests/{number}/found", name="Ilir Barat")
    assert "Tim Ilir Barat" in see(client, f"/contests/{number}")

    sign_in(client, cast.marlina)
    shown = see(client, f"/contests/{number}")
    assert "Ilir Barat 1 dari 12 kader" in shown
    assert "sudah dipakai tim lain" in send(
        client, f"/contests/{number}/found", status=400, name="ilir barat"
    )
    team = find_member(number, cast.herman.id).team_id
    send(client, f"/contests/{number}/join", team_id=team)
    reports(cast.herman, FIRST, LAST)
    reports(cast.marlina, FIRST)
    reports(cast.marlina, FIRST, status="submitted")
    shown = see(client, "/contests")
    assert "3 dari 4 kunjungan pasar, 2 kader dari Anda 1" in shown
    assert "1 lagi menunggu keputusan" in shown
    assert "Herman Sawiran, Marlina Agustina" in see(client, f"/contests/{number}")
    send(client, f"/contests/{number}/leave")
    assert find_member(number, cast.marlina.id).left_at is not None

    sign_in(client, agent)
    assert "Tim wadah saya: Koperasi Musi" in see(client, f"/contests/{number}")
    send(client, f"/contests/{number}/join")
    assert "Tim Koperasi Musi" in see(client, f"/contests/{number}")


@pytest.mark.parametrize("values", [{"team_id": "987654321"}, {"team_id": "x"}, {"team_id": "-1"}, {}])
def test_a_team_that_is_not_there_is_refused(client, cast, values):
    number = announce(cast.ratna, mode="teams")
    sign_in(client, cast.marlina)
    answer = client.post(f"/contests/{number}/join", data={"csrf_token": csrf_token(client), **values})
    assert answer.status_code in {302, 404, 409}
    assert find_member(number, cast.marlina.id) is None


def test_a_reached_goal_is_told_and_the_office_sees_how_many(client, cast):
    number = announce(cast.ratna, goal=2)
    reports(cast.marlina, FIRST, LAST)
    reports(cast.herman, FIRST)
    sign_in(client, cast.marlina)
    assert "tujuan tercapai" in see(client, "/contests")
    sign_in(client, cast.ratna)
    assert "1 dari 3 kader aktif" in see(client, f"/contests/manage/{number}")
    settle(number, by)
    clock.configure(DUE)
    assert "1 dari 2 kader" in see(client, f"/contests/manage/{number}")
    assert "1 dari 2 kader mencapainya" in see(client, "/contests/manage?tab=past")
    sign_in(client, cast.marlina)
    assert "Tujuannya tercapai" in see(client, f"/contests/{number}")
    sign_in(client, cast.herman)
    assert "1 dari 2 kunjungan pasar" in see(client, f"/contests/{number}")


def test_an_office_sees_the_teams_and_no_cadres_share(client, cast):
    number = announce(cast.fahmi, in_branch(cast.palembang), mode="teams", goal=2, at=BEFORE)
    join(number, cast.herman, found(number, cast.marlina))
    reports(cast.marlina, FIRST, LAST)
    sign_in(client, cast.fahmi)
    shown = see(client, f"/contests/manage/{number}")
    assert "Ilir Barat 2 2 dari 2 tercapai" in shown
    assert "Marlina" not in shown
    sign_in(client, cast.debora)
    see(client, f"/contests/manage/{number}", status=404)


# the league


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
