"""Announcing a challenge, changing it until it begins, cancelling it (rules.md 11.4)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import update

from portal import audit
from portal.contests.models import Challenge
from portal.contests.queries.badges import find_badge
from portal.contests.queries.challenges import find_challenge_by_code, lock_arranged
from portal.contests.queries.scopes import zones_of
from portal.database.extensions import db
from portal.database.guarded import change_one
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import local_date
from portal.domain.names import check_reason
from portal.domain.recognition.challenges import MODES, ChallengeFacts, Place, check_counts, check_window
from portal.organisation.queries import get_branch, sees_nation

ARRANGERS: Final = frozenset({"supervisor", "admin"})
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{1,23}")


def announce_challenge(*, code: str, place: Place, facts: ChallengeFacts, by: Signature) -> Challenge:
    """Announce a challenge of a scope that begins on a later day; the same form sent again announces it once."""
    _check_place(place, by=by)
    if not _CODE.fullmatch(code):
        raise RuleBroken("contests.code")
    values = _checked(facts) | {
        "scope": place.scope,
        "branch_id": place.branch_id,
        "regional_office_id": place.regional_office_id,
    }
    probe = Challenge(**values)
    check_window(facts.first_day, facts.last_day, _latest_day(probe, by=by))
    signed = {"announced_by": by.actor.user_id, "announced_at": by.at, "changed_at": by.at, "version": 1}
    insert = insert_into(Challenge).values(code=code, **values, **signed)
    insert = insert.on_conflict_do_nothing(index_elements=["code"])
    fresh = db.session.scalar(insert.returning(Challenge.__table__.c.id))
    challenge = find_challenge_by_code(code)
    if challenge is None or any(getattr(challenge, name) != value for name, value in values.items()):
        raise RuleBroken("contests.code_taken")
    if fresh is not None:
        _record("announced", challenge, by=by)
    return challenge


def change_challenge(*, challenge_id: int, version: int, facts: ChallengeFacts, by: Signature) -> Challenge:
    """Change a challenge that has not begun, to one that begins on a later day; its scope and code stay."""
    _check_arranger(by)
    challenge = lock_arranged(challenge_id, actor=by.actor)
    _check_open(challenge)
    values, today = _checked(facts), _latest_day(challenge, by=by)
    check_window(challenge.first_day, challenge.last_day, today)
    check_window(facts.first_day, facts.last_day, today)
    _move(challenge, version, values, by=by)
    return _record("changed", challenge, by=by, seen=version)


def cancel_challenge(*, challenge_id: int, version: int, reason: str, by: Signature) -> Challenge:
    """Cancel a challenge with the reason, until its result is frozen; points and reports stay as they are."""
    _check_arranger(by)
    challenge = lock_arranged(challenge_id, actor=by.actor)
    _check_open(challenge)
    why = check_reason(reason, "contests.reason_missing", limit=300)
    values = {"cancelled_at": by.at, "cancelled_by": by.actor.user_id, "cancel_reason": why}
    _move(challenge, version, values, by=by)
    return _record("cancelled", challenge, by=by, seen=version, reason=why)


def _check_arranger(by: Signature) -> None:
    if by.actor.role not in ARRANGERS:
        raise NotAllowed("contests.office_only")


def _check_place(place: Place, *, by: Signature) -> None:
    """Refuse a scope that is not the officer's own, or below it."""
    _check_arranger(by)
    who = by.actor
    if place.scope == "branch":
        get_branch(place.branch_id or 0, actor=who)
        return
    own_office = who.scope == "region" and place.regional_office_id == who.region_id
    if not sees_nation(who) and not (place.scope == "region" and own_office):
        raise NotAllowed("contests.other_scope")


def _check_open(challenge: Challenge) -> None:
    if challenge.cancelled_at is not None or challenge.settled_at is not None:
        raise RuleBroken("contests.over")


def _latest_day(challenge: Challenge, *, by: Signature) -> date:
    """Return the local day in the zone of the scope that is furthest ahead: there it begins first."""
    return max(local_date(by.at, zone) for zone in zones_of(challenge))


def _checked(facts: ChallengeFacts) -> dict[str, Any]:
    """Check what a challenge says and return its column values."""
    check_counts(facts.metric, facts.of, facts.goal)
    if facts.mode not in MODES:
        raise RuleBroken("contests.mode")
    if find_badge(facts.badge_code, day=facts.first_day) is None:
        raise RuleBroken("contests.badge")
    said = {"first_day": facts.first_day, "last_day": facts.last_day, "metric": facts.metric, "of": facts.of}
    names = {
        name: check_reason(getattr(facts, name), "contests.name_missing", least=3, limit=80)
        for name in ("name_id", "name_en")
    }
    texts = {
        name: check_reason(getattr(facts, name), "contests.text_missing", least=3, limit=300)
        for name in ("text_id", "text_en")
    }
    return {**said, **names, **texts, "goal": facts.goal, "mode": facts.mode, "badge_code": facts.badge_code}


def _move(challenge: Challenge, version: int, values: Mapping[str, Any], *, by: Signature) -> None:
    """Change the challenge if it is still as it was seen."""
    moving = update(Challenge).where(Challenge.id == challenge.id, Challenge.version == version)
    moving = moving.where(Challenge.settled_at.is_(None), Challenge.cancelled_at.is_(None))
    moving = moving.values(**values, version=Challenge.version + 1, changed_at=by.at)
    change_one(moving, otherwise=RuleBroken("contests.changed"))
    db.session.refresh(challenge)


def _record(
    what: str, challenge: Challenge, *, by: Signature, seen: int | None = None, reason: str | None = None
) -> Challenge:
    audit.record(
        by=by,
        act=f"challenge.{what}",
        subject=audit.Subject("challenge", challenge.id, challenge.branch_id),
        reason=reason,
        version_seen=seen,
        details={"code": challenge.code, "goal": challenge.goal, "badge": challenge.badge_code},
    )
    return challenge
