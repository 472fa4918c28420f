"""Contribution months: which sign-up each one counts for, its number, and the retention points (rules.md 5.4)."""

import operator
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Row, Table, select

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.matching import belongs_from, earns, number_contributions
from portal.domain.months import first_day, month_of
from portal.domain.points import (
    RETENTION_MONTHS,
    earned_on_contribution,
    earned_on_retention,
    months_of_contribution,
    retention_kind,
    retention_points,
    signup_source,
)
from portal.membership.models import Contribution, Participant
from portal.membership.queries.hand_overs import HandOvers, load_hand_overs
from portal.organisation.queries import ByMonth, parameter_by_month
from portal.points.queries import rules_on
from portal.points.services.posting import NewEntry, post_entries, reverse_entry
from portal.signups.models import SignUp
from portal.signups.services.decide import mark_closed

_FIELDS = ("signup_id", "cadre_id", "number", "earned_on", "earned_month")
_NOBODY = (None, None, None, None, None)
_HOLDER = ("signup_id", "cadre_id", "cohort_month", "cohort_branch_id")
_HELD_BY_NOBODY = (None, None, None, None)
_CONTRIBUTIONS = cast("Table", Contribution.__table__)
_PARTICIPANTS = cast("Table", Participant.__table__)
Paid = Row[Any]
ClaimRow = Row[Any]


@dataclass
class _Renumbering:
    """The changes of a renumbering."""

    contributions: list[tuple[Any, ...]] = field(default_factory=list)
    participants: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[NewEntry] = field(default_factory=list)
    lost: set[tuple[str, str]] = field(default_factory=set)
    months: set[tuple[int, str]] = field(default_factory=set)
    rules: dict[date, tuple[int, dict[str, Any]]] = field(default_factory=dict)

    def rules_of(self, day: date) -> tuple[int, dict[str, Any]]:
        """Return the points rules of a day, read once."""
        if day not in self.rules:
            self.rules[day] = rules_on(day)
        return self.rules[day]


def number_participant(*, participant_id: int, by: Signature) -> None:
    """Renumber one participant's contributions."""
    number_participants([participant_id], by=by)


def number_participants(participant_ids: Iterable[int], *, by: Signature) -> None:
    """Renumber the contributions of participants from what is stored, and post the retention points they reach.

    The result depends only on the validated sign-ups, the hand-overs and the contributions: each month belongs to the
    newest sign-up that had begun (3 days before its local date) when it was paid, and numbers start at 1 with each
    sign-up. A hand-over goes on counting, for another cadre. Retention points that are posted stay whose they are:
    an entry never changes. Every closed month whose lines a change may affect is computed again by the next close.
    """
    db.session.flush()
    before = parameter_by_month("window_before")
    for ids in bulk.batches(sorted(set(participant_ids))):
        found = _Renumbering()
        holders = {row.id: tuple(row[1:]) for row in load_holders(ids)}
        claims, paid = _load_claims(ids), _load_paid(ids)
        moves = load_hand_overs(claim.id for mine in claims.values() for claim in mine)
        for participant_id in ids:
            mine = claims.get(participant_id, [])
            holder = _holder(mine, moves, holders[participant_id]) if mine else _HELD_BY_NOBODY
            if holders[participant_id] != holder:
                found.participants.append((participant_id, *holder))
            _number(_Claims(mine, moves), paid.get(participant_id, []), before=before, found=found)
        store_numbers(found.participants, sorted(found.contributions, key=operator.itemgetter(0)))
        post_entries(found.entries, by=by)
        for source, kind in sorted(found.lost):
            reverse_entry(source=source, kind=kind, by=by)
        mark_closed(found.months, at=by.at)
    db.session.expire_all()


