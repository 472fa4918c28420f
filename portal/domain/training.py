"""Training of cadres: exams drawn by a seed, attendance by a code, certificates, activation (rules.md 10)."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from portal.domain.errors import RuleBroken
from portal.domain.months import add_months, first_day, last_day, month_of, subtract_months

CODE_SECONDS: Final = 60  # the screen shows a new code each minute
ADULT_YEARS: Final = 18
PAYMENT_MONTHS: Final = 3  # a candidate has paid for themselves within this many months

CertificateState = Literal["valid", "ending", "expired", "ended"]
Presence = Literal["present", "late", "excused", "absent", "open"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a bank; the first answer is the right one."""

    code: str
    lesson: str
    text: str
    answers: tuple[str, ...]
    explanation: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as an attempt shows it: `order` are the places of its answers in the bank, in the order shown."""

    question: Question
    order: tuple[int, ...]


def _rank(seed: str, *words: str) -> bytes:
    """Return where something stands in the order of a seed: the same in every version of Python."""
    return hashlib.sha256("\x00".join((seed, *words)).encode()).digest()


def draw(seed: str, bank: Iterable[Question], n: int) -> list[Asked]:
    """Draw n questions and the order of their answers by a seed, as evenly from the lessons as they allow.

    The same seed and bank always give the same exam; a bank with fewer questions is asked whole.
    """
    by_lesson: dict[str, list[Question]] = defaultdict(list)
    for question in sorted(bank, key=lambda one: _rank(seed, "question", one.code)):
        by_lesson[question.lesson].append(question)
    lessons = sorted(by_lesson, key=lambda lesson: _rank(seed, "lesson", lesson))
    rounds = max((len(questions) for questions in by_lesson.values()), default=0)
    drawn = [
        by_lesson[name][turn] for turn in range(rounds) for name in lessons if turn < len(by_lesson[name])
    ]
    chosen = sorted(drawn[:n], key=lambda one: _rank(seed, "place", one.code))
    return [Asked(question, _order(seed, question)) for question in chosen]


def _order(seed: str, question: Question) -> tuple[int, ...]:
    places = range(len(question.answers))
    return tuple(sorted(places, key=lambda place: _rank(seed, "answer", question.code, str(place))))


@dataclass(frozen=True, slots=True)
class Mark:
    """How an attempt went: right answers of those asked, the score out of 100 (rounded down), whether it passed."""

    right: int
    asked: int
    score: int
    passed: bool


def mark(chosen: Sequence[int | None], *, pass_mark: int) -> Mark:
    """Mark an attempt: `chosen` are the places in the bank of the answers given, None where nothing was said."""
    right, asked = sum(place == 0 for place in chosen), len(chosen)
    score = right * 100 // asked if asked else 0
    return Mark(right, asked, score, passed=asked > 0 and right * 100 >= pass_mark * asked)


def next_try(begun: Iterable[datetime], *, now: datetime, tries: int, days: int) -> datetime | None:
    """Return from when a further attempt may begin; None: now. `begun` are the beginnings of earlier attempts."""
    counted = sorted(at for at in begun if at > now - timedelta(days=days))
    if len(counted) < tries:
        return None
    return counted[len(counted) - tries] + timedelta(days=days)


def code_of(secret: bytes, at: datetime) -> str:
    """Return the six digits that the trainer's screen shows in the minute of an instant."""
    minute = int(at.timestamp()) // CODE_SECONDS
    digest = hmac.digest(secret, str(minute).encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def code_holds(secret: bytes, code: str, at: datetime) -> bool:
    """Tell whether a code is that of the present minute, or of the one before: who scans needs time to send it."""
    shown = [code_of(secret, at), code_of(secret, at - timedelta(seconds=CODE_SECONDS))]
    return any(hmac.compare_digest(one.encode(), code.encode()) for one in shown)


def presence(
    *, attended_at: datetime | None, excused: bool, starts_at: datetime, ends_at: datetime,
    now: datetime, late_minutes: int,
) -> Presence:  # fmt: skip
    """Say how somebody stands to a session: present, late, excused, absent, or open while it is still to come."""
    if attended_at is not None:
        late = attended_at > starts_at + timedelta(minutes=late_minutes)
        return "late" if late else "present"
    if excused:
        return "excused"
    return "absent" if now > ends_at else "open"


def valid_until(issued_on: date, months: int) -> date:
    """Return the last day of a certificate: the same day so many months on, or that month's last day."""
    month = add_months(month_of(issued_on), months)
    return min(last_day(month), first_day(month) + timedelta(days=issued_on.day - 1))


def submits_until(until: date, grace_days: int) -> date:
    """Return the last day on which who holds a certificate may submit (rules.md 10.3)."""
    return until + timedelta(days=grace_days)


def certificate_state(*, until: date, grace_days: int, today: date) -> CertificateState:
    """Say how a certificate stands: valid, ending (so many days before its end), expired, or ended after the grace."""
    if today <= until:
        return "ending" if today > until - timedelta(days=grace_days) else "valid"
    return "expired" if today <= submits_until(until, grace_days) else "ended"


def is_ending(until: date | None, submits: date | None, today: date) -> bool:
    """Tell whether a certificate ends soon or has ended: as long before its end as one may submit after it."""
    return until is not None and submits is not None and today > until - (submits - until)


def is_adult(birth_date: date, today: date) -> bool:
    """Tell whether somebody is 18 years old on a day; who was born on 29 February is on 1 March of other years."""
    passed = today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
    return passed >= ADULT_YEARS


def paid_since(today: date) -> date:
    """Return the first day of a payment that makes a candidate a paying participant (rules.md 10.4)."""
    return subtract_months(today, PAYMENT_MONTHS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a candidate on the day of the activation; `paid_on`: the newest payment for their own NIK."""

    certified_until: date | None
    birth_date: date | None
    nik_known: bool
    paid_on: date | None


def obstacles_to_activation(candidate: Candidate, *, today: date) -> list[str]:
    """List why a candidate may not become active yet, in the order in which one would mend it (rules.md 10.4)."""
    born = candidate.birth_date
    unpaid = candidate.paid_on is None or candidate.paid_on < paid_since(today)
    found = {
        "not_certified": candidate.certified_until is None,
        "certificate_over": candidate.certified_until is not None and candidate.certified_until < today,
        "no_birth_date": born is None,
        "too_young": born is not None and not is_adult(born, today),
        "no_nik": not candidate.nik_known,
        "not_paying": candidate.nik_known and unpaid,
    }
    return [obstacle for obstacle, stands in found.items() if stands]


def initials(name: str) -> str:
    """Return the initials of a name, for a certificate whose owner does not want the name shown: Siti Aminah → S. A."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())


def training_source(course: str, cadre: str) -> str:
    """Name the first pass of a course as the source of a ledger entry, by the codes of course and cadre."""
    return f"training:{course}:{cadre}"


@dataclass(frozen=True, slots=True)
class Hours:
    """When a session of a cohort begins and ends: two instants."""

    starts_at: datetime
    ends_at: datetime


MAX_SESSION_HOURS: Final = 12
MAX_SESSIONS: Final = 10


def check_hours(sessions: Sequence[Hours], *, least: int, now: datetime) -> None:
    """Raise RuleBroken unless the sessions are enough, of possible length, to come, in order and without overlap."""
    if not least <= len(sessions) <= MAX_SESSIONS:
        raise RuleBroken("cohort.sessions", {"least": least, "most": MAX_SESSIONS})
    for session in sessions:
        if not timedelta() < session.ends_at - session.starts_at <= timedelta(hours=MAX_SESSION_HOURS):
            raise RuleBroken("cohort.hours", {"most": MAX_SESSION_HOURS})
    if sessions[0].starts_at <= now:
        raise RuleBroken("cohort.in_past")
    if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(sessions)):
        raise RuleBroken("cohort.order")


def needs_call(
    *, stood: Sequence[Presence], scores: Sequence[int], passed: bool, left: bool, over: bool
) -> str | None:
    """Say why the branch should call somebody of a cohort: absent, tries used up, or no exam by the end; None: no need.

    `stood`: how they stand to each session. `scores`: of their exams since the first one; `left`: they may try again
    now. `over`: the last session ended.
    """
    if "absent" in stood:
        return "absent"
    if passed:
        return None
    if scores and not left:
        return "tries"
    if over:
        return "failed" if scores else "not_begun"
    return None
