"""Storing what matching found, and linking imported history with its participants (rules.md 5.1)."""

import heapq
import operator
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Table

from portal.database import bulk
from portal.database.extensions import db
from portal.database.steps import Steps
from portal.domain.actors import Signature
from portal.membership.matching import MatchResult, find_history, find_matches
from portal.membership.queries.undecided import lock_open_signups
from portal.membership.services.numbering import number_participants
from portal.membership.services.plain import plain_changes, stage_undecided, store_plain
from portal.membership.services.results import Application
from portal.signups.services.changing import Change, apply_changes, record_changes, store_changes

_ACTS = {
    ("reported", "matched"): "signup.matched",
    ("expired", "matched"): "signup.matched",
    ("matched", "reported"): "signup.unmatched",
    ("reported", "rejected"): "signup.rejected",
    ("matched", "rejected"): "signup.rejected",
}


def match_signups(people: Table, *, as_of: date, done: Application, by: Signature) -> Steps[None]:
    """Match all open sign-ups with all stored rows and store the results, some thousand at a time; count the changes.

    `people`: the staged people of the extract as of this day.
    """
    lock_open_signups()
    last: int | None = 0
    while last is not None:
        with bulk.looked_up():
            last = _match_some(people, after=last, as_of=as_of, done=done, by=by)
        if last is not None:
            yield


def _match_some(people: Table, *, after: int, as_of: date, done: Application, by: Signature) -> int | None:
    """Match the next open sign-ups; return the one to go on after, None after the last one."""
    found = stage_undecided(people, after=after, as_of=as_of)
    if found is None:
        return None
    undecided, last = found
    done.add(_match(undecided, by=by))
    return last


def _match(undecided: Table, *, by: Signature) -> dict[str, int]:
    """Match the staged sign-ups: the plain ones are stored by one statement, the others are judged one by one.

    Their events follow one another by sign-up, whichever way each one went.
    """
    counts: defaultdict[str, int] = defaultdict(int)
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


def link_history(*, done: Application, by: Signature) -> Steps[None]:
    """Link imported validated sign-ups with their participants, so that contributions count; count how many.

    Those that the extract contradicts are held for a person.
    """
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
        done.add({"linked": len(known), "contradicted": len(results) - len(known)})
        yield


def _contradicted(found: MatchResult) -> Change:
    act = "signup.contradicted" if found.held_reason else "signup.agreed"
    return _change(found, act, found.held_reason, {"held_reason": found.held_reason})


def _change(found: MatchResult, act: str | None, reason: str | None, values: dict[str, Any]) -> Change:
    return Change(found.signup.id, found.signup.version, found.signup.branch_id, act, reason, values)
