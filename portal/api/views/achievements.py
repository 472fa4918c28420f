"""What the caller has reached: level, streak, badges, challenges, league."""

from flask_babel import get_locale

from portal import clock
from portal.api.document import describe
from portal.api.forms.achievements import (
    AchievementsAnswer,
    BadgeAnswer,
    ChallengeAnswer,
    LeagueAnswer,
    LevelAnswer,
    StreakAnswer,
    TowardAnswer,
    WeekAnswer,
)
from portal.api.views.blueprint import bp
from portal.contests.queries.leagues import OwnLeague, find_own
from portal.contests.queries.progress import Progress as Challenge
from portal.contests.queries.progress import list_progress
from portal.domain.months import local_date
from portal.domain.recognition.badges import Toward
from portal.domain.recognition.definitions import Badge
from portal.recognition.queries.awards import Award, list_taken_back
from portal.recognition.queries.progress import EarnedBadge, Progress, get_progress
from portal.web.access import actor, allow

WEEKS = 26


@bp.get("/me/achievements")
@allow("cadre", program="read")
@describe("boards", answers={200: AchievementsAnswer})
def get_achievements() -> AchievementsAnswer:
    """Show what the caller has reached, and how far the next badges are."""
    who, now = actor(), clock.now()
    cadre_id, today = who.cadre_id or 0, local_date(now, who.zone)
    progress, gone = get_progress(cadre_id, today), list_taken_back(cadre_id)
    codes = {one.badge.code for one in gone}
    coming = [one for one in (*progress.nearest, *progress.others) if one.badge.code not in codes]
    return AchievementsAnswer(
        level=_level(progress),
        streak=StreakAnswer(
            weeks=progress.streak.number,
            longest=progress.streak.longest,
            freezes_left_this_month=progress.freezes_left,
            calendar=[
                WeekAnswer(monday=one.monday, state=one.state) for one in progress.streak.weeks[-WEEKS:]
            ],
        ),
        badges=[*map(_badge, progress.earned), *map(_badge, gone)],
        toward=[_toward(one) for one in coming],
        challenges=[_challenge(one) for one in list_progress(who, today=today)],
        league=_league(find_own(cadre_id)),
        computed_at=now,
    )


def _english() -> bool:
    return str(get_locale()) == "en"


def _words(badge: Badge) -> dict[str, str]:
    name, what = (badge.name_en, badge.what_en) if _english() else (badge.name_id, badge.what_id)
    return {"code": badge.code, "name": name, "condition": what}


def _level(progress: Progress) -> LevelAnswer:
    level = progress.level
    return LevelAnswer(
        number=level.number,
        name=progress.levels.name(level.number, str(get_locale())),
        points=level.points,
        next_at=level.next_at,
        to_next=level.to_next,
    )


def _badge(one: EarnedBadge | Award) -> BadgeAnswer:
    taken_back = one if isinstance(one, Award) else None
    return BadgeAnswer(
        **_words(one.badge),
        awarded_on=one.awarded_on,
        value=one.value,
        evidence=one.evidence,
        taken_back_at=taken_back.taken_back_at if taken_back else None,
        taken_back_because="fraud" if taken_back else None,
    )


def _toward(one: Toward) -> TowardAnswer:
    return TowardAnswer(**_words(one.badge), value=one.value, threshold=one.badge.threshold, left=one.left)


def _challenge(one: Challenge) -> ChallengeAnswer:
    challenge, in_team = one.own.challenge, one.own.team_id is not None
    return ChallengeAnswer(
        code=challenge.code,
        name=challenge.name_en if _english() else challenge.name_id,
        first_day=challenge.first_day,
        last_day=challenge.last_day,
        mode=challenge.mode,
        goal=challenge.goal,
        phase=one.own.phase,
        own=one.share if in_team else one.done,
        team=one.done if in_team else None,
    )


def _league(league: OwnLeague | None) -> LeagueAnswer | None:
    if league is None:
        return None
    names = league.leagues.names_en if _english() else league.leagues.names_id
    return LeagueAnswer(
        month=league.month,
        division=league.division,
        name=names[league.division - 1],
        members=league.members,
        rose=league.rose,
    )
