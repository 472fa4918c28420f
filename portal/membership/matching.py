"""Matching open sign-ups with all stored extract rows, by tiers T1 and T2 alone (rules.md 5.1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Table

from portal import vault
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.matching import (
    Person,
    ReportedWorker,
    Tier,
    Verdict,
    Windows,
    choose_match,
    registration_verdict,
    tier,
    waiting_reason,
)
from portal.domain.months import month_of
from portal.membership.queries.candidates import (
    list_candidates,
    list_claimed,
    list_payments,
    signup_rows,
)
from portal.organisation.queries import ByMonth, parameter_by_month
from portal.signups.models import SignUp

AT_ONCE = 2000
_HELD_BY_ACTIVITY = {"returned": "activity_returned", "rejected": "activity_rejected"}


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What the stored rows say about a sign-up; `values` are the columns that store it."""

    signup: Row[Any]
    status: str
    held_reason: str | None = None
    participant_id: int | None = None
    match_tier: str | None = None
    match_import_id: int | None = None
    outcome: str | None = None
    reject_code: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """Return the columns of the result."""
        return {
            "status": self.status,
            "held_reason": self.held_reason,
            "participant_id": self.participant_id,
            "match_tier": self.match_tier,
            "match_import_id": self.match_import_id,
            "outcome": self.outcome,
        }

    @property
    def differs(self) -> bool:
        """Tell whether anything differs from what is stored; an equal match keeps the import that brought it."""
        stored = self.signup
        return bool(
            stored.status != self.status
            or stored.held_reason != self.held_reason
            or stored.participant_id != self.participant_id
            or stored.match_tier != self.match_tier
            or stored.outcome != self.outcome
        )


@dataclass(frozen=True)
class WindowsByMonth:
    """The parameters that matching needs, as they hold in the month of a sign-up's local date."""

    before: ByMonth
    after: ByMonth
    paid_months: ByMonth

    def verdict(self, signup: Any, person: Any, payments: Iterable[tuple[date, str]]) -> Verdict:
        """Tell new, reactivated, existing member and too late apart for a sign-up and a participant."""
        month = month_of(signup.reported_on)
        return registration_verdict(
            reported_on=signup.reported_on,
            first_registered_on=person.first_registered_on,
            earlier_payments=payments,
            beaten_on=signup.beaten_on,
            windows=Windows(
                before=int(self.before.held_in(month)),
                after=int(self.after.held_in(month)),
                paid_months=int(self.paid_months.held_in(month)),
            ),
        )


def read_windows() -> WindowsByMonth:
    """Read the parameters with the months from which they hold."""
    return WindowsByMonth(
        before=parameter_by_month("window_before"),
        after=parameter_by_month("window_after"),
        paid_months=parameter_by_month("reactivation_months"),
    )


def find_matches(undecided: Table) -> Iterator[list[MatchResult]]:
    """Yield, in batches, the staged sign-ups that are not plain and whose result differs."""
    windows = read_windows()
    last = 0
    while True:
        query = signup_rows().join(undecided, undecided.c.id == SignUp.id)
        query = query.where(undecided.c.plain == 0, undecided.c.id > last).order_by(undecided.c.id)
        signups = bulk.plain_rows(query.limit(AT_ONCE)).all()
        if not signups:
            return
        last = signups[-1].id
        yield [result for result in _judge_all(signups, windows) if result.differs]


def find_history() -> Iterator[list[MatchResult]]:
    """Yield, in batches, the imported validated sign-ups that an extract now knows, each with its participant.

    Those that the extract contradicts are included: they stay unlinked and say why a person has to look, unless one
    has.
    """
    db.session.flush()
    last = 0
    wanted = (SignUp.status == "validated", SignUp.participant_id.is_(None))
    while True:
        query = signup_rows().where(*wanted, SignUp.id > last).order_by(SignUp.id).limit(AT_ONCE)
        signups = bulk.plain_rows(query.with_for_update(of=SignUp)).all()
        if not signups:
            return
        last = signups[-1].id
        pairs = list_candidates(signups)
        found = []
        for signup in signups:
            chosen, level = _choose(signup, pairs.get(signup.id, []))
            if chosen is not None:
                link = _link(chosen, level)
                found.append(MatchResult(signup, "validated", outcome=signup.outcome, **link))
            elif not signup.held_by_person and (level or None) != signup.held_reason:
                found.append(MatchResult(signup, "validated", level or None))
        yield found


