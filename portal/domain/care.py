"""Keeping people protected: until when somebody is, whose they are, what to do next (rules.md 5.4 and 12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from portal.domain.errors import RuleBroken
from portal.domain.matching import GRACE_MONTHS
from portal.domain.months import add_months, first_day, last_day, month_of, next_month, previous_month

TASK_LEAD_DAYS = 10  # a renewal task begins this many days before the last protected one (data)
REMINDER_DAYS = 7  # the same reminder goes out once in this many days (data)
DONOR_LEAD_DAYS = 30  # who was paid for by a donor is called this many days before it ends (data)
PROMISE_DAYS = 62  # nobody's promise reaches further than this

OUTCOMES: Final = ("promised", "says_paid", "moved", "not_working", "refuses", "not_reached", "died")
COHORT_AGES: Final = (1, 3, 6, 12)  # months after which a cohort is looked at (rules.md 12.2)
# After these a reminder is out of place.
_SILENT: Final = frozenset({"died", "refuses"})

Step = Literal["claim", "wait", "promise", "remind", "donor", "respect", "again", "none"]


@dataclass(frozen=True, slots=True)
class Move:
    """A hand-over: whose a participant's payments are from the first day of a month on."""

    from_month: str
    to_cadre_id: int


def holder_on(cadre_id: int, moves: Iterable[Move], day: date) -> int:
    """Return the cadre whose a payment of this day is: that of the sign-up, or of the last hand-over until then.

    ``moves``: those of the sign-up, in the order in which they were recorded; of one month the last one holds.
    """
    month = month_of(day)
    begun = sorted((move for move in moves if move.from_month <= month), key=lambda move: move.from_month)
    return begun[-1].to_cadre_id if begun else cadre_id


def check_hand_over(*, from_month: str, present: int, to_cadre_id: int, moves: Sequence[Move]) -> None:
    """Refuse a hand-over to who holds the participant already, or from before one that is recorded."""
    if any(move.from_month > from_month for move in moves):
        raise RuleBroken("care.handed_over_later", {"month": max(move.from_month for move in moves)})
    if to_cadre_id == present:
        raise RuleBroken("care.same_cadre")


def paid_until(last_paid_month: str) -> date:
    """Return the last day that a participant has paid for (rules.md 12.1)."""
    return last_day(last_paid_month)


def lapses_on(last_paid_month: str, grace_months: int = GRACE_MONTHS) -> date:
    """Return the day from which an extract shows a participant as lapsed if nothing more is paid (rules.md 2)."""
    return first_day(add_months(last_paid_month, grace_months + 1))


def task_begins_on(last_paid_month: str, lead_days: int = TASK_LEAD_DAYS) -> date:
    """Return the day from which a renewal task exists (rules.md 12.1)."""
    return paid_until(last_paid_month) - timedelta(days=lead_days)


def newest_due_month(today: date, lead_days: int = TASK_LEAD_DAYS) -> str:
    """Return the newest last paid month of which a renewal task exists today."""
    month = next_month(month_of(today + timedelta(days=lead_days)))
    while task_begins_on(month, lead_days) > today:
        month = previous_month(month)
    return month


def donor_ends_soon(
    last_paid_month: str, payer_type: str, today: date, lead_days: int = DONOR_LEAD_DAYS
) -> bool:
    """Tell whether the months that a donor paid end within the coming weeks, so that the person has to be called."""
    return payer_type == "donatur" and 0 <= (paid_until(last_paid_month) - today).days <= lead_days


def check_reminder(last_sent_on: date | None, today: date, days: int = REMINDER_DAYS) -> None:
    """Refuse the same reminder within a few days of the last one; it says from which day on it may go out."""
    if last_sent_on is not None and today < last_sent_on + timedelta(days=days):
        next_on = last_sent_on + timedelta(days=days)
        raise RuleBroken("care.reminded_lately", {"day": next_on.isoformat(), "days": days})


def check_outcome(outcome: str, promised_on: date | None, today: date) -> date | None:
    """Return the day of a promise; refuse an unknown outcome, and a promise without a day or of no use."""
    if outcome not in OUTCOMES:
        raise RuleBroken("care.outcome_unknown", {"outcome": outcome[:20]})
    if outcome != "promised":
        return None
    if promised_on is None:
        raise RuleBroken("care.promise_without_day")
    if not today <= promised_on <= today + timedelta(days=PROMISE_DAYS):
        raise RuleBroken("care.promise_day", {"days": PROMISE_DAYS})
    return promised_on


@dataclass(frozen=True, slots=True)
class LastTalk:
    """The newest talk with a participant: its outcome, its day, the day promised, and the month paid last by then.

    `paid_month`: '' if nothing was paid by then, None if nobody kept it.
    """

    outcome: str
    held_on: date
    promised_on: date | None = None
    paid_month: str | None = None


def still_holds(talk: LastTalk | None, last_paid_month: str | None) -> LastTalk | None:
    """Return a talk if it still says what to do next: a later month paid answers all but a death."""
    if talk is None or talk.outcome == "died" or talk.paid_month is None:
        return talk
    return None if (last_paid_month or "") > talk.paid_month else talk


def next_step(*, status: str, has_task: bool, donor_ends: bool, talk: LastTalk | None, today: date) -> Step:
    """Say what a cadre does next for a participant.

    Died: help with the claim. A promise: wait for its day, then ask. Says paid: the next extract tells. Refuses: leave
    them in peace. Else remind who has a task, call whom a donor leaves, and ask those who lapsed to come back.
    """
    said = _after_talk(talk, today, has_task=has_task)
    if said is not None:
        return said
    if has_task:
        return "remind"
    if donor_ends:
        return "donor"
    return "again" if status == "lapsed" else "none"


def _after_talk(talk: LastTalk | None, today: date, *, has_task: bool) -> Step | None:
    if talk is None:
        return None
    if talk.outcome == "died":
        return "claim"
    if talk.outcome == "refuses":
        return "respect"
    if not has_task:
        return None
    if talk.outcome == "promised" and talk.promised_on is not None:
        return "wait" if talk.promised_on > today else "promise"
    return "wait" if talk.outcome == "says_paid" else None


def may_be_reminded(talk: LastTalk | None) -> bool:
    """Tell whether a reminder is in place: not after a death, nor after a plain no."""
    return talk is None or talk.outcome not in _SILENT


def percent(part: int, whole: int) -> int:
    """Return a share in whole per cent, rounded half up; 0 of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else 0
