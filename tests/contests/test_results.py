"""What counts for a challenge, the result that is frozen once, and the badge for it (rules.md 11.4)."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cast import make_cast
from contests.arena import (
    BADGE,
    BEFORE,
    DUE,
    FIRST,
    LAST,
    announce,
    awards,
    by,
    challenge,
    found,
    in_branch,
    in_region,
    join,
    local,
    refused,
    reports,
    results,
    reward,
    settle,
)
from earning import sign_up
from factories import make_branch, make_cadre
from sqlalchemy import func, select, update

from portal import clock
from portal.activities.models import Activity
from portal.audit import AuditEvent
from portal.contests.models import ChallengeResult
from portal.contests.rounds import settle_challenges
from portal.contests.services.rewarding import reward_challenge
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.recognition.models import Moment
from portal.recognition.services.moments import take_moment


@pytest.fixture
def cast(app):
    clock.configure(BEFORE)
    return make_cast()


# what counts


def test_held_in_the_window_and_decided_three_days_after_it_counts(cast):
    number = announce(cast.ratna, goal=3)
    reports(cast.marlina, FIRST, LAST, decided=local(date(2026, 11, 18), 23))
    reports(cast.marlina, date(2026, 11, 12), decided=local(date(2026, 11, 19), 0))  # a minute too late
    reports(cast.marlina, date(2026, 11, 8), date(2026, 11, 16))  # outside
    reports(cast.marlina, date(2026, 11, 10), kind="stand")
    reports(cast.marlina, date(2026, 11, 10), status="rejected")
    reports(cast.herman, FIRST, date(2026, 11, 11), LAST)
    # In Jayapura the 19th begins two hours earlier.
    reports(cast.yosef, FIRST, decided=local(date(2026, 11, 18), 21, "Asia/Jayapura"))
    reports(cast.yosef, LAST, decided=local(date(2026, 11, 18), 22))
    assert settle(number, by)
    assert results(number) == {
        cast.marlina.id: (2, False),
        cast.herman.id: (3, True),
        cast.yosef.id: (1, False),
    }
    one = challenge(number)
    assert (one.took_part, one.reached) == (3, 1)


def test_history_counts_by_its_own_date(cast):
    number = announce(cast.ratna, goal=1)
    reports(cast.marlina, FIRST, decided=datetime(2026, 11, 18, 17, 30, tzinfo=UTC), history=True)
    sign_up(cast.herman, 1, on=LAST, history=True, at=datetime(2026, 11, 30, tzinfo=UTC))
    settle(number, by)
    assert results(number) == {cast.marlina.id: (1, True)}
    other = announce(cast.ratna, metric="signups", of=None, goal=1)
    settle(other, by)
    assert results(other) == {cast.herman.id: (1, True)}


def test_sign_ups_count_by_the_day_they_were_earned_and_validated(cast):
    number = announce(cast.ratna, metric="signups", of=None, goal=2)
    sign_up(cast.marlina, 2, on=date(2026, 11, 12), at=local(date(2026, 11, 17)))
    sign_up(cast.marlina, 1, on=date(2026, 11, 12), at=local(date(2026, 11, 19), 1))
    sign_up(cast.herman, 1, on=date(2026, 11, 16), at=local(date(2026, 11, 17)))
    sign_up(cast.herman, 1, on=date(2026, 11, 12), outcome="reactivated", at=local(date(2026, 11, 17)))
    settle(number, by)
    assert results(number) == {cast.marlina.id: (2, True)}


def test_villages_count_once_and_retention_by_its_step(cast):
    number = announce(cast.ratna, metric="villages", of=None, goal=2)
    for village in ("1671011001", "1671011001", "1671011002", None):
        reports(cast.marlina, date(2026, 11, 10), village=village)
    settle(number, by)
    assert results(number) == {cast.marlina.id: (2, True)}
    evidence = db.session.scalar(
        select(ChallengeResult.evidence).where(ChallengeResult.challenge_id == number)
    )
    assert len(evidence) == 3


def test_a_challenge_of_a_branch_counts_its_own_cadres(cast):
    number = announce(cast.fahmi, in_branch(cast.palembang), goal=1)
    region = announce(cast.ratna, in_region(cast.palembang), goal=1)
    other = make_cadre(branch_id=make_branch(regional_office_id=cast.palembang.regional_office_id).id)
    for cadre in (cast.marlina, other, cast.yosef):
        reports(cadre, FIRST)
    settle(number, by)
    settle(region, by)
    assert set(results(number)) == {cast.marlina.id}
    assert set(results(region)) == {cast.marlina.id, other.id}


def test_what_is_frozen_stays_and_is_frozen_once(cast):
    number = announce(cast.ratna, goal=1)
    (report,) = reports(cast.marlina, FIRST)
    assert settle(number, by)
    once = results(number)
    db.session.execute(update(Activity).where(Activity.id == report.id).values(status="rejected"))
    db.session.commit()
    reports(cast.herman, LAST)
    assert not settle(number, by)
    assert results(number) == once == {cast.marlina.id: (1, True)}


def test_the_scheduler_freezes_what_is_due_in_the_last_zone(cast):
    east = announce(cast.debora, in_branch(cast.jayapura), goal=1)
    west = announce(cast.fahmi, in_branch(cast.palembang), goal=1)
    reports(cast.yosef, FIRST)
    clock.configure(datetime(2026, 11, 18, 14, 59, tzinfo=UTC))
    settle_challenges()
    assert challenge(east).settled_at is None
    clock.configure(datetime(2026, 11, 18, 15, 0, tzinfo=UTC))  # midnight in Jayapura
    settle_challenges()
    assert challenge(east).settled_at is not None
    assert challenge(west).settled_at is None
    clock.configure(datetime(2026, 11, 18, 17, 0, tzinfo=UTC))
    settle_challenges()
    assert challenge(west).settled_at is not None
    assert results(east) == {cast.yosef.id: (1, True)}


def test_what_the_database_counts_is_what_the_rule_says(cast):
    """Random reports of both zones against the rule in plain words, read slowly."""
    chance = random.Random(11)
    expected: dict[int, int] = {}
    for cadre, zone in (
        (cast.marlina, "Asia/Jakarta"),
        (cast.herman, "Asia/Jakarta"),
        (cast.yosef, "Asia/Jayapura"),
    ):
        for _ in range(40):
            held = FIRST + timedelta(days=chance.randint(-2, 9))
            decided = local(held) + timedelta(hours=chance.randint(0, 240))
            history, kind = chance.random() < 0.2, chance.choice(("market_visit", "stand"))
            reports(cadre, held, kind=kind, decided=decided, history=history)
            in_days = history or decided.astimezone(ZoneInfo(zone)).date() <= LAST + timedelta(days=3)
            if kind == "market_visit" and FIRST <= held <= LAST and in_days:
                expected[cadre.id] = expected.get(cadre.id, 0) + 1
    number = announce(cast.ratna)
    settle(number, by)
    assert {key: value for key, (value, _) in results(number).items()} == expected
    assert len(expected) == 3


# rewarded


def test_the_badge_names_the_work_it_stands_on_and_is_awarded_once(cast):
    number = announce(cast.ratna, goal=2)
    rows = reports(cast.marlina, FIRST, LAST)
    reports(cast.herman, FIRST)
    settle(number, by)
    reward(by)
    assert awards() == {cast.marlina.id: (sorted(f"activity:{row.ref}" for row in rows), 2)}
    assert challenge(number).rewarded_at == DUE
    reward(by, at=DUE)
    other = announce(cast.ratna, goal=1)
    settle(other, by)
    reward(by)  # Marlina has it already, from the other one
    assert awards()[cast.marlina.id][1] == 2
    assert set(awards()) == {cast.marlina.id, cast.herman.id}
    kept = take_moment(cadre_id=cast.marlina.id, at=DUE)
    assert (kept.kind, kept.source) == ("badge", f"badge:{BADGE}")


def die_while_rewarding(number):
    with transaction():
        reward_challenge(challenge_id=number, by=by())
        raise OSError("power cut")


def test_a_piece_that_died_is_handed_out_again_without_doubling(cast, monkeypatch):
    monkeypatch.setattr("portal.contests.services.rewarding.AT_ONCE", 1)
    number = announce(cast.ratna, goal=1)
    for cadre in (cast.marlina, cast.herman, cast.yosef):
        reports(cadre, FIRST)
    settle(number, by)
    with transaction():
        assert reward_challenge(challenge_id=number, by=by())
    with pytest.raises(OSError, match="power"):
        die_while_rewarding(number)
    assert len(awards()) == 1
    reward(by)
    assert len(awards()) == 3
    events = select(func.count()).where(AuditEvent.act == "badge.awarded")
    assert db.session.scalar(events) == 3


def test_a_team_that_makes_it_gives_each_who_gave_something_badge_and_moment(cast):
    number = announce(cast.ratna, mode="teams", goal=3, badge_code="challenge-team")
    team = found(number, cast.marlina)
    join(number, cast.herman, team)
    idle = make_cadre(branch_id=cast.palembang.id)
    join(number, idle, team)
    reports(cast.marlina, FIRST, LAST)
    reports(cast.herman, FIRST)
    settle(number, by)
    reward(by)
    given = {key: value for key, (_, value) in awards("challenge-team").items()}
    assert given == {cast.marlina.id: 2, cast.herman.id: 1}
    told = db.session.scalars(
        select(Moment).where(Moment.kind == "team_goal").order_by(Moment.cadre_id)
    ).all()
    assert {(one.cadre_id, one.details["share"]) for one in told} == set(given.items())
    assert told[0].source == f"team_goal:{challenge(number).code}"


def test_only_badges_of_challenges_are_given(cast):
    refused(lambda: announce(cast.ratna, badge_code="market-10"), "contests.badge")
    refused(lambda: announce(cast.ratna, badge_code="nothing"), "contests.badge")
