"""Versions of the points rules: drafted by one admin, approved by another, from a month on (rules.md 3.2)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from portal import audit
from portal.accounts.queries.second_person import require_two_persons
from portal.database.extensions import db
from portal.database.guarded import change, change_one
from portal.database.locks import Turn, wait_for
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import ZONES, first_day, local_date, month_of
from portal.domain.plans import content_hash
from portal.domain.points import RETENTION_MONTHS, retention_kind, retention_points
from portal.domain.points_rules import check_document, compare, require_notice
from portal.organisation.queries import parameter
from portal.points.models import PointsRule, PointsRuleDraft, WaitingEntry
from portal.points.queries import get_rule_draft, is_closed, newest_rule


def draft_rule(
    *, ref: str, month: str, document: Mapping[str, Any], reason: str, by: Signature
) -> PointsRuleDraft:
    """Store a version that another admin will decide on; the same `ref` again returns the first one.

    `reason` is told to the cadres. It begins with a month after every approved version, known to them in time.
    """
    check_document(document)
    _require_possible(month, document, by=by)
    statement = insert_into(PointsRuleDraft).on_conflict_do_nothing(index_elements=["ref"])
    values: dict[str, Any] = {
        "ref": ref,
        "valid_from": first_day(month),
        "document": dict(document),
        "content_hash": content_hash(document),
        "reason": reason,
        "status": "draft",
        "written_by": by.actor.user_id,
        "written_at": by.at,
    }
    number = db.session.execute(statement.values(**values).returning(PointsRuleDraft.id)).scalar_one_or_none()
    if number is None:
        found = db.session.execute(select(PointsRuleDraft).where(PointsRuleDraft.ref == ref)).scalar_one()
        if (found.written_by, found.content_hash) != (by.actor.user_id, values["content_hash"]):
            raise RuleBroken("points_rules.sent_before")
        return found
    details = {"valid_from": values["valid_from"].isoformat(), "content_hash": values["content_hash"]}
    audit.record(
        by=by,
        act="points_rule.drafted",
        subject=("points_rule_draft", number),
        reason=reason,
        details=details,
    )
    return get_rule_draft(number)


def approve_rule(*, draft_id: int, by: Signature) -> PointsRuleDraft:
    """Approve another admin's draft: it gets its number, and the act tells every active cadre what will change.

    Approved again it stays as it is. What waits for its month follows the new version (rules.md 1.2).
    """
    wait_for(Turn.APPROVE_POINTS_RULE)
    draft = get_rule_draft(draft_id)
    if draft.status == "approved":
        return draft
    _require_waiting(draft)
    if draft.written_by == by.actor.user_id:
        raise NotAllowed("points_rules.own_draft")
    require_two_persons(first=draft.written_by, second=by.actor.user_id, at=by.at)
    before = _require_possible(month_of(draft.valid_from), draft.document, by=by)
    version = before.version + 1
    changes = [list(one) for one in compare(before.document, draft.document)]
    words = {"written_by": draft.written_by, "reason": draft.reason, "content_hash": draft.content_hash}
    stored = PointsRule(version=version, valid_from=draft.valid_from, document=draft.document, **words)
    stored.approved_by, stored.announced_at, stored.changes = by.actor.user_id, by.at, changes
    db.session.add(stored)
    db.session.flush()
    _decide(draft, "approved", by=by, version=version)
    _follow(draft.valid_from, version, draft.document)
    details = {
        "valid_from": draft.valid_from.isoformat(),
        "version": version,
        "content_hash": draft.content_hash,
        "written_by": draft.written_by,
    }
    audit.record(by=by, act="points_rule.approved", subject=("points_rule", version), details=details)
    return get_rule_draft(draft_id)


def refuse_rule(*, draft_id: int, reason: str, by: Signature) -> PointsRuleDraft:
    """Refuse another admin's draft with a reason; refused again it stays as it is."""
    draft = get_rule_draft(draft_id)
    if draft.status == "refused":
        return draft
    if draft.written_by == by.actor.user_id:
        raise NotAllowed("points_rules.own_draft")
    return _end(draft, "refused", reason, by=by)


def withdraw_rule(*, draft_id: int, by: Signature) -> PointsRuleDraft:
    """Take back the actor's own draft; taken back again it stays so."""
    draft = get_rule_draft(draft_id)
    if draft.written_by != by.actor.user_id:
        raise NotAllowed("points_rules.not_yours")
    return draft if draft.status == "withdrawn" else _end(draft, "withdrawn", None, by=by)


def _end(draft: PointsRuleDraft, status: str, reason: str | None, *, by: Signature) -> PointsRuleDraft:
    _require_waiting(draft)
    _decide(draft, status, by=by, decision=reason)
    subject = ("points_rule_draft", draft.id)
    audit.record(by=by, act=f"points_rule.{status}", subject=subject, reason=reason)
    return get_rule_draft(draft.id)


def _require_waiting(draft: PointsRuleDraft) -> None:
    if draft.status != "draft":
        raise RuleBroken("points_rules.decided")


def _decide(draft: PointsRuleDraft, status: str, *, by: Signature, **values: Any) -> None:
    """End a draft, unless somebody else was faster: the rows changed decide."""
    mine = update(PointsRuleDraft).where(PointsRuleDraft.id == draft.id, PointsRuleDraft.status == "draft")
    values |= {"status": status, "decided_by": by.actor.user_id, "decided_at": by.at}
    change_one(mine.values(**values), otherwise=RuleBroken("points_rules.decided"))


def _require_possible(month: str, document: Mapping[str, Any], *, by: Signature) -> PointsRule:
    """Refuse what cannot begin with a month, or changes nothing; return the version that it follows."""
    if is_closed(month):
        raise RuleBroken("points_rules.month_closed", {"month": month})
    # The date of the zone where it is latest: there, too, the notice is that long.
    today = max(local_date(by.at, zone) for zone in ZONES)
    require_notice(month, today, int(parameter("rule_notice_days", month=month_of(today))))
    before = newest_rule()
    if first_day(month) <= before.valid_from:
        values = {"month": month, "version": before.version, "valid_from": month_of(before.valid_from)}
        raise RuleBroken("points_rules.month_taken", values)
    if not compare(before.document, document):
        raise RuleBroken("points_rules.nothing_new", {"version": before.version})
    return before


def _follow(valid_from: date, version: int, document: Mapping[str, Any]) -> None:
    """Let retention that waits for a month of the new version follow it, as it would when it is posted."""
    for n in RETENTION_MONTHS:
        waits = update(WaitingEntry).where(
            WaitingEntry.kind == retention_kind(n), WaitingEntry.earned_on >= valid_from
        )
        change(waits.values(rule_version=version, points=retention_points(document, n)))
