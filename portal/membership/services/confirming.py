"""Storing what matching found, and confirming the matches that are certain and paid (rules.md 5.1)."""

import heapq
import operator
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Table, select

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.matching import number_contributions
from portal.domain.months import month_of
from portal.domain.points import earned_on_signup
from portal.membership.matching import MatchResult, find_history, find_matches
from portal.membership.models import Participant
from portal.membership.queries.candidates import ready
from portal.membership.services.newcomers import load_months, number_newcomers
from portal.membership.services.numbering import number_participants
from portal.membership.services.plain import plain_changes, stage_undecided, store_plain
from portal.organisation.queries import ByMonth, parameter_by_month
from portal.signups.models import SignUp
from portal.signups.services.changing import Change, apply_changes, record_changes, store_changes
from portal.signups.services.decide import Validation, validate_signups

AT_ONCE = 2000
_ACTS = {
    ("reported", "matched"): "signup.matched",
    ("expired", "matched"): "signup.matched",
    ("matched", "reported"): "signup.unmatched",
    ("reported", "rejected"): "signup.rejected",
    ("matched", "rejected"): "signup.rejected",
}


def match_signups(people: Table, *, as_of: date, by: Signature) -> dict[str, int]:
    """Match all open sign-ups with all stored rows and store the results; count the changes.

    The plain ones are stored by one statement, the others are judged one by one; their events follow one another by
    sign-up, whichever way each one went. `people`: the staged people of the extract as of this day.
    """
    counts: defaultdict[str, int] = defaultdict(int)
    undecided = stage_undecided(people, as_of=as_of)
    counts["matched"] += store_plain(undecided)
    changed = heapq.merge(
        plain_changes(undecided), _judged(undecided, counts), key=operator.attrgetter("signup_id")
    )
    for some in bulk.batches(changed):
        record_changes(some, by=by)
    undecided.drop(db.session.connection())
    db.session.expire_all()
    return {act: count for act, count in counts.items() if count}


def _judged(undecided: Table, counts: defaultdict[str, int]) -> Iterator[Change]:
    """Judge the sign-ups that are not plain, store and count what changes, and yield it for the audit trail."""
    for results in find_matches(undecided):
        changes = []
        for found in results:
            act = _ACTS.get((found.signup.status, found.status))
            values, reason = found.values, None
            if found.status == "rejected":
                reason = found.reject_code
                values |= {"is_live": False, "reject_code": found.reject_code}
            changes.append(_change(found, act, reason, values))
            counts[act.removeprefix("signup.") if act else "noted"] += 1
        store_changes(changes)
        yield from changes


def link_history(*, by: Signature) -> dict[str, int]:
    """Link imported validated sign-ups with their participants, so that contributions count; return how many.

    Those that the extract contradicts are held for a person.
    """
    counts = {"linked": 0, "contradicted": 0}
    for results in find_history():
        columns = ("participant_id", "match_tier", "match_import_id", "held_reason")
        known = [found for found in results if found.participant_id is not None]
        changes = [
            _change(found, "signup.linked", None, {name: found.values[name] for name in columns})
            for found in known
        ]
        changes += [_contradicted(found) for found in results if found.participant_id is None]
        apply_changes(changes, by=by)
        number_participants([found.participant_id or 0 for found in known], by=by)
        counts["linked"] += len(known)
        counts["contradicted"] += len(results) - len(known)
    return counts


def _contradicted(found: MatchResult) -> Change:
    act = "signup.contradicted" if found.held_reason else "signup.agreed"
    return _change(found, act, found.held_reason, {"held_reason": found.held_reason})


def _change(found: MatchResult, act: str | None, reason: str | None, values: dict[str, Any]) -> Change:
    return Change(found.signup.id, found.signup.version, found.signup.branch_id, act, reason, values)


def confirm_matches(*, by: Signature) -> Iterator[int]:
    """Validate every match that is ready, whichever extract brought it, a few thousand at a time: yield how many."""
    db.session.flush()
    last = 0
    while rows := bulk.plain_rows(_ready_rows().where(SignUp.id > last).limit(AT_ONCE)).all():
        last = rows[-1].id
        _confirm(rows, by=by)
        yield len(rows)


def confirm_match(*, signup_id: int, by: Signature) -> None:
    """Validate one match; refuse one that is not ready."""
    rows = db.session.execute(_ready_rows().where(SignUp.id == signup_id)).all()
    if not rows:
        raise RuleBroken("membership.not_ready")
    _confirm(rows, by=by)


def _ready_rows() -> Any:
    s = SignUp
    return (
        select(
            s.id,
            s.ref,
            s.version,
            s.cadre_id,
            s.reported_on,
            s.floor_month,
            s.outcome,
            s.participant_id,
            Cadre.branch_id,
            Participant.first_registered_on,
        )
        .join(Cadre, Cadre.id == s.cadre_id)
        .join(Participant, Participant.id == s.participant_id)
        .where(*ready())
        .order_by(s.id)
        .with_for_update(of=SignUp)
    )


def _confirm(rows: Sequence[Row[Any]], *, by: Signature) -> None:
    months, before = load_months({row.participant_id for row in rows}), parameter_by_month("window_before")
    counted = {row.id: _count_months(row, months[row.participant_id], before) for row in rows}
    validations = [
        Validation(
            signup_id=row.id,
            version=row.version,
            branch_id=row.branch_id,
            ref=row.ref,
            cadre_id=row.cadre_id,
            outcome=row.outcome,
            pack=counted[row.id][
                0
            ].pack,  # that of the first month that counts, in the extract (rules.md 5.3)
            earned_on=earned_on_signup(row.reported_on, row.first_registered_on),
        )
        for row in rows
    ]
    validate_signups(validations, by=by)
    number_participants(number_newcomers(rows, months=months, counted=counted), by=by)


def _count_months(signup: Row[Any], months: Sequence[Row[Any]], before: ByMonth) -> list[Row[Any]]:
    """Return the months paid that count for a sign-up, by their numbers from 1."""
    numbered = number_contributions(
        [(one, one.paid_on, one.blth) for one in months],
        reported_on=signup.reported_on,
        window_before=int(before.held_in(month_of(signup.reported_on))),
    )
    return [one for one, _ in numbered]
