"""The shapes of ranks and boards, and the mark where a list goes on."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from portal.api.forms.shapes import Answer, Body, Month
from portal.domain.errors import RuleBroken
from portal.domain.periods import PERIOD_PATTERN
from portal.leaderboards.queries.boards import Cursor
from portal.texts.labels import refusal
from portal.web.addresses import row_number
from portal.web.problems import FieldError, Refused

Kind = Literal["branch", "region", "nation"]
Period = Annotated[
    str, Field(pattern=f"^({PERIOD_PATTERN})$", examples=["2026-11", "2026-Q4", "2026", "ALL"])
]


class PeriodQuery(Body):
    """Which period: by default the present month; ALL is all time."""

    period: Period | None = Field(None, description="A month, quarter (2026-Q4), year (2026), or ALL.")
    month: Period | None = Field(None, description="The same under its older name; `period` goes first.")

    @property
    def asked(self) -> str:
        """Return the period that is asked for; empty for the present month."""
        return self.period or self.month or ""


class RankQuery(PeriodQuery):
    """Which board, and of which period: by default the branch, and the present month."""

    scope: Kind = "branch"


class BoardQuery(PeriodQuery):
    """Which period, where the list goes on, and for staff which branch or office, by its number."""

    cursor: str | None = Field(None, max_length=80, description="The `next` of the answer before.")
    id: str | None = Field(None, pattern=r"^[0-9]{1,15}$")


class ScopeAnswer(Answer):
    """A branch, a regional office or the nation."""

    kind: Kind
    id: int
    code: str
    name: str


class RowAnswer(Answer):
    """One row of a board; `own` marks the caller's."""

    rank: int
    name: str
    branch: str
    points: int
    validated_signups: int
    own: bool


class MonthPointsAnswer(Answer):
    """The caller's points and branch rank of one month."""

    month: Month
    points: int
    rank: int | None
    closed: bool


class RankAnswer(Answer):
    """The caller's own standing; without points there is no rank and there are no neighbours."""

    scope: ScopeAnswer
    period: Period
    month: Period = Field(description="The same as `period`, under its older name.")
    closed: bool
    points: int
    validated_signups: int
    rank: int | None
    ranked: int = Field(description="How many have a rank on this board.")
    sharing: int = Field(description="How many share the rank, the caller included; 0 without one.")
    neighbours: list[RowAnswer] = Field(description="Two above to two below, with the caller's own row.")
    benchmarks: dict[str, int] = Field(
        description="The points of the last cadre in the top so many per cent."
    )
    months: list[MonthPointsAnswer]
    best_month: MonthPointsAnswer | None
    rank_at_end_of_yesterday: int | None = Field(description="On the branch's board of the present month.")
    signups_to_next_place: int | None = Field(
        description="How many more validated new sign-ups lead to the next place above; null without one."
    )
    computed_at: datetime


class BoardAnswer(Answer):
    """A page of a board: whole for staff within their scope, the top third of the own one for cadres."""

    scope: ScopeAnswer
    period: Period
    month: Period = Field(description="The same as `period`, under its older name.")
    closed: bool
    ranked: int
    items: list[RowAnswer]
    next: str | None
    computed_at: datetime


class TeamAnswer(Answer):
    """A host body; its average has one decimal, and ranks compare it exactly."""

    rank: int
    code: str
    name: str
    members: int
    average: float
    own: bool


class TeamsAnswer(Answer):
    """The host bodies as teams: all to staff of the nation, else the top third, and the caller's own place."""

    period: Period
    closed: bool
    ranked: int
    items: list[TeamAnswer]
    own: TeamAnswer | None
    too_small: list[str] = Field(
        description="The names of those with fewer than 3 members who have an entry."
    )
    next: str | None = Field(description="Always null: there is one page.")
    computed_at: datetime


def write_cursor(cursor: Cursor | None) -> str | None:
    """Write where a page ended as a text that only we read."""
    if cursor is None:
        return None
    return urlsafe_b64encode(f"{cursor.place}.{cursor.cadre_id}".encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> Cursor | None:
    """Read it again; Refused if we never wrote it."""
    if text is None:
        return None
    try:
        place, _, cadre_id = urlsafe_b64decode(text.encode() + b"===").decode().partition(".")
        return Cursor(row_number(place), row_number(cadre_id))
    except (binascii.Error, ValueError):
        error = FieldError("cursor", "field.form", refusal("field.form", {}))
        raise Refused(422, RuleBroken("api.fields"), errors=[error]) from None
