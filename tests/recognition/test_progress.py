"""A cadre's page and the export show what is known now, in few statements (rules.md 11, contract.md)."""

from datetime import date, timedelta

import pytest
from cast import make_cast
from counting import counting
from earning import close, sign_up
from factories import actor_of
from recognised import NOW, approved, operator, recognise
from reporting import hand_in

from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.points.services.posting import NewEntry, post_entry
from portal.recognition.queries.achievements import stream_achievements
from portal.recognition.queries.progress import get_progress
from portal.recognition.services.leaves import ask_leave

TODAY, MONDAY = date(2026, 11, 22), date(2026, 11, 16)
WEEK = timedelta(days=7)


@pytest.fixture
def cast(app):
    people = make_cast()
    recognise()
    return people


def test_a_page_shows_level_streak_badges_and_what_is_exactly_missing(cast):
    for weeks in (0, 1, 3):
        approved(cast.marlina, cast.fahmi, MONDAY - WEEK * weeks)
    sign_up(cast.marlina, 3, on=MONDAY)
    hand_in(cast.marlina, held_on=MONDAY - WEEK * 2)
    with transaction():
        ask_leave(
            first_day=TODAY, last_day=TODAY, reason="Sakit gigi", by=Signature(actor_of(cast.marlina), NOW)
        )
    recognise()

    found = get_progress(cast.marlina.id, TODAY)

    assert (found.level.number, found.level.points, found.level.to_next) == (2, 285, 715)
    assert (found.level.threads, found.levels.name(2, "id")) == (1, "Penyapa")
    assert (found.streak.number, found.streak.longest) == (3, 3)
    assert [week.state for week in found.streak.weeks] == ["counts", "frozen", "counts", "counts"]
    assert (found.waiting, found.freezes_left) == ({MONDAY - WEEK * 2: 1}, 1)
    assert {one.badge.code for one in found.earned} == {"first-report", "signups-1"}
    assert [(one.badge.code, one.left) for one in found.nearest] == [
        ("streak-4", 1),
        ("level-4", 2),
        ("market-10", 7),
    ]
    assert not {one.badge.code for one in found.others} & {"first-report", "streak-4", "challenge-team"}
    assert [(one.status, one.first_day) for one in found.leaves] == [("asked", TODAY)]
    assert found.choices.public_code is None


def test_a_page_knows_what_the_last_round_did_not_count_yet(cast):
    approved(cast.marlina, cast.fahmi, MONDAY)
    found = get_progress(cast.marlina.id, TODAY)
    assert (found.streak.number, found.earned) == (1, [])
    assert found.level.points == 20


def test_somebody_who_is_new_sees_what_is_nearest(cast):
    found = get_progress(cast.yosef.id, TODAY)
    assert (found.level.number, found.streak.number, found.earned) == (1, 0, [])
    assert len(found.nearest) == 3


def test_a_page_of_recognition_is_one_statement(cast):
    for day in range(3):
        approved(cast.marlina, cast.fahmi, MONDAY + timedelta(days=day))
    sign_up(cast.marlina, 2, on=MONDAY)
    recognise()
    with counting() as count:
        get_progress(cast.marlina.id, TODAY)
        assert count(lambda: get_progress(cast.marlina.id, TODAY)).statements == 1


def export(month, *, closed):
    return {row[0]: row[1:] for row in stream_achievements(month, closed=closed, at=NOW)}


def post(cadre, month, points):
    entry = NewEntry(cadre.id, "activity", f"activity:{cadre.code}{month}", points, 1, date(2026, month, 5))
    with transaction():
        post_entry(entry, by=operator())


def test_the_export_of_a_closed_month_is_as_of_its_last_day_from_what_is_known_now(cast):
    post(cast.marlina, 10, 240)
    close("2026-10", at=NOW)
    approved(cast.marlina, cast.fahmi, date(2026, 10, 27))  # reported late: it repairs October's streak
    for weeks in (0, 1, 2):
        approved(cast.marlina, cast.fahmi, MONDAY - WEEK * weeks)
    recognise()

    assert export("2026-11", closed=False)["K-MARLINA"] == (
        2,
        4,
        4,
        "first-report streak-4",
        None,
        None,
        None,
    )
    assert export("2026-10", closed=True)["K-MARLINA"] == (1, 1, 1, "", None, None, None)


def test_whoever_is_no_candidate_or_has_points_is_listed_bytewise(cast):
    with transaction():
        for cadre in (cast.herman, cast.yosef):
            cadre.status = "candidate"
    post(cast.yosef, 11, 5)
    assert list(export("2026-11", closed=False)) == ["K-MARLINA", "K-YOSEF"]


def test_the_room_above_gives_the_columns_of_the_league(cast):
    rows = stream_achievements(
        "2026-11",
        closed=False,
        at=NOW,
        leagues=lambda month, closed: {"K-HERMAN": (f"{month} {closed}", 2, 3)},
    )
    assert {row[0]: row[5:] for row in rows}["K-HERMAN"] == ("2026-11 False", 2, 3)


def test_badges_taken_back_or_awarded_later_are_not_in_the_export_of_a_month(cast):
    post(cast.marlina, 9, 10)
    close("2026-09", at=NOW)
    approved(cast.marlina, cast.fahmi, date(2026, 9, 7))
    recognise()
    assert export("2026-09", closed=True)["K-MARLINA"][3] == ""
    assert export("2026-11", closed=False)["K-MARLINA"][3] == "first-report"
