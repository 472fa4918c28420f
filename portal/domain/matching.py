"""Who an extract row is, what becomes of the sign-up, which contribution month it is (rules.md 2, 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, TypeVar

from portal.domain.months import add_months, last_day, month_of, months_between, subtract_months
from portal.domain.names import ALIKE_WITH_KPJ, ALIKE_WITH_NIK, name_score

WINDOW_BEFORE = 3  # days before the sign-up's local date (data)
WINDOW_AFTER = 60  # days after it (data)
PAID_MONTHS = 3  # months in which a payment makes an already-member (data)
LAST_EARNING_NUMBER = 60  # the contribution month after which nothing is earned (rules.md 5.4)
EXPIRES_AFTER_MONTHS = 3  # full months without a match (data)
EXPIRES_AFTER_EXTRACTS = 2
GRACE_MONTHS = 3

Verdict = Literal["new", "reactivated", "already_member", "too_late"]
ParticipantStatus = Literal["active", "grace", "lapsed"]
Key = TypeVar("Key")


class Tier(StrEnum):
    """The two ways in which a sign-up is matched by itself."""

    T1 = "T1"  # NIK and birth date equal, names alike
    T2 = "T2"  # KPJ equal, and birth date equal or names alike


@dataclass(frozen=True, slots=True)
class Claim:
    """What a cadre reported, as far as it is compared; numbers are keyed hashes."""

    nik_hash: bytes
    kpj_hash: bytes | None
    birth_date: date
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who an extract row speaks of, as far as it is compared."""

    nik_hash: bytes
    kpj_hash: bytes | None
    birth_date: date
    name: str


def tier(signup: Claim, row: Person) -> Tier | None:
    """Give the tier that matches by itself, or None: then a person decides (rules.md 5.1).

    T1: NIK and birth date equal and names alike (0.80).
    T2: KPJ equal and (birth date equal or names alike, 0.85).
    """
    same_birth = signup.birth_date == row.birth_date
    if signup.nik_hash == row.nik_hash and same_birth and name_score(signup.name, row.name) >= ALIKE_WITH_NIK:
        return Tier.T1
    same_card = signup.kpj_hash is not None and signup.kpj_hash == row.kpj_hash
    if same_card and (same_birth or name_score(signup.name, row.name) >= ALIKE_WITH_KPJ):
        return Tier.T2
    return None


def waiting_reason(signup: Claim, row: Person) -> str:
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
    window_before: int = WINDOW_BEFORE,
    window_after: int = WINDOW_AFTER,
    paid_months: int = PAID_MONTHS,
) -> Verdict:
    """Tell new, reactivated, already a member and too late apart (rules.md 5.3, read literally).

    ``earlier_payments``: (paid on, BLTH) of the person in stored extracts; later ones may be among them.
    New: first registered from 3 days before to 60 days after the local date. Later than that: too late
    (a person decides). Earlier: already a member if a payment falls into the three calendar months that
    end on E = local date - 4 days (with E = 18 October: 19 July to 18 October), or was made before those
    and covers a month that begins after the sign-up's local date; otherwise reactivated.
    ``beaten_on``: the local date of the claim that it won a dispute against; what was paid from 3 days
    before that on was paid by that claim's worker and makes nobody an already member (rules.md 2).
    """
    if first_registered_on > reported_on + timedelta(days=window_after):
        return "too_late"
    if first_registered_on >= reported_on - timedelta(days=window_before):
        return "new"
    end = reported_on - timedelta(days=window_before + 1)
    start = subtract_months(end, paid_months) + timedelta(days=1)
    own_month = month_of(reported_on)
    ignored = date.max if beaten_on is None else belongs_from(beaten_on, window_before)
    for paid_on, blth in earlier_payments:
        if paid_on >= ignored:
            continue
        if start <= paid_on <= end or (paid_on < start and blth > own_month):
            return "already_member"
    return "reactivated"


def belongs_from(reported_on: date, window_before: int = WINDOW_BEFORE) -> date:
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

    ``rows``: (id, paid on, BLTH). What was paid more than 3 days before the sign-up's local date belongs
    to nobody. ``floor_month``: for imported history, the oldest month open at the import; what was paid
    in a month before it does not count. All others are numbered, also beyond 60, which ``earns`` tells.
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
    """Tell whether a contribution number earns: 60 is the last that does."""
    return 1 <= number <= LAST_EARNING_NUMBER


def participant_status(*, as_of_month: str, last_paid_month: str | None) -> ParticipantStatus:
    """Give the status as of the newest extract's month A with last paid month B (rules.md 2).

    Active if B >= A - 1, grace if B >= A - 3, else lapsed; nothing ever paid counts as lapsed.
    """
    if last_paid_month is None:
        return "lapsed"
    behind = months_between(last_paid_month, as_of_month)
    if behind <= 1:
        return "active"
    return "grace" if behind <= GRACE_MONTHS else "lapsed"


def expires(
    *, reported_on: date, as_of: date, extracts_after: int, months: int = EXPIRES_AFTER_MONTHS
) -> bool:
    """Tell whether an unmatched sign-up expires with an applied extract as of this day (rules.md 2).

    Reported in October: from an extract as of 31 January on (November, December, January are full), once
    at least two extracts as of a day after the sign-up's local date have been applied, this one included.
    """
    due = last_day(add_months(month_of(reported_on), months))
    return as_of >= due and extracts_after >= EXPIRES_AFTER_EXTRACTS


def count_extracts_after(as_of_days: Collection[date], reported_on: date) -> int:
    """Count the applied extracts as of a day after the sign-up's local date."""
    return sum(as_of > reported_on for as_of in as_of_days)
