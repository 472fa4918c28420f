"""Who of the extract a sign-up is: open sign-ups against all stored rows, by T1 and T2 alone (rules.md 5.1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from portal import bulk, vault
from portal.domain.matching import (
    Claim,
    Person,
    Tier,
    Verdict,
    registration_verdict,
    tier,
    waiting_reason,
)
from portal.domain.months import month_of
from portal.extensions import db
from portal.membership.queries.candidates import (
    list_candidates,
    list_claimed,
    list_payments,
    open_signup_rows,
    signup_rows,
)
from portal.points.queries import ByMonth, parameter_by_month
from portal.signups.models import SignUp

_STEP = 2000
_HELD_BY_ACTIVITY = {"returned": "activity_returned", "rejected": "activity_rejected"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the stored rows say about a sign-up; `values` are the columns that hold it."""

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
        """Return the columns of the finding."""
        return {
            "status": self.status,
            "held_reason": self.held_reason,
            "participant_id": self.participant_id,
            "match_tier": self.match_tier,
            "match_import_id": self.match_import_id,
            "outcome": self.outcome,
        }

    @property
    def is_news(self) -> bool:
        """Tell whether anything differs from what is stored; who brought an equal match stays."""
        stored = self.signup
        return bool(
            stored.status != self.status
            or stored.held_reason != self.held_reason
            or stored.participant_id != self.participant_id
            or stored.match_tier != self.match_tier
            or stored.outcome != self.outcome
        )


@dataclass(frozen=True)
class Windows:
    """The numbers of the rules that matching needs (data), as they hold in the month of a sign-up's local date."""

    before: ByMonth
    after: ByMonth
    paid_months: ByMonth

    def verdict(self, signup: Any, person: Any, payments: Iterable[tuple[date, str]]) -> Verdict:
        """Tell new, reactivated, already a member and too late apart for a sign-up and a participant."""
        month = month_of(signup.reported_on)
        return registration_verdict(
            reported_on=signup.reported_on,
            first_registered_on=person.first_registered_on,
            earlier_payments=payments,
            beaten_on=signup.beaten_on,
            window_before=int(self.before.held_in(month)),
            window_after=int(self.after.held_in(month)),
            paid_months=int(self.paid_months.held_in(month)),
        )


def read_windows() -> Windows:
    """Read them with the months from which they hold."""
    return Windows(
        before=parameter_by_month("window_before"),
        after=parameter_by_month("window_after"),
        paid_months=parameter_by_month("reactivation_months"),
    )


def find_matches() -> Iterator[list[Finding]]:
    """Yield in parts what differs for the open sign-ups; each part is held until the transaction ends."""
    db.session.flush()
    windows = read_windows()
    last = 0
    while True:
        signups = bulk.plain_rows(open_signup_rows().where(SignUp.id > last).limit(_STEP)).all()
        if not signups:
            return
        last = signups[-1].id
        free = [row for row in signups if not row.held_by_person and row.match_tier != "hand"]
        yield [finding for finding in _judge_all(free, windows) if finding.is_news]


def find_history() -> Iterator[list[Finding]]:
    """Yield in parts the imported validated sign-ups that an extract now knows, each with its participant.

    Also those that it contradicts: they stay unlinked and say why a person has to look, unless one has.
    """
    db.session.flush()
    last = 0
    wanted = (SignUp.status == "validated", SignUp.participant_id.is_(None))
    while True:
        query = signup_rows().where(*wanted, SignUp.id > last).order_by(SignUp.id).limit(_STEP)
        signups = bulk.plain_rows(query.with_for_update(of=SignUp)).all()
        if not signups:
            return
        last = signups[-1].id
        pairs = list_candidates(signups)
        found = []
        for signup in signups:
            chosen, level = _choose(signup, pairs.get(signup.id, []))
            if chosen is not None:
                found.append(_finding(signup, "validated", chosen, level, signup.outcome, None))
            elif not signup.held_by_person and (level or None) != signup.held_reason:
                found.append(Finding(signup, "validated", level or None))
        yield found


def _tier(signup: Row[Any], row: Row[Any]) -> tuple[Tier | None, str]:
    """Compare a sign-up with a participant; without a tier, say why a person has to look."""
    claim = Claim(bytes(signup.nik_hash), _bytes(signup.kpj_hash), signup.birth_date, signup.name)
    name = vault.unseal(row.name_sealed)
    person = Person(bytes(row.nik_hash), _bytes(row.kpj_hash), row.birth_date, name)
    level = tier(claim, person)
    return level, "" if level else waiting_reason(claim, person)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _choose(signup: Row[Any], candidates: Sequence[Row[Any]]) -> tuple[Row[Any] | None, str]:
    """Choose the participant that matches by itself and its tier; else say why a person has to look."""
    reasons, by_card = set(), []
    for row in candidates:
        level, reason = _tier(signup, row)
        if level is Tier.T1:
            return row, "T1"
        if level is Tier.T2:
            by_card.append(row)
        else:
            reasons.add(reason)
    if len(by_card) == 1:
        return by_card[0], "T2"
    if by_card:
        return None, "match.several"
    return None, max(reasons, default="")  # match.nik_only before match.kpj_only


def _judge_all(signups: Sequence[Row[Any]], windows: Windows) -> Iterator[Finding]:
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


def _unmatched(signup: Row[Any], reason: str) -> Finding:
    held = reason or _HELD_BY_ACTIVITY.get(signup.activity_status)
    status = "reported" if signup.status == "matched" else signup.status
    return Finding(signup, status, held)


def _matched(signup: Row[Any], person: Row[Any], level: str, verdict: str, *, taken: bool) -> Finding:
    """Say what becomes of a sign-up that matches by itself: ready, held for a person, or rejected.

    A disputed one keeps its state until the dispute is decided; an expired one is matched for a person.
    """
    if verdict == "already_member":
        if signup.status in {"disputed", "expired"}:
            return Finding(signup, signup.status)
        return _finding(signup, "rejected", person, level, None, None, reject_code="already_member")
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
    return _finding(signup, status, person, level, outcome, held)


def _finding(
    signup: Row[Any],
    status: str,
    person: Row[Any],
    level: str,
    outcome: str | None,
    held: str | None,
    *,
    reject_code: str | None = None,
) -> Finding:
    return Finding(
        signup,
        status,
        held,
        participant_id=person.id,
        match_tier=level,
        match_import_id=person.import_id,
        outcome=outcome,
        reject_code=reject_code,
    )
