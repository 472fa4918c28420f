"""The pages of contests: a cadre joins a team; the office announces, previews, cancels."""

import re
from datetime import date

import pytest
from cast import make_cast
from contests.arena import (
    BEFORE,
    DUE,
    DURING,
    FIRST,
    LAST,
    announce,
    by,
    challenge,
    found,
    in_branch,
    join,
    reports,
    settle,
)
from factories import make_cadre, make_host
from signing_in import csrf_token, sign_in
from sqlalchemy import select

from portal import clock
from portal.contests.models import Challenge
from portal.contests.queries.teams import find_member
from portal.database.extensions import db


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
    sign_in(client, cast.ratna)
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
