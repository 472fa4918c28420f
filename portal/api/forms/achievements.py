"""The shapes of what a cadre has reached: level, streak, badges, challenges, league."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from portal.api.forms.shapes import Answer, Month


class LevelAnswer(Answer):
    """The level by all points there are; `next_at` and `to_next` are null on the highest."""

    number: int
    name: str
    points: int
    next_at: int | None
    to_next: int | None


class WeekAnswer(Answer):
    """A week of the streak by its Monday."""

    monday: date
    state: str = Field(description="counts, neutral, frozen, empty or running.")


class StreakAnswer(Answer):
    """Weeks in a row with an approved report, as known now; the last 26 weeks, the oldest first."""

    weeks: int
    longest: int
    freezes_left_this_month: int
    calendar: list[WeekAnswer]


class BadgeAnswer(Answer):
    """A badge that was earned, with the rows that it stands on; one taken back says when and why."""

    code: str
    name: str
    condition: str
    awarded_on: date
    value: int
    evidence: list[str] = Field(
        description="The sources of ledger entries and reports, such as activity:REF."
    )
    taken_back_at: datetime | None
    taken_back_because: Literal["fraud"] | None


class TowardAnswer(Answer):
    """A badge that is not earned yet: exactly `left` more of what it counts."""

    code: str
    name: str
    condition: str
    value: int
    threshold: int
    left: int


class ChallengeAnswer(Answer):
    """A challenge that runs, or was settled lately; `own` and `team` are what counts so far, or was frozen."""

    code: str
    name: str
    first_day: date
    last_day: date
    mode: str
    goal: int
    phase: str
    own: int
    team: int | None


class LeagueAnswer(Answer):
    """The own division in the newest month of the season; `rose` is null until the month is closed."""

    month: Month
    division: int
    name: str
    members: int
    rose: bool | None


class AchievementsAnswer(Answer):
    """All that the page of achievements shows; names are in the language of the request."""

    level: LevelAnswer
    streak: StreakAnswer
    badges: list[BadgeAnswer] = Field(description="The newest first, then those taken back.")
    toward: list[TowardAnswer] = Field(description="The three nearest first, the others by code.")
    challenges: list[ChallengeAnswer]
    league: LeagueAnswer | None
    computed_at: datetime
