"""Challenges and leagues for the tests: announced, joined, played through; reports stored as the review leaves them."""

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from earning import operator
from factories import actor_of, store_all, together
from sqlalchemy import select

from portal.activities.models import Activity
from portal.contests.models import (
    Challenge,
    ChallengeResult,
    ChallengeTeamResult,
    LeagueMonth,
    LeaguePlace,
    LeagueSeason,
)
from portal.contests.services import announcing, choosing, joining, rewarding, seasons, settling
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.recognition.challenges import ChallengeFacts, Place
from portal.organisation.models import Branch
from portal.recognition.models import BadgeAward

FIRST, LAST = date(2026, 11, 9), date(2026, 11, 15)
BEFORE = datetime(2026, 11, 5, 3, tzinfo=UTC)
DURING = datetime(2026, 11, 12, 3, tzinfo=UTC)
DUE = datetime(2026, 11, 18, 18, tzinfo=UTC)  # the 19th in Jakarta: the three days after the window are over
BADGE = "challenge-visit"
FACTS = ChallengeFacts(
    name_id="Pekan Pasar", name_en="Market week", text_id="Lima kunjungan pasar dalam sepekan",
    text_en="Five market visits in a week", first_day=FIRST, last_day=LAST, metric="activities", of="market_visit",
    goal=3, mode="alone", badge_code=BADGE,
)  # fmt: skip
_numbers = itertools.count(1)


def by(at=DUE):
    """Sign as the operator, who runs the rounds."""
    return Signature(operator(), at)


def refused(act, code, kind=RuleBroken):
    """See that an act is refused with a code."""
    with pytest.raises(kind) as broken:
        act()
    assert broken.value.code == code


def sign(person, at=BEFORE):
    actor = actor_of(person)
    zones = {"V00": "Asia/Jayapura"}
    if actor.cadre_id is not None:
        actor = replace(actor, zone=zones.get(db.session.get(Branch, actor.branch_id).code, "Asia/Jakarta"))
    return Signature(actor, at)


def announce(officer, place=None, *, code=None, at=BEFORE, **facts):
    """Announce a challenge, of the nation unless a place is given; return its number."""
    with transaction():
        return announcing.announce_challenge(
            code=code or f"c-{next(_numbers)}",
            place=place or Place("nation"),
            facts=replace(FACTS, **facts),
            by=sign(officer, at),
        ).id


def in_branch(branch):
    return Place("branch", branch_id=branch.id)


def in_region(branch):
    return Place("region", regional_office_id=branch.regional_office_id)


def join(challenge_id, cadre, team_id=None, *, at=DURING):
    with transaction():
        return joining.join_team(challenge_id=challenge_id, team_id=team_id, by=sign(cadre, at)).id


def found(challenge_id, cadre, name="Ilir Barat", *, at=DURING):
    with transaction():
        return joining.found_team(challenge_id=challenge_id, name=name, by=sign(cadre, at)).id


def leave(challenge_id, cadre, *, at=DURING):
    with transaction():
        joining.leave_team(challenge_id=challenge_id, by=sign(cadre, at))


def settle(challenge_id, by, *, at=DUE):
    with transaction():
        return settling.settle_challenge(challenge_id=challenge_id, by=by(at))


def reward(by, *, at=DUE):
    """Hand out all badges of frozen challenges."""
    for challenge_id in rewarding.list_to_reward():
        more = True
        while more:
            with transaction():
                more = rewarding.reward_challenge(challenge_id=challenge_id, by=by(at))


def awards(code=BADGE):
    """Return who has a badge: number → (evidence, value)."""
    wanted = select(BadgeAward).where(BadgeAward.code == code).order_by(BadgeAward.cadre_id)
    return {row.cadre_id: (row.evidence, row.value) for row in db.session.scalars(wanted)}


def local(day, hour=12, zone="Asia/Jakarta"):
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


def reports(
    cadre, *days, kind="market_visit", village=None, status="approved", decided=None, version=1, **more
):
    """Store a cadre's reports of some days, decided at noon of the next day unless said otherwise."""
    rows = []
    for day in days:
        at = decided or local(day + timedelta(days=1))
        values = {
            "ref": str(uuid.uuid4()), "cadre_id": cadre.id, "branch_id": cadre.branch_id, "type": kind, "held_on": day,
            "village_code": village, "status": status, "submitted_at": local(day, 20), "submitted_by": cadre.user_id or 1,
            "decided_at": None if status == "submitted" else at, "flags": [], "version": version,
        }  # fmt: skip
        rows.append(Activity(**(values | more)))
    with together():
        return store_all(rows)


def results(challenge_id):
    """Return what was frozen of each cadre: number → (value, reached)."""
    wanted = select(ChallengeResult).where(ChallengeResult.challenge_id == challenge_id)
    rows = db.session.scalars(wanted.execution_options(populate_existing=True))
    return {row.cadre_id: (row.value, row.reached) for row in rows}


def team_results(challenge_id):
    wanted = select(ChallengeTeamResult).where(ChallengeTeamResult.challenge_id == challenge_id)
    rows = db.session.scalars(wanted.execution_options(populate_existing=True))
    return {row.team_id: (row.members, row.value, row.reached) for row in rows}


def challenge(challenge_id):
    return db.session.get(Challenge, challenge_id, populate_existing=True)


def choose(*cadres, at):
    for cadre in cadres:
        with transaction():
            choosing.join_league(by=sign(cadre, at))


def open_season(season, by):
    with transaction():
        return seasons.open_season(season=season, by=by)


def form(month, by):
    with transaction():
        return seasons.form_month(month=month, by=by)


def settle_month(month, by):
    with transaction():
        return seasons.settle_month(month=month, by=by)


def places(month):
    """Return the places of a month by the cadre's code."""
    wanted = select(LeaguePlace).where(LeaguePlace.month == month)
    return {
        row.cadre_code: row for row in db.session.scalars(wanted.execution_options(populate_existing=True))
    }


def league_state():
    """Return everything that is stored of the league, to compare."""
    tables = (LeagueSeason, LeagueMonth, LeaguePlace)
    db.session.rollback()
    return [sorted(map(repr, db.session.execute(select(table.__table__)).all())) for table in tables]
