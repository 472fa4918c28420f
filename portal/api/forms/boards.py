"""The shapes of ranks and boards, and the mark where a list goes on."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from portal.api.forms.shapes import Answer, Body, Month
from portal.domain.errors import RuleBroken
from portal.domain.months import MONTH_PATTERN
from portal.leaderboards.queries.boards import Cursor
from portal.texts.labels import refusal
from portal.web.addresses import row_number
from portal.web.problems import FieldError, Refused

Kind = Literal["branch", "region", "nation"]
Period = Annotated[str, Field(pattern=f"^({MONTH_PATTERN}|ALL)$", examples=["2026-11", "ALL"])]


class RankQuery(Body):
    """Which board, and of which month: by default the branch, and the present month; ALL is all time."""

    scope: Kind = "branch"
    month: Period | None = None


class BoardQuery(Body):
    """Which month, where the list goes on, and for staff which branch or office, by its number."""

    month: Period | None = None
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
    month: Period
    closed: bool
    points: int
    validated_signups: int
    rank: int | None
    ranked: int = Field(description="How many have a rank on this board.")
    neighbours: list[RowAnswer] = Field(description="Two above to two below, with the caller's own row.")
    benchmarks: dict[str, int] = Field(
        description="The points of the last cadre in the top so many per cent."
    )
    months: list[MonthPointsAnswer]
    computed_at: datetime


class BoardAnswer(Answer):
    """A page of a board: whole for staff within their scope, the top third of the own one for cadres."""

    scope: ScopeAnswer
    month: Period
    closed: bool
    ranked: int
    items: list[RowAnswer]
    next: str | None
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
