"""Contests when many act in the same moment: schedulers that run the same round, cadres after the last place."""

from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from contests.arena import (
    BEFORE,
    DURING,
    FIRST,
    announce,
    awards,
    by,
    choose,
    found,
    join,
    league_state,
    places,
    reports,
    results,
    sign,
)
from earning import activity, close
from factories import make_cadre
from reporting import at_once
from sqlalchemy import func, select

from portal import clock
from portal.audit import AuditEvent
from portal.contests.models import ChallengeTeam, LeagueChoice
from portal.contests.queries.teams import get_team
from portal.contests.services.choosing import join_league
from portal.contests.services.joining import found_team, join_team
from portal.contests.services.rewarding import reward_challenge
from portal.contests.services.seasons import form_month, open_season, settle_month
from portal.contests.services.settling import settle_challenge
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import RuleBroken


@pytest.fixture
def cast(app):
    clock.configure(BEFORE)
    return make_cast()


def in_one(act, **values):
    def run():
        with transaction():
            try:
                return act(**values)
            except RuleBroken as broken:
                return broken.code

    return run


def count_acts(act):
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(AuditEvent.act == act))


def test_of_two_schedulers_one_freezes_a_challenge_and_its_badges_are_given_once(app, cast):
    number = announce(cast.ratna, goal=1)
    for cadre in (cast.marlina, cast.herman):
        reports(cadre, FIRST)
    act = in_one(settle_challenge, challenge_id=number, by=by())
    assert sorted(at_once(app, [act] * 3)) == [False, False, True]
    assert len(results(number)) == 2
    assert count_acts("challenge.settled") == 1
    at_once(app, [in_one(reward_challenge, challenge_id=number, by=by())] * 3)
    assert len(awards()) == 2
    assert count_acts("badge.awarded") == 2


def test_the_last_place_of_a_team_goes_to_one(app, cast):
    number = announce(cast.ratna, mode="teams")
    team = found(number, cast.marlina)
    for _ in range(10):
        join(number, make_cadre(branch_id=cast.palembang.id), team)
    late = [make_cadre(branch_id=cast.palembang.id) for _ in range(4)]
    signed = [sign(one, DURING) for one in late]
    db.session.rollback()
    said = at_once(app, [in_one(join_team, challenge_id=number, team_id=team, by=one) for one in signed])
    assert said.count("contests.team_full") == 3
    assert get_team(number, team).members == 12


def test_a_name_is_given_to_one_team(app, cast):
    number = announce(cast.ratna, mode="teams")
    signed = [sign(one, DURING) for one in (cast.marlina, cast.herman, cast.yosef)]
    db.session.rollback()
    said = at_once(app, [in_one(found_team, challenge_id=number, name="Ilir", by=one) for one in signed])
    assert said.count("contests.team_taken") == 2
    assert db.session.scalar(select(func.count()).select_from(ChallengeTeam)) == 1


def test_two_taps_on_the_league_are_one_choice(app, cast):
    who = sign(cast.marlina)
    db.session.rollback()
    assert sorted(at_once(app, [in_one(join_league, by=who)] * 3)) == [False, False, True]
    assert db.session.scalar(select(func.count()).select_from(LeagueChoice)) == 1
    assert count_acts("league.joined") == 1


def test_each_round_of_a_season_is_run_by_one_scheduler(app, cast):
    cadres = [make_cadre(branch_id=cast.palembang.id, code=f"L{n:02}") for n in range(8)]
    choose(*cadres, at=datetime(2026, 9, 1, tzinfo=UTC))
    for n, cadre in enumerate(cadres):
        activity(cadre, f"o{n}", on=date(2026, 10, 10), points=5 + n, at=datetime(2026, 10, 11, tzinfo=UTC))
    db.session.rollback()
    assert sorted(at_once(app, [in_one(open_season, season="2026-Q4", by=by())] * 3)) == [False, False, True]
    assert len(places("2026-10")) == 8
    close("2026-10", at=datetime(2026, 11, 3, 5, tzinfo=UTC))
    db.session.rollback()
    assert sorted(at_once(app, [in_one(settle_month, month="2026-10", by=by())] * 3)) == [False, False, True]
    assert sum(bool(row.rose) for row in places("2026-10").values()) == 5
    db.session.rollback()
    assert sorted(at_once(app, [in_one(form_month, month="2026-11", by=by())] * 3)) == [False, False, True]
    assert len(places("2026-11")) == 8
    assert (count_acts("league.opened"), count_acts("league.settled")) == (1, 1)


def test_a_round_that_dies_leaves_no_trace(app, cast, monkeypatch):
    cadres = [make_cadre(branch_id=cast.palembang.id, code=f"L{n:02}") for n in range(4)]
    choose(*cadres, at=datetime(2026, 9, 1, tzinfo=UTC))
    before = league_state()
    monkeypatch.setattr("portal.contests.services.seasons.audit.record", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        in_one(open_season, season="2026-Q4", by=by())()
    assert league_state() == before
