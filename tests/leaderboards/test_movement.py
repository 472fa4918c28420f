"""Yesterday's place: kept once a day and zone, exact whenever the scheduler comes, for the own eyes only."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cast import make_cast
from factories import make_crowd
from signing_in import sign_in
from sqlalchemy import select

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.months import ZONES
from portal.leaderboards.models import RankDay
from portal.leaderboards.services import keep_rank_day
from portal.organisation.models import BoardVersion
from portal.points.services.posting import NewEntry, post_entries
from portal.scheduler import keep_ranks

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
YESTERDAY = NOON - timedelta(hours=20)
JAKARTA, _, JAYAPURA = ZONES


def give(cadre, points, ref, *, at=YESTERDAY, kind="activity"):
    with transaction():
        entry = NewEntry(cadre.id, kind, f"x:{ref}", points, 1, date(2026, 11, 3))
        post_entries([entry], by=Signature(get_operator(), at))


def keep(at=NOON, zone=JAKARTA) -> bool:
    with transaction():
        return keep_rank_day(zone=zone, at=at)


def places() -> dict:
    return {(row.cadre_id, row.day.day): row.rank for row in db.session.scalars(select(RankDay))}


@pytest.fixture
def cast(app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    cast = make_cast()
    give(cast.marlina, 50, 1)
    give(cast.herman, 70, 2)
    give(cast.yosef, 20, 3)
    return cast


def test_a_day_begins_with_the_places_that_the_day_before_ended_with(cast):
    give(cast.marlina, 50, 4, at=NOON - timedelta(hours=1))

    assert keep()

    assert places() == {(cast.marlina.id, 22): 2, (cast.herman.id, 22): 1}


def test_places_are_kept_once_a_day_and_zone_whoever_comes_again(cast):
    assert [keep(), keep(), keep(zone=JAYAPURA), keep(NOON + timedelta(hours=1))] == [
        True,
        False,
        True,
        False,
    ]
    assert places()[cast.yosef.id, 22] == 1


def test_who_shares_a_place_shares_it_and_who_has_nothing_has_none(cast):
    crowd = make_crowd(["Ana", "Budi", "Citra"], branch_id=cast.palembang.id)
    for n, (cadre, points) in enumerate(zip(crowd, (70, 10, 10), strict=True)):
        give(cadre, points, f"c{n}")
    give(crowd[2], -10, "back", kind="fraud")

    keep()

    kept = places()
    assert [kept.get((one.id, 22)) for one in (cast.herman, crowd[0], cast.marlina, crowd[1], crowd[2])] == [
        1, 1, 3, 4, None,
    ]  # fmt: skip


def test_only_yesterday_and_today_stay(cast):
    for days in (-2, -1, 0):
        keep(NOON + timedelta(days=days))
    assert {day for _, day in places()} <= {21, 22}
    before = db.session.get(BoardVersion, 0)
    assert before is not None
    assert before.version > 0


def test_a_rise_since_yesterday_is_told_and_a_fall_in_plain_words(client, cast):
    keep()
    give(cast.marlina, 50, 5, at=NOON)

    assert "naik 1 sejak kemarin" in sign_in(client, cast.marlina).get("/ranks").text
    page = sign_in(client, cast.herman).get("/ranks").text
    assert "turun 1 sejak kemarin" in page
    assert "naik" not in page
    for address in ("/ranks?scope=nation", "/ranks?period=2026-Q4", "/ranks?month=2026-10"):
        assert "kemarin" not in client.get(address).text


def test_the_same_place_needs_no_word_and_another_month_says_nothing(client, cast, monkeypatch):
    keep()
    assert "kemarin" not in sign_in(client, cast.marlina).get("/ranks").text
    december = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: december)
    keep_ranks()
    give(cast.marlina, 50, 6, at=december)
    assert "kemarin" not in client.get("/ranks").text
    db.session.rollback()
    assert not [row for row in db.session.scalars(select(RankDay)) if row.day == date(2026, 12, 1)]


def test_a_page_in_a_phone_s_cache_is_not_shown_once_the_places_of_a_day_are_kept(client, cast):
    sign_in(client, cast.marlina)
    tag = client.get("/ranks").headers["ETag"]
    assert client.get("/ranks", headers={"If-None-Match": tag}).status_code == 304
    keep()
    assert client.get("/ranks", headers={"If-None-Match": tag}).status_code == 200
