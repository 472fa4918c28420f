"""Teams of a challenge: joined, founded, left; the sum of their members (rules.md 11.4)."""

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
    found,
    in_branch,
    join,
    leave,
    local,
    refused,
    reports,
    results,
    settle,
    sign,
    team_results,
)
from counting import counting
from factories import make_cadre, make_host
from sqlalchemy import select

from portal import clock
from portal.contests.models import ChallengeResult
from portal.contests.queries.progress import list_progress
from portal.database.extensions import db
from portal.domain.errors import NotAllowed, NotFound


@pytest.fixture
def cast(app):
    clock.configure(BEFORE)
    return make_cast()


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
