"""Events of a branch: their states, until when who may do what, which activity attending gives (rules.md 12.4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from portal.domain.errors import RuleBroken
from portal.domain.months import local_date

MOST_SEATS: Final = 500
MOST_PEOPLE: Final = 100_000
LONGEST_HOURS: Final = 24

# planned -> published -> closed | cancelled
EVENT: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("planned", "publish"): "published",
        ("planned", "cancel"): "cancelled",
        ("published", "cancel"): "cancelled",
        ("published", "close"): "closed",
    }
)
CHANGEABLE: Final = ("planned", "published")


def after(state: str, act: str) -> str:
    """Return the state an act leads to; raise RuleBroken("agenda.not_possible") if it cannot be done now."""
    new = EVENT.get((state, act))
    if new is None:
        raise RuleBroken("agenda.not_possible", {"state": state})
    return new


def check_hours(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse hours that end before they begin, or an event longer than a day: it is one activity of one day."""
    if ends_at <= starts_at:
        raise RuleBroken("agenda.ends_early")
    if (ends_at - starts_at).total_seconds() > LONGEST_HOURS * 3600:
        raise RuleBroken("agenda.too_long", {"hours": LONGEST_HOURS})


def is_free_to_choose(state: str, starts_at: datetime, now: datetime) -> bool:
    """Tell whether cadres may sign up and step back: while it is published and has not begun."""
    return state == "published" and now < starts_at


def is_on(state: str, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Tell whether attendance by code is recorded now: within the event's hours."""
    return state == "published" and starts_at <= now <= ends_at


def may_enter(state: str, starts_at: datetime, now: datetime) -> bool:
    """Tell whether attendance may be entered with a reason: from the beginning until the event is closed."""
    return state == "published" and now >= starts_at


def may_close(state: str, ends_at: datetime, now: datetime) -> bool:
    """Tell whether an event may be closed: once it is over."""
    return state == "published" and now > ends_at


def day_of(starts_at: datetime, zone: str) -> date:
    """Return the local day of an event, on which its activities were held: that of its beginning."""
    return local_date(starts_at, zone)


def activity_ref(event_ref: str, cadre_code: str) -> str:
    """Name the activity that an event gives a cadre: always the same, and on every database."""
    return str(uuid.uuid5(uuid.UUID(event_ref), cadre_code))