def _tier(signup: Row[Any], row: Row[Any]) -> tuple[Tier | None, str]:
    """Compare a sign-up with a participant; without a tier, say why a person has to look."""
    claim = ReportedWorker(bytes(signup.nik_hash), _bytes(signup.kpj_hash), signup.birth_date, signup.name)
    name = vault.unseal(row.name_sealed)
    person = Person(bytes(row.nik_hash), _bytes(row.kpj_hash), row.birth_date, name)
    level = tier(claim, person)
    return level, "" if level else waiting_reason(claim, person)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _choose(signup: Row[Any], candidates: Sequence[Row[Any]]) -> tuple[Row[Any] | None, str]:
    """Choose the participant that matches automatically, and the tier; otherwise say why a person has to look."""
    return choose_match((row, *_tier(signup, row)) for row in candidates)


def _judge_all(signups: Sequence[Row[Any]], windows: WindowsByMonth) -> Iterator[MatchResult]:
    pairs = list_candidates(signups)
    chosen = {row.id: _choose(row, pairs.get(row.id, [])) for row in signups}
    matched = [row for row in signups if chosen[row.id][0] is not None]
    earlier = list_payments(
        {
            person.id
            for row in matched
            if (person := chosen[row.id][0]) is not None and person.first_registered_on < row.reported_on
        },
    )
    claimed = list_claimed(
        [(row.id, person) for row in matched if (person := _by_card(chosen[row.id])) is not None]
    )
    for row in signups:
        person, level = chosen[row.id]
        if person is None:
            yield _unmatched(row, level)
            continue
        verdict = windows.verdict(row, person, earlier.get(person.id, ()))
        yield _matched(row, person, level, verdict, taken=row.id in claimed)


def _by_card(choice: tuple[Row[Any] | None, str]) -> Row[Any] | None:
    person, level = choice
    return person if level == "T2" else None


def _unmatched(signup: Row[Any], reason: str) -> MatchResult:
    held = reason or _HELD_BY_ACTIVITY.get(signup.activity_status)
    status = "reported" if signup.status == "matched" else signup.status
    return MatchResult(signup, status, held)


def _matched(signup: Row[Any], person: Row[Any], level: str, verdict: str, *, taken: bool) -> MatchResult:
    """Return the result of an automatic match: ready, held for a person, or rejected.

    A disputed sign-up stays disputed until a person decides; an expired one is matched but held for a person.
    """
    if verdict == "already_member":
        if signup.status in {"disputed", "expired"}:
            return MatchResult(signup, signup.status)
        return MatchResult(signup, "rejected", reject_code="already_member", **_link(person, level))
    outcome = "new" if verdict == "too_late" else verdict
    credited = person.signup_id is not None and person.signup_id != signup.id
    if verdict == "too_late":
        held: str | None = "match.late"
    elif taken or (credited and verdict == "new"):
        held = "match.taken"
    elif signup.status == "expired" or signup.held_reason == "match.expired":
        held = "match.expired"
    else:
        held = _HELD_BY_ACTIVITY.get(signup.activity_status)
    status = signup.status if signup.status == "disputed" else "matched"
    return MatchResult(signup, status, held, outcome=outcome, **_link(person, level))


def _link(person: Row[Any], level: str) -> dict[str, Any]:
    """Return the columns that link a sign-up with the participant it matches."""
    return {"participant_id": person.id, "match_tier": level, "match_import_id": person.import_id}