def _holder(mine: Sequence[ClaimRow], moves: HandOvers, before: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return whose a participant is: sign-up and cadre of the newest, and the cohort."""
    return (mine[-1].id, moves.present_holder(mine[-1]), *_cohort(mine, before))


def _cohort(mine: Sequence[ClaimRow], before: tuple[Any, ...]) -> tuple[str | None, int | None]:
    """Return the cohort of the sign-up that was new: who comes back by a later one stays in it, in the same branch."""
    new = [claim for claim in mine if claim.outcome == "new"]
    if not new:
        return None, None
    same = before[0] in {claim.id for claim in mine} and before[2] == new[-1].earned_month
    return before[2:] if same else cohort_of(new[-1], new[-1].earned_month)


def cohort_of(claim: ClaimRow, earned_month: str | None) -> tuple[str | None, int | None]:
    """Return month and branch of the cohort that a sign-up's participant belongs to: new workers alone do."""
    return (earned_month, claim.branch_id) if claim.outcome == "new" else (None, None)


def store_numbers(participants: bulk.Rows, contributions: bulk.Rows) -> None:
    """Store for whom participants and their months count: rows of id and new values, in the order of the ids."""
    bulk.update_many(_PARTICIPANTS, _HOLDER, participants)
    bulk.update_many(_CONTRIBUTIONS, _FIELDS, contributions)


def load_holders(ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Lock participants, in order, and load whose they are."""
    return bulk.plain_rows(
        select(Participant.id, *(getattr(Participant, name) for name in _HOLDER))
        .where(bulk.one_of(Participant.id, ids))
        .order_by(Participant.id)
        .with_for_update(),
    ).all()


def _load_claims(ids: Sequence[int]) -> dict[int, list[ClaimRow]]:
    """Load each participant's validated sign-ups, newest last; references decide ties, bytewise.

    The status is looked at here: asked for it, SQLite goes through all validated sign-ups.
    """
    rows = bulk.plain_rows(
        select(
            SignUp.id,
            SignUp.ref,
            SignUp.participant_id,
            SignUp.cadre_id,
            SignUp.reported_on,
            SignUp.floor_month,
            SignUp.earned_month,
            SignUp.status,
            SignUp.outcome,
            Cadre.branch_id,
        )
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(bulk.one_of(SignUp.participant_id, ids)),
    )
    found: defaultdict[int, list[ClaimRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.reported_on, row.ref.encode())):
        if row.status == "validated":
            found[row.participant_id].append(row)
    return found


def _load_paid(ids: Sequence[int]) -> dict[int, list[Paid]]:
    c = Contribution
    stored = (getattr(c, name) for name in _FIELDS)
    rows = bulk.plain_rows(
        select(c.id, c.participant_id, c.blth, c.paid_on, SignUp.reported_on, *stored)
        .outerjoin(SignUp, SignUp.id == c.signup_id)
        .where(bulk.one_of(c.participant_id, ids))
    )
    found: defaultdict[int, list[Paid]] = defaultdict(list)
    for row in rows:
        found[row.participant_id].append(row)
    return found


@dataclass(frozen=True)
class _Claims:
    """One participant's validated sign-ups, newest last, and their hand-overs."""

    rows: Sequence[ClaimRow]
    moves: HandOvers


def _number(given: _Claims, paid: Sequence[Paid], *, before: ByMonth, found: _Renumbering) -> None:
    """Number one participant's months and collect what differs from what is stored."""
    now: dict[int, tuple[Any, ...]] = {}
    reached: set[tuple[str, str]] = set()
    by_id = {row.id: row for row in paid}
    claims = given.rows
    for place, claim in enumerate(claims):
        later = claims[place + 1] if place + 1 < len(claims) else None
        end = belongs_from(later.reported_on, _days(before, later)) if later else date.max
        rows = [(row.id, row.paid_on, row.blth) for row in paid if row.paid_on < end]
        numbered = number_contributions(
            rows,
            reported_on=claim.reported_on,
            window_before=_days(before, claim),
            floor_month=claim.floor_month,
        )
        for key, number in numbered:
            cadre_id = given.moves.holder_on(claim, by_id[key].paid_on)
            now[key] = values_of(claim, by_id[key], number, cadre_id=cadre_id)
            if number in RETENTION_MONTHS:
                entry = _retention(claim, by_id[key], number, cadre_id=cadre_id, found=found)
                found.entries.append(entry)
                reached.add((entry.source, entry.kind))
    _collect_changes({claim.id: claim for claim in claims}, paid, now, found)
    found.lost -= reached


def _collect_changes(
    claims: dict[int, ClaimRow], paid: Sequence[Paid], now: dict[int, tuple[Any, ...]], found: _Renumbering
) -> None:
    """Collect the contributions that count differently than stored, and every month this affects."""
    for row in paid:
        stored, wanted = tuple(row[-len(_FIELDS) :]), now.get(row.id, _NOBODY)
        if stored == wanted:
            continue
        found.contributions.append((row.id, *wanted))
        for signup_id, cadre_id, number, *_ in (stored, wanted):
            if cadre_id is not None:
                found.months |= _months_of(row, cadre_id, number, claims.get(signup_id), row.reported_on)
        if stored[2] in RETENTION_MONTHS and stored[0] in claims:
            found.lost.add((signup_source(claims[stored[0]].ref), retention_kind(stored[2])))


def mark_counted(contribution: Contribution, *, at: datetime) -> None:
    """Mark the closed months that a contribution counts in for another computation, before its row changes."""
    if contribution.cadre_id is None:
        return
    claim = db.session.get(SignUp, contribution.signup_id) if contribution.signup_id else None
    mark_closed(_months_of(contribution, contribution.cadre_id, contribution.number, claim), at=at)


def _months_of(
    paid: Paid | Contribution,
    cadre_id: int,
    number: int | None,
    claim: ClaimRow | SignUp | None,
    reported_on: date | None = None,
) -> set[tuple[int, str]]:
    """List whose months a contribution counts in under a number; `reported_on` is for one without a claim."""
    since = reported_on or paid.paid_on if claim is None else claim.reported_on
    months = {(cadre_id, month) for month in months_of_contribution(paid.paid_on, paid.blth, since)}
    if claim is not None and number == 1 and claim.earned_month is not None:
        # The pack of contribution 1 decides the fee, which stays with who signed the worker up.
        months.add((claim.cadre_id, claim.earned_month))
    return months


def _days(before: ByMonth, claim: ClaimRow) -> int:
    """Return how many days before a sign-up's local date its payments begin to count, as of that date's month."""
    return int(before.held_in(month_of(claim.reported_on)))


def values_of(claim: ClaimRow, row: Paid, number: int, *, cadre_id: int) -> tuple[Any, ...]:
    """Return the stored values of a month counted for a cadre; beyond number 60 nobody earns from it."""
    if not earns(number):
        return (claim.id, cadre_id, number, None, None)
    earned_on = earned_on_contribution("receipt", row.paid_on, row.blth, claim.reported_on)
    return (claim.id, cadre_id, number, earned_on, month_of(earned_on))


def _retention(claim: ClaimRow, row: Paid, number: int, *, cadre_id: int, found: _Renumbering) -> NewEntry:
    """Make the entry of a retention step; if its month has not begun, posting lets it wait."""
    earned_on = earned_on_retention(first_day(row.blth), row.paid_on)
    version, rules = found.rules_of(earned_on)
    points = retention_points(rules, number)
    kind = retention_kind(number)
    return NewEntry(cadre_id, kind, signup_source(claim.ref), points, version, earned_on)
