"""portal verify finds what was planted in a challenge's result and in a league (rules.md 11.4, 11.5)."""

from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from contests.arena import (
    BEFORE,
    FIRST,
    LAST,
    announce,
    by,
    choose,
    form,
    found,
    join,
    open_season,
    reports,
    reward,
    settle,
    settle_month,
)
from earning import activity, close, sign_up
from factories import make_cadre
from sqlalchemy import text, update

from portal import clock
from portal.activities.models import Activity
from portal.database.extensions import db
from portal.verification.queries import list_findings_of

AT = datetime(2026, 11, 18, 18, tzinfo=UTC)


def findings(check):
    db.session.rollback()
    return sorted({one.what for one in list_findings_of(check)})


def plant(statement, **values):
    """Run a statement, see what the check says, and take it back."""
    db.session.rollback()
    db.session.execute(text(statement), values)
    seen = sorted(
        {one.what for name in ("contests.results", "contests.leagues") for one in list_findings_of(name)}
    )
    db.session.rollback()
    return seen


@pytest.fixture
def settled(app):
    """One challenge alone, one in villages and teams, one of sign-ups: all frozen and rewarded."""
    clock.configure(BEFORE)
    cast = make_cast()
    alone = announce(cast.ratna, code="alone", goal=2)
    teams = announce(
        cast.ratna,
        code="teams",
        mode="teams",
        metric="villages",
        of=None,
        goal=2,
        badge_code="challenge-team",
    )
    signups = announce(
        cast.ratna, code="signups", metric="signups", of=None, goal=1, badge_code="challenge-new"
    )
    team = found(teams, cast.marlina)
    join(teams, cast.herman, team)
    reports(cast.marlina, FIRST, LAST, village="1671011001")
    reports(cast.herman, FIRST, village="1671011002")
    reports(cast.yosef, FIRST, history=True)
    sign_up(cast.herman, 1, on=LAST, at=datetime(2026, 11, 16, tzinfo=UTC))
    for number in (alone, teams, signups):
        settle(number, by)
    reward(by)
    return cast


def test_frozen_results_stand_whatever_happens_to_the_work_later(settled):
    assert findings("contests.results") == []
    later = datetime(2026, 11, 25, tzinfo=UTC)
    withdrawn = update(Activity).where(Activity.cadre_id == settled.marlina.id)
    db.session.execute(withdrawn.values(status="rejected", decided_at=later))
    db.session.commit()
    reports(settled.yosef, LAST, history=True, submitted_at=later)  # an import that came after it
    reports(settled.yosef, LAST, decided=later)  # decided too late
    assert findings("contests.results") == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE challenge_results SET value = value + 1 WHERE NOT reached",
         "a cadre's frozen number is not that of the work that counts"),
        ("UPDATE challenge_results SET value = value - 1 WHERE reached AND team_id IS NULL",
         "a cadre's frozen number is not that of the work that counts"),
        ("UPDATE challenge_results SET reached = NOT reached WHERE team_id IS NULL",
         "reached or not does not follow from the frozen number"),
        ("UPDATE challenge_results SET evidence = '[\"activity:made-up\"]' WHERE evidence IS NOT NULL",
         "the work that a result names is not what counts"),
        ("UPDATE challenge_results SET evidence = NULL WHERE evidence IS NOT NULL",
         "a reached goal names no work, or work is named without one"),
        ("DELETE FROM challenge_results WHERE NOT reached", "a cadre with work that counts has no result"),
        ("UPDATE challenge_team_results SET value = value + 1", "a team's frozen number is not that of its members"),
        ("UPDATE challenge_team_results SET members = members + 1",
         "a team's frozen number of members is not that of its results"),
        ("UPDATE challenge_team_results SET reached = NOT reached",
         "a team's reached or not does not follow from its number"),
        ("DELETE FROM challenge_team_results", "a team with members has no result"),
        ("UPDATE challenges SET reached = reached + 1", "a challenge counts other cadres than its results"),
        ("UPDATE challenges SET settled_at = NULL", "a challenge that was cancelled has results"),
        ("UPDATE challenges SET badge_code = 'challenge-care'", "who reached a challenge has no badge"),
    ],
)  # fmt: skip
def test_a_planted_result_is_found(settled, statement, what):
    assert what in plant(statement)


@pytest.fixture
def season(app):
    """Two months of a season: the first settled, the second formed."""
    cast = make_cast()
    cadres = [make_cadre(branch_id=cast.palembang.id, code=f"L{n:02}") for n in range(30)]
    for n, cadre in enumerate(cadres[:-2]):
        activity(
            cadre, f"aug-{n}", on=date(2026, 8, 10), points=30 + 10 * n, at=datetime(2026, 8, 11, tzinfo=UTC)
        )
        activity(
            cadre, f"oct-{n}", on=date(2026, 10, 10), points=10 + n % 7, at=datetime(2026, 10, 11, tzinfo=UTC)
        )
    reports(cadres[27], *[date(2026, 9, 5)] * 6)
    reports(cadres[21], *[date(2026, 9, 5)] * 6)
    close("2026-08", at=datetime(2026, 9, 3, 5, tzinfo=UTC))
    choose(*cadres, at=datetime(2026, 9, 4, tzinfo=UTC))
    open_season("2026-Q4", by(datetime(2026, 10, 1, 1, tzinfo=UTC)))
    for month, day in (
        ("2026-09", datetime(2026, 10, 3, 5, tzinfo=UTC)),
        ("2026-10", datetime(2026, 11, 3, 5, tzinfo=UTC)),
    ):
        close(month, at=day)
    settle_month("2026-10", by())
    form("2026-11", by())
    return cast


def test_a_season_as_it_was_played_is_in_order(season):
    assert findings("contests.leagues") == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE league_places SET division = 2 WHERE month = '2026-10' AND division = 1",
         "a division is not the fifth of the mean"),
        ("UPDATE league_places SET division = division + 1 WHERE month = '2026-11' AND cadre_code = 'L03'",
         "a division is not that of the month before"),
        ("UPDATE league_places SET group_no = 2 WHERE month = '2026-10' AND cadre_code = 'L03'",
         "a group is not one of neighbours in the mean"),
        ("UPDATE league_places SET rank = rank + 1 WHERE month = '2026-10' AND cadre_code = 'L03'",
         "a rank in a group is not that of its points"),
        ("UPDATE league_places SET points = points + 1 WHERE month = '2026-10' AND cadre_code = 'L03'",
         "points in the league are not those of the closed month"),
        ("UPDATE league_places SET rose = NOT rose WHERE month = '2026-10' AND cadre_code = 'L03'",
         "who rose does not follow from the ranks"),
        ("UPDATE league_places SET points_sum = points_sum + 1 WHERE cadre_code = 'L03'",
         "a cadre's mean in the league is not that of the closed months"),
        ("UPDATE league_places SET seed_first = 0 WHERE seed_first > 0", "a division is not the fifth of the mean"),
        ("DELETE FROM league_places WHERE month = '2026-11' AND cadre_code = 'L03'",
         "a month of a season has other members than the one before"),
        ("UPDATE league_months SET risers = risers + 1 WHERE month = '2026-10'",
         "a month of the league counts other risers than it has"),
        ("UPDATE league_seasons SET members = members + 1", "a season counts other members than it has"),
    ],
)  # fmt: skip
def test_a_planted_place_is_found(season, statement, what):
    assert what in plant(statement)
