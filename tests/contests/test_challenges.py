"""Challenges: who announces and changes them, what counts, and the result that is frozen once (rules.md 11.4)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from contests.arena import (
    BADGE,
    BEFORE,
    DUE,
    DURING,
    FACTS,
    FIRST,
    LAST,
    announce,
    awards,
    challenge,
    found,
    in_branch,
    in_region,
    join,
    leave,
    local,
    reports,
    results,
    reward,
    settle,
    sign,
    team_results,
)
from counting import counting
from earning import operator, sign_up
from factories import make_branch, make_cadre, make_host, make_user
from sqlalchemy import func, select, update

from portal import clock
from portal.activities.models import Activity
from portal.audit import AuditEvent
from portal.contests.models import Challenge, ChallengeResult
from portal.contests.queries.challenges import list_of_office, list_own
from portal.contests.queries.progress import list_progress
from portal.contests.rounds import settle_challenges
from portal.contests.services.announcing import cancel_challenge, change_challenge
from portal.contests.services.rewarding import reward_challenge
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.recognition.models import Moment
from portal.recognition.services.moments import take_moment


@pytest.fixture
def cast(app):
    clock.configure(BEFORE)
    return make_cast()


def by(at=DUE):
    return Signature(operator(), at)


def refused(act, code, kind=RuleBroken):
    with pytest.raises(kind) as broken:
        act()
    assert broken.value.code == code


def change(challenge_id, officer, *, version=1, at=BEFORE, **facts):
    with transaction():
        return change_challenge(
            challenge_id=challenge_id, version=version, facts=replace(FACTS, **facts), by=sign(officer, at)
        )


def cancel(challenge_id, officer, *, version=1, at=BEFORE, reason="Pasar direnovasi"):
    with transaction():
        return cancel_challenge(
            challenge_id=challenge_id, version=version, reason=reason, by=sign(officer, at)
        )


def seen(person, today=date(2026, 11, 12)):
    return [one.challenge.id for one in list_own(sign(person).actor, today=today)]


# announced


def test_a_challenge_of_each_scope_is_seen_by_its_own_cadres(cast):
    nation = announce(cast.ratna)
    branch = announce(cast.fahmi, in_branch(cast.palembang))
    region = announce(cast.ratna, in_region(cast.jayapura))
    assert seen(cast.marlina) == [nation, branch]
    assert seen(cast.yosef) == [nation, region]
    rows = list_of_office(sign(cast.fahmi).actor, "announced", today=BEFORE.date())
    assert [one.id for one, _ in rows] == [nation, branch]


def test_a_supervisor_announces_for_the_own_branch_alone(cast):
    refused(lambda: announce(cast.fahmi), "contests.other_scope", NotAllowed)
    refused(lambda: announce(cast.fahmi, in_branch(cast.jayapura)), "people.no_such_branch", NotFound)
    refused(lambda: announce(cast.fahmi, in_region(cast.palembang)), "contests.other_scope", NotAllowed)
    office = make_user(
        role="supervisor", scope="region", regional_office_id=cast.palembang.regional_office_id
    )
    announce(office, in_region(cast.palembang))
    announce(office, in_branch(cast.palembang))
    refused(lambda: announce(office, in_region(cast.jayapura)), "contests.other_scope", NotAllowed)
    for person in (cast.marlina, cast.vera, cast.farah):
        refused(lambda who=person: announce(who), "contests.office_only", NotAllowed)


def test_it_is_announced_before_it_begins_in_the_zone_that_is_ahead(cast):
    evening = datetime(2026, 11, 8, 16, tzinfo=UTC)  # still the 8th in Jakarta, the 9th already in Jayapura
    announce(cast.fahmi, in_branch(cast.palembang), at=evening)
    refused(lambda: announce(cast.ratna, at=evening), "contests.begun")


def test_the_same_form_again_announces_it_once(cast):
    first = announce(cast.ratna, code="pekan-pasar")
    assert announce(cast.ratna, code="pekan-pasar") == first
    refused(lambda: announce(cast.ratna, code="pekan-pasar", goal=4), "contests.code_taken")
    acts = db.session.scalar(select(func.count()).where(AuditEvent.act == "challenge.announced"))
    assert acts == 1
    refused(lambda: announce(cast.ratna, code="Pekan Pasar"), "contests.code")


def test_it_is_changed_until_it_begins_and_never_from_a_stale_form(cast):
    number = announce(cast.fahmi, in_branch(cast.palembang))
    assert change(number, cast.fahmi, goal=5).goal == 5
    refused(lambda: change(number, cast.fahmi, goal=6), "contests.changed")
    refused(lambda: change(number, cast.fahmi, version=2, at=DURING), "contests.begun")
    refused(lambda: change(number, cast.fahmi, version=2, first_day=date(2026, 11, 5)), "contests.begun")
    refused(lambda: change(number, cast.debora, version=2), "contests.no_such", NotFound)
    nation = announce(cast.ratna)
    refused(lambda: change(nation, cast.fahmi), "contests.no_such", NotFound)


def test_it_is_cancelled_with_a_reason_until_its_result_is_frozen(cast):
    number = announce(cast.fahmi, in_branch(cast.palembang))
    refused(lambda: cancel(number, cast.fahmi, reason=" "), "contests.reason_missing")
    cancel(number, cast.fahmi, at=DURING)
    refused(lambda: cancel(number, cast.fahmi, version=2), "contests.over")
    assert not settle(number, by)
    assert results(number) == {}
    other = announce(cast.fahmi, in_branch(cast.palembang))
    settle(other, by)
    refused(lambda: cancel(other, cast.fahmi), "contests.over")


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


# teams


def test_a_team_is_the_sum_of_its_members_and_each_sees_the_own_share(cast):
    number = announce(cast.ratna, mode="teams", goal=5)
    third = make_cadre(branch_id=cast.palembang.id)
    team = found(number, cast.marlina)
    join(number, cast.herman, team)
    join(number, third, team)
    other = found(number, cast.yosef, "Sentani")
    reports(cast.marlina, FIRST, LAST, date(2026, 11, 11))
    reports(cast.herman, FIRST, LAST)
    reports(cast.yosef, FIRST, LAST)
    reports(cast.herman, date(2026, 11, 13), status="submitted")
    own = {}
    for cadre in (cast.marlina, cast.herman):
        (shown,) = list_progress(sign(cadre).actor, today=date(2026, 11, 13))
        own[cadre.code] = (shown.done, shown.waiting, shown.share, shown.members, shown.own.team)
    assert own == {"K-MARLINA": (5, 1, 3, 3, "Ilir Barat"), "K-HERMAN": (5, 1, 2, 3, "Ilir Barat")}
    settle(number, by)
    assert team_results(number) == {team: (3, 5, True), other: (1, 2, False)}
    # Who gave nothing reached it with the team, and has no evidence to be rewarded for.
    assert results(number)[third.id] == (0, True)
    rewarded = select(ChallengeResult.cadre_id).where(ChallengeResult.evidence.is_not(None))
    assert set(db.session.scalars(rewarded)) == {cast.marlina.id, cast.herman.id}
    (after,) = list_progress(sign(cast.herman).actor, today=date(2026, 11, 20))
    assert (after.done, after.share, after.is_reached, after.own.phase) == (5, 2, True, "over")


def test_a_village_that_several_came_to_counts_once_for_the_team(cast):
    number = announce(cast.ratna, mode="teams", metric="villages", of=None, goal=3)
    team = found(number, cast.marlina)
    join(number, cast.herman, team)
    for cadre in (cast.marlina, cast.herman):
        reports(cadre, FIRST, village="1671011001")
    reports(cast.herman, FIRST, village="1671011002")
    (shown,) = list_progress(sign(cast.herman).actor, today=date(2026, 11, 13))
    assert (shown.done, shown.share) == (2, 2)
    settle(number, by)
    assert team_results(number) == {team: (2, 2, False)}


def test_the_team_of_the_host_body_makes_itself(cast):
    host = make_host()
    mates = [make_cadre(branch_id=cast.palembang.id, host_body_id=host.id) for _ in range(2)]
    number = announce(cast.ratna, mode="teams")
    first, second = (join(number, mate) for mate in mates)
    assert first == second
    refused(lambda: join(number, cast.marlina), "contests.no_host")
    refused(lambda: join(number, cast.marlina, first), "contests.other_host")
    stranger = make_cadre(branch_id=cast.palembang.id, host_body_id=make_host().id)
    refused(lambda: join(number, stranger, first), "contests.other_host")


def test_a_founded_team_has_room_for_twelve_and_a_name_of_its_own(cast):
    number = announce(cast.ratna, mode="teams")
    team = found(number, cast.marlina)
    assert found(number, cast.marlina) == team  # the same form again
    refused(lambda: found(number, cast.marlina, "Yang lain"), "contests.founded_already")
    refused(lambda: found(number, cast.herman, "  ilir   BARAT "), "contests.team_taken")
    refused(lambda: found(number, cast.herman, "x"), "contests.team_name")
    for _ in range(11):
        join(number, make_cadre(branch_id=cast.palembang.id), team)
    refused(lambda: join(number, cast.herman, team), "contests.team_full")
    leave(number, cast.marlina)
    join(number, cast.herman, team)
    refused(lambda: found(number, cast.marlina), "contests.team_full")


def test_a_choice_may_be_changed_until_the_window_ends(cast):
    number = announce(cast.ratna, mode="teams", goal=1)
    one, other = found(number, cast.marlina), found(number, cast.herman, "Kertapati")
    join(number, cast.marlina, other, at=DURING)
    leave(number, cast.herman, at=local(LAST, 23))
    leave(number, cast.herman, at=local(LAST, 23))
    refused(
        lambda: join(number, cast.herman, other, at=local(date(2026, 11, 16), 0)), "contests.teams_closed"
    )
    refused(lambda: leave(number, cast.marlina, at=DUE), "contests.teams_closed")
    reports(cast.herman, FIRST)
    settle(number, by)
    assert team_results(number) == {other: (1, 0, False)}
    assert one not in team_results(number)


def test_who_may_not_see_a_challenge_joins_none_of_its_teams(cast):
    number = announce(cast.debora, in_branch(cast.jayapura), mode="teams")
    team = found(number, cast.yosef)
    refused(lambda: join(number, cast.marlina, team), "contests.no_such", NotFound)
    mine = announce(cast.fahmi, in_branch(cast.palembang), mode="teams")
    refused(lambda: join(mine, cast.marlina, team), "contests.no_team", NotFound)
    refused(lambda: join(announce(cast.ratna), cast.marlina, team), "contests.no_teams")
    refused(lambda: found(mine, cast.fahmi), "contests.cadres_only", NotAllowed)


def test_waiting_work_stands_apart_and_more_challenges_ask_no_more_statements(cast):
    reports(cast.marlina, FIRST, LAST)
    reports(cast.marlina, FIRST, status="submitted")
    reports(cast.marlina, FIRST, kind="stand")
    actor, today = sign(cast.marlina).actor, date(2026, 11, 12)
    announce(cast.ratna)
    with counting() as count:
        one = count(lambda: list_progress(actor, today=today)).statements
        for of in ("stand", None):
            announce(cast.ratna, of=of)
        found(announce(cast.ratna, mode="teams", metric="signups", of=None), cast.marlina)
        many = count(lambda: list_progress(actor, today=today)).statements
    assert one == many == 2
    listed = list_progress(actor, today=today)
    assert [(one.done, one.waiting) for one in listed] == [(2, 1), (1, 0), (3, 1), (0, 0)]


def test_announcing_needs_whole_words(cast):
    place = in_branch(cast.palembang)
    for facts, code in (
        ({"name_en": "x"}, "contests.name_missing"),
        ({"text_id": ""}, "contests.text_missing"),
        ({"mode": "pairs"}, "contests.mode"),
        ({"goal": 0}, "contests.goal"),
        ({"of": "party"}, "contests.of"),
    ):
        refused(lambda given=facts: announce(cast.fahmi, place, **given), code)
    assert db.session.scalar(select(func.count()).select_from(Challenge)) == 0
