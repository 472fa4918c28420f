"""Matching an extract row with a sign-up, judging the sign-up, numbering its contributions (rules.md 2, 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, TypeVar

from portal.domain.months import month_of, months_between, subtract_months
from portal.domain.names import ALIKE_WITH_KPJ, ALIKE_WITH_NIK, name_score

WINDOW_BEFORE = 3  # days before the sign-up's local date (data)
WINDOW_AFTER = 60  # days after it (data)
PAID_MONTHS = 3  # months in which an earlier payment makes someone an existing member (data)
LAST_EARNING_NUMBER = 60  # the contribution month after which nothing is earned (rules.md 5.4)
GRACE_MONTHS = 3  # how many months behind the extract the last paid month of a participant in grace is (data)


@dataclass(frozen=True, slots=True)
class Windows:
    """How many days before and after a sign-up a registration is its own, and how long a payment makes a member."""

    before: int = WINDOW_BEFORE
    after: int = WINDOW_AFTER
    paid_months: int = PAID_MONTHS


USUAL_WINDOWS = Windows()

Verdict = Literal["new", "reactivated", "already_member", "too_late"]
ParticipantStatus = Literal["active", "grace", "lapsed"]
Key = TypeVar("Key")


class Tier(StrEnum):
    """The two tiers at which a sign-up is matched automatically."""

    T1 = "T1"  # NIK and birth date equal, names alike
    T2 = "T2"  # KPJ equal, and birth date equal or names alike


@dataclass(frozen=True, slots=True)
class ReportedWorker:
    """What a cadre reported, reduced to what is compared; numbers are keyed hashes."""

    nik_hash: bytes
    kpj_hash: bytes | None
    birth_date: date
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """The person in an extract row, reduced to what is compared."""

    nik_hash: bytes
    kpj_hash: bytes | None
    birth_date: date
    name: str


def tier(signup: ReportedWorker, row: Person) -> Tier | None:
    """Return the tier of an automatic match, or None: then a person decides (rules.md 5.1).

    T1: NIK and birth date equal and names alike (0.80). T2: KPJ equal and (birth date equal or names alike, 0.85).
    """
    same_birth = signup.birth_date == row.birth_date
    if signup.nik_hash == row.nik_hash and same_birth and name_score(signup.name, row.name) >= ALIKE_WITH_NIK:
        return Tier.T1
    same_card = signup.kpj_hash is not None and signup.kpj_hash == row.kpj_hash
    if same_card and (same_birth or name_score(signup.name, row.name) >= ALIKE_WITH_KPJ):
        return Tier.T2
    return None


def choose_match(compared: Iterable[tuple[Key, Tier | None, str]]) -> tuple[Key | None, str]:
    """Return the participant that a sign-up matches by itself, and the tier; else None and why it waits (rules.md 5.1).

    ``compared``: (participant, tier, reason for waiting without a tier). T1 comes before T2. Several participants
    with T2 wait for a person (match.several). Of several reasons the NIK comes before the card; none is "".
    """
    by_card: list[Key] = []
    reasons: set[str] = set()
    for person, level, reason in compared:
        if level is Tier.T1:
            return person, level.value
        if level is Tier.T2:
            by_card.append(person)
        else:
            reasons.add(reason)
    if len(by_card) == 1:
        return by_card[0], Tier.T2.value
    if by_card:
        return None, "match.several"
    return None, max(reasons, default="")  # match.nik_only before match.kpj_only


def waiting_reason(signup: ReportedWorker, row: Person) -> str:
    """Say why a pair waits for a person: match.nik_only, match.kpj_only or match.none."""
    if signup.nik_hash == row.nik_hash:
        return "match.nik_only"
    if signup.kpj_hash is not None and signup.kpj_hash == row.kpj_hash:
        return "match.kpj_only"
    return "match.none"


def registration_verdict(
    *,
    reported_on: date,
    first_registered_on: date,
    earlier_payments: Iterable[tuple[date, str]],
    beaten_on: date | None = None,
    windows: Windows = USUAL_WINDOWS,
) -> Verdict:
    """Tell new, reactivated, existing member and too late apart (rules.md 5.3, read literally).

    ``earlier_payments``: (paid on, BLTH) of the person in stored extracts; later ones may be among them.
    New: first registered from 3 days before to 60 days after the local date. Later than that: too late (a person
    decides).
    Registered earlier: an existing member if a payment falls into the three calendar months that end on E = local
    date - 4 days (E = 18 October: 19 July to 18 October), or was made before those and covers a month that begins
    after the sign-up's local date; otherwise reactivated.
    ``beaten_on``: the local date of the claim that this one won a dispute against. Payments from 3 days before that
    date belong to the same worker's other claim and make nobody an existing member (rules.md 2).
    """
    if first_registered_on > reported_on + timedelta(days=windows.after):
        return "too_late"
    if first_registered_on >= reported_on - timedelta(days=windows.before):
        return "new"
    end = reported_on - timedelta(days=windows.before + 1)
    start = subtract_months(end, windows.paid_months) + timedelta(days=1)
    own_month = month_of(reported_on)
    ignored = date.max if beaten_on is None else belongs_from(beaten_on, windows.before)
    for paid_on, blth in earlier_payments:
        if paid_on >= ignored:
            continue
        if start <= paid_on <= end or (paid_on < start and blth > own_month):
            return "already_member"
    return "reactivated"


def belongs_from(reported_on: date, window_before: int) -> date:
    """Give the first payment date that counts for a sign-up: 3 days before its local date (rules.md 5.4)."""
    return reported_on - timedelta(days=window_before)


def number_contributions(
    rows: Iterable[tuple[Key, date, str]],
    *,
    reported_on: date,
    window_before: int = WINDOW_BEFORE,
    floor_month: str | None = None,
) -> list[tuple[Key, int]]:
    """Number a participant's paid months 1, 2, 3 … by payment date, then BLTH (rules.md 5.4).

    ``rows``: (id, paid on, BLTH). What was paid more than 3 days before the sign-up's local date belongs to nobody.
    ``floor_month``: for imported history, the oldest month open at the import; payments in earlier months do not
    count. All others get a number, even beyond 60; ``earns`` tells which pay.
    """
    start = belongs_from(reported_on, window_before)
    counted = sorted(
        ((paid_on, blth, key) for key, paid_on, blth in rows if paid_on >= start),
        key=lambda row: row[:2],
    )
    if floor_month is not None:
        counted = [row for row in counted if month_of(row[0]) >= floor_month]
    return [(key, number) for number, (_, _, key) in enumerate(counted, start=1)]


def earns(number: int) -> bool:
    """Tell whether a contribution number earns: 60 is the last one that does."""
    return 1 <= number <= LAST_EARNING_NUMBER


def participant_status(
    *, as_of_month: str, last_paid_month: str | None, grace_months: int = GRACE_MONTHS
) -> ParticipantStatus:
    """Return the status as of the newest extract's month A with last paid month B (rules.md 2).

    Active if B >= A - 1, grace if B >= A - 3 (`grace_months`), else lapsed; never paid counts as lapsed.
    """
    if last_paid_month is None:
        return "lapsed"
    behind = months_between(last_paid_month, as_of_month)
    if behind <= 1:
        return "active"
    return "grace" if behind <= grace_months else "lapsed"
