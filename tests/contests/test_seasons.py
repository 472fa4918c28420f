"""A season of the league played through: divided, grouped, settled after each close (rules.md 11.5)."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from cast import make_cast
from contests.arena import choose, form, league_state, open_season, places, reports, settle_month
from earning import activity, close, operator, sign_up
from factories import actor_of, make_cadre
from sqlalchemy import select

from portal import clock
from portal.audit import AuditEvent
from portal.contests.models import LeagueSeason
from portal.contests.queries.exporting import list_leagues
from portal.contests.queries.seasons import (
    begin_of,
    find_month_to_form,
    find_month_to_settle,
    find_season_to_open,
)
from portal.contests.rounds import keep_leagues
from portal.contests.services.choosing import leave_league
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.recognition.leagues import Member, divide, groups, risers

SUMMER = datetime(2026, 9, 1, 3, tzinfo=UTC)
BEGINS = datetime(2026, 9, 30, 17, tzinfo=UTC)  # 1 October, midnight in Jakarta
OPENED = datetime(2026, 10, 1, 1, tzinfo=UTC)


def by(at=OPENED):
    return Signature(operator(), at)


@pytest.fixture
def crowd(app):
    """A dozen cadres with July's and August's points in steps of ten, closed before October; the last one has none."""
    cast = make_cast()
    cadres = [make_cadre(branch_id=cast.palembang.id, code=f"L{n:02}") for n in range(12)]
    for n, cadre in enumerate(cadres[:-1]):
        activity(
            cadre, f"july-{n}", on=date(2026, 7, 10), points=30 + 10 * n, at=datetime(2026, 7, 11, tzinfo=UTC)
        )
        activity(cadre, f"aug-{n}", on=date(2026, 8, 10), points=5, at=datetime(2026, 8, 11, tzinfo=UTC))
    for month in ("2026-07", "2026-08"):
        close(month, at=datetime(2026, int(month[-2:]) + 1, 3, 5, tzinfo=UTC))
    choose(*cadres, at=SUMMER)
    return cast, cadres


def clean(cadre, n=6, *, on=date(2026, 9, 5)):
    """Store reports that were approved at first look, so that the top division is open."""
    reports(cadre, *[on] * n)


def test_a_season_begins_when_its_first_day_has_begun_in_all_zones(app):
    assert begin_of("2026-Q4") == BEGINS
    assert find_season_to_open(at=BEGINS) == "2026-Q4"
    assert find_season_to_open(at=datetime(2026, 9, 30, 16, 59, tzinfo=UTC)) == "2026-Q3"


def test_a_season_divides_by_fifths_of_the_mean_of_the_closed_months(crowd):
    _, cadres = crowd
    for cadre in cadres[-4:]:
        clean(cadre)
    assert open_season("2026-Q4", by())
    season = db.session.get(LeagueSeason, "2026-Q4")
    # September is not closed yet on the season's first day; what is before the first month counts as closed.
    assert (season.months, season.members) == (["2026-06", "2026-07", "2026-08"], 12)
    found = places("2026-10")
    members = [Member(f"L{n:02}", 35 + 10 * n, 3) for n in range(11)] + [Member("L11")]
    expected = divide(members)
    assert {code: row.division for code, row in found.items()} == expected
    assert expected["L10"] == 5 and expected["L00"] == 1 and expected["L11"] == 1  # noqa: PT018 - one picture
    assert Fraction(found["L10"].points_sum, found["L10"].months_counted) == Fraction(135, 3)
    assert found["L11"].months_counted == 0


def test_who_misses_the_gate_begins_in_the_fourth(crowd):
    _, cadres = crowd
    best, second, third = cadres[10], cadres[9], cadres[8]
    clean(best, 5)
    reports(second, *[date(2026, 9, 6)] * 4)  # too few decided
    reports(second, date(2026, 9, 7), status="submitted")
    clean(third, 8)
    reports(third, *[date(2026, 9, 8)] * 3, version=3)  # 8 of 11 at first look: 72 %
    open_season("2026-Q4", by())
    found = places("2026-10")
    assert [found[code].division for code in ("L10", "L09", "L08")] == [5, 4, 4]
    seen = [(found[code].seed_first, found[code].seed_decided) for code in ("L10", "L09", "L08")]
    assert seen == [(5, 5), (4, 4), (8, 11)]
    assert found["L05"].seed_decided is None


def test_who_chooses_later_or_left_before_waits_for_the_next_season(crowd):
    cast, cadres = crowd
    choose(cast.marlina, at=OPENED)
    with transaction():
        leave_league(by=Signature(actor_of(cadres[0]), SUMMER))
    open_season("2026-Q4", by())
    found = places("2026-10")
    assert "K-MARLINA" not in found
    assert "L00" not in found
    open_season("2027-Q1", by(datetime(2027, 1, 1, 1, tzinfo=UTC)))
    assert "K-MARLINA" in places("2027-01")


def test_a_season_is_played_through(crowd):
    _, cadres = crowd
    open_season("2026-Q4", by())
    before = {code: row.division for code, row in places("2026-10").items()}
    lowest = [code for code, division in before.items() if division == 1]
    at = datetime(2026, 10, 12, tzinfo=UTC)
    for n, cadre in enumerate(cadres):
        if n != 3:
            activity(cadre, f"oct-{n}", on=date(2026, 10, 11), points=10 + n, at=at)
    sign_up(cadres[3], 1, on=date(2026, 10, 12), at=at)
    assert find_month_to_settle() is None
    live = list_leagues("2026-10", closed=True)
    close("2026-09", at=datetime(2026, 10, 3, 5, tzinfo=UTC))
    close("2026-10", at=datetime(2026, 11, 3, 5, tzinfo=UTC))
    assert find_month_to_settle() == "2026-10"
    assert settle_month("2026-10", by(datetime(2026, 11, 3, 6, tzinfo=UTC)))
    assert list_leagues("2026-10", closed=True) == live
    october = places("2026-10")
    for division in range(1, 5):
        rows = [
            (row.cadre_code, row.points, row.validated)
            for row in october.values()
            if row.division == division
        ]
        rising = {row.cadre_code for row in october.values() if row.division == division and row.rose}
        assert rising == (risers(rows, n=5) if division < 4 else set())  # nobody has reports for the gate
    assert not any(row.rose for row in october.values() if row.division == 5)
    assert {row.rank for code, row in october.items() if code in lowest} == {1, 2, 3}

    assert find_month_to_form() == "2026-11"
    assert form("2026-11", by(datetime(2026, 11, 3, 7, tzinfo=UTC)))
    november = places("2026-11")
    assert {code: row.division for code, row in november.items()} == {
        code: row.division + bool(row.rose) for code, row in october.items()
    }
    for division in range(1, 6):
        inside = [row for row in november.values() if row.division == division]
        wanted = (
            groups([Member(row.cadre_code, row.points_sum, row.months_counted) for row in inside], most=24)
            if inside
            else {}
        )
        assert {row.cadre_code: row.group_no for row in inside} == wanted
    assert find_month_to_form() is None
    acts = db.session.scalars(
        select(AuditEvent.act).where(AuditEvent.act.like("league.%")).order_by(AuditEvent.id)
    ).all()
    assert acts[-2:] == ["league.opened", "league.settled"]


def test_the_gate_lets_the_fourth_division_rise_with_reports_approved_at_first_look(crowd):
    _, cadres = crowd
    open_season("2026-Q4", by())
    fourth = sorted(code for code, row in places("2026-10").items() if row.division == 4)
    at = datetime(2026, 10, 12, tzinfo=UTC)
    for code in fourth:
        cadre = cadres[int(code[1:])]
        activity(cadre, f"oct-{code}", on=date(2026, 10, 11), points=10, at=at)
    passes = cadres[int(fourth[0][1:])]
    clean(passes, 3, on=date(2026, 8, 1))
    clean(passes, 2, on=date(2026, 10, 31))
    close("2026-09", at=datetime(2026, 10, 3, 5, tzinfo=UTC))
    close("2026-10", at=datetime(2026, 11, 3, 5, tzinfo=UTC))
    settle_month("2026-10", by(datetime(2026, 11, 3, 6, tzinfo=UTC)))
    found = places("2026-10")
    assert {code for code in fourth if found[code].rose} == {passes.code}
    assert (found[passes.code].at_first, found[passes.code].decided) == (5, 5)


def test_every_round_done_again_changes_nothing(crowd):
    _, cadres = crowd
    activity(cadres[2], "oct", on=date(2026, 10, 11), at=datetime(2026, 10, 12, tzinfo=UTC))
    assert open_season("2026-Q4", by())
    once = league_state()
    assert not open_season("2026-Q4", by(datetime(2026, 10, 2, tzinfo=UTC)))
    assert league_state() == once
    close("2026-09", at=datetime(2026, 10, 3, 5, tzinfo=UTC))
    close("2026-10", at=datetime(2026, 11, 3, 5, tzinfo=UTC))
    assert settle_month("2026-10", by())
    assert form("2026-11", by())
    twice = league_state()
    assert not settle_month("2026-10", by())
    assert not form("2026-11", by())
    assert league_state() == twice


def test_the_scheduler_catches_up_with_months_that_were_closed_meanwhile(crowd):
    _, cadres = crowd
    for month in (10, 11):
        activity(cadres[4], f"m{month}", on=date(2026, month, 11), at=datetime(2026, month, 12, tzinfo=UTC))
    clock.configure(OPENED)
    keep_leagues()
    for month in (9, 10, 11):
        close(f"2026-{month:02}", at=datetime(2026, month + 1, 3, 5, tzinfo=UTC))
    clock.configure(datetime(2026, 12, 4, 3, tzinfo=UTC))
    keep_leagues()
    assert {month: len(places(month)) for month in ("2026-10", "2026-11", "2026-12")} == dict.fromkeys(
        ("2026-10", "2026-11", "2026-12"), 12
    )
    assert places("2026-11")["L04"].rank == 1
    state = league_state()
    keep_leagues()
    assert league_state() == state
