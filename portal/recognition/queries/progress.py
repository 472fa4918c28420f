"""What a cadre's page of recognition shows, in one statement: level, streak, badges, what is nearest, leave."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Date, Text, cast, select

from portal.activities.models import Activity
from portal.database.together import Together, given
from portal.domain.recognition.badges import Toward, nearest, toward
from portal.domain.recognition.definitions import Badge, Levels, read_badge
from portal.domain.recognition.levels import Level, level_of
from portal.domain.recognition.streaks import Streak, count_weeks, monday_of
from portal.organisation.models import Parameter
from portal.organisation.queries import ByMonth
from portal.recognition.models import BadgeAward, Leave, RecognitionChoice
from portal.recognition.queries.definitions import APPROVED, HOLIDAYS, Book, as_day, book_of
from portal.recognition.queries.facts import arrange_raw, select_raw

WEEKS: Final = 15  # that a page shows at least
_CADRE: Final = given("cadre_id", BigInteger)
_SINCE: Final = given("since", Date)
_READ: Final = Together(
    **select_raw(lambda column: column == _CADRE),
    definitions=APPROVED,
    holidays=HOLIDAYS,
    freezes=select(Parameter.from_month, cast(Parameter.value, Text).label("value")).where(
        Parameter.name == "streak_freezes"
    ),
    waiting=select(Activity.held_on).where(
        Activity.cadre_id == _CADRE, Activity.status == "submitted", Activity.held_on >= _SINCE
    ),
    awards=select(
        BadgeAward.code, BadgeAward.version, BadgeAward.awarded_on, BadgeAward.evidence, BadgeAward.value
    )
    .where(BadgeAward.cadre_id == _CADRE, BadgeAward.taken_back_at.is_(None))
    .order_by(BadgeAward.awarded_on.desc(), BadgeAward.code),
    own_leaves=select(Leave.id, Leave.first_day, Leave.last_day, Leave.status)
    .where(Leave.cadre_id == _CADRE, Leave.status.in_(("asked", "approved")), Leave.last_day >= _SINCE)
    .order_by(Leave.first_day),
    choices=select(
        RecognitionChoice.hide_level,
        RecognitionChoice.hide_streak,
        RecognitionChoice.hide_badges,
        RecognitionChoice.hide_league,
        RecognitionChoice.public_code,
        RecognitionChoice.name_shown,
    ).where(RecognitionChoice.cadre_id == _CADRE),
)


@dataclass(frozen=True)
class EarnedBadge:
    """A badge that a cadre has, by the version under which it was awarded, with the rows it stands on."""

    badge: Badge
    awarded_on: date
    evidence: list[str]
    value: int


@dataclass(frozen=True)
class OwnLeave:
    """A leave that is asked for or approved and has not ended long ago."""

    id: int
    first_day: date
    last_day: date
    status: str


@dataclass(frozen=True)
class Choices:
    """What a cadre hides from other cadres, and the code of the public page of badges, None without one."""

    hide_level: bool = False
    hide_streak: bool = False
    hide_badges: bool = False
    hide_league: bool = False
    public_code: str | None = None
    name_shown: str = "name"


@dataclass(frozen=True)
class Progress:
    """All that a cadre's page shows. `waiting`: undecided reports by the Monday of their week.

    `earned` are newest first; `nearest` the three badges with the shortest way, `others` the rest, by code.
    """

    cadre_id: int
    today: date
    level: Level
    levels: Levels
    streak: Streak
    waiting: dict[date, int]
    earned: list[EarnedBadge]
    nearest: list[Toward]
    others: list[Toward]
    leaves: list[OwnLeave]
    choices: Choices

    @property
    def freezes_left(self) -> int:
        """Return how many weeks of the running week's month may still pass without work."""
        return self.streak.freezes_left_this_month


def get_progress(cadre_id: int, today: date) -> Progress:
    """Return a cadre's recognition as of a local date, counted from what is known now; one statement."""
    since = monday_of(today) - timedelta(weeks=WEEKS)
    found = _READ.read(cadre_id=cadre_id, since=since)
    book = _book(found, today)
    raw = arrange_raw(found, [cadre_id])[cadre_id]
    streak = raw.streak(book, today)
    facts = raw.facts(book, streak.longest_weeks)
    awards = _awards(found)
    others = [
        toward(badge, facts, today)
        for code, badge in book.badges.items()
        if code not in awards and badge.metric != "challenge"
    ]
    near = nearest(others)
    return Progress(
        cadre_id=cadre_id,
        today=today,
        level=level_of(raw.points, book.levels.thresholds),
        levels=book.levels,
        streak=streak,
        waiting=count_weeks([as_day(row.held_on) for row in found["waiting"]]),
        earned=list(awards.values()),
        nearest=near,
        others=[one for one in others if one not in near],
        leaves=[OwnLeave(row[0], as_day(row[1]), as_day(row[2]), row[3]) for row in found["own_leaves"]],
        choices=_choices(found["choices"]),
    )


def _document(packed: Any) -> Mapping[str, Any]:
    """Read a document; SQLite packs it as a text."""
    read: Mapping[str, Any] = json.loads(packed) if isinstance(packed, str) else packed
    return read


@dataclass(frozen=True)
class _Version:
    """An approved version as it comes out of the one statement."""

    kind: str
    code: str
    version: int
    valid_from: date
    document: Mapping[str, Any]


def _versions(found: Mapping[str, list[Any]]) -> list[_Version]:
    return [
        _Version(row.kind, row.code, row.version, as_day(row.valid_from), _document(row.document))
        for row in found["definitions"]
    ]


def _book(found: Mapping[str, list[Any]], today: date) -> Book:
    values = sorted((row.from_month, json.loads(row.value)) for row in found["freezes"])
    freezes = ByMonth("streak_freezes", tuple(values))
    holidays = [as_day(row.day) for row in found["holidays"]]
    return book_of(today, _versions(found), holidays, lambda month: int(freezes.held_in(month)))


def _awards(found: Mapping[str, list[Any]]) -> dict[str, EarnedBadge]:
    documents = {(one.code, one.version): one.document for one in _versions(found) if one.kind == "badge"}
    return {
        row.code: EarnedBadge(
            read_badge(row.code, row.version, documents[row.code, row.version]),
            as_day(row.awarded_on),
            list(_evidence(row.evidence)),
            row.value,
        )
        for row in found["awards"]
    }


def _evidence(packed: Any) -> Sequence[str]:
    read: Sequence[str] = json.loads(packed) if isinstance(packed, str) else packed
    return read


def _choices(rows: Sequence[Any]) -> Choices:
    if not rows:
        return Choices()
    level, streak, badges, league, code, shown = rows[0]
    return Choices(bool(level), bool(streak), bool(badges), bool(league), code, shown)
