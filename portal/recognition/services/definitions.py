"""Definitions as data: the shipped ones, a new version and its approval by a second person; holidays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import delete, func, select, update

from portal import audit
from portal.accounts.queries.second_person import require_two_persons
from portal.database.extensions import db
from portal.database.guarded import change, change_one
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.names import check_reason, clean_text
from portal.domain.recognition import shipped
from portal.domain.recognition.definitions import check_definition, content_hash
from portal.domain.recognition.schema import CODE, SCHEMAS
from portal.recognition.models import Definition, Holiday
from portal.recognition.queries.definitions import get_definition
from portal.tables.documents import find_fault

VALID_FROM: Final = date(2015, 1, 1)


@dataclass(frozen=True)
class NewDefinition:
    """A version that somebody writes: of which kind and code, its document, and the day from which it holds."""

    kind: str
    code: str
    valid_from: date
    document: Mapping[str, Any]


def install_shipped_recognition(*, by: Signature) -> None:
    """Store the shipped levels, leagues, badges and holidays, approved, unless they are there."""
    documents = [("levels", "levels", shipped.LEVELS), ("leagues", "leagues", shipped.LEAGUES)]
    documents += [("badge", code, document) for code, document in shipped.BADGES.items()]
    rows = [_shipped(kind, code, document, by) for kind, code, document in documents]
    stored = change(insert_into(Definition).values(rows).on_conflict_do_nothing()).rowcount
    days = [
        {"day": date.fromisoformat(day), "name": name, "entered_by": by.actor.user_id, "entered_at": by.at}
        for day, name in sorted(shipped.HOLIDAYS.items())
    ]
    change(insert_into(Holiday).values(days).on_conflict_do_nothing())
    if stored:
        audit.record(
            by=by, act="recognition.installed", subject=("recognition", "shipped"), details={"count": stored}
        )


def _shipped(kind: str, code: str, document: Mapping[str, Any], by: Signature) -> dict[str, Any]:
    return {
        "kind": kind,
        "code": code,
        "version": 1,
        "valid_from": VALID_FROM,
        "document": document,
        "content_hash": content_hash(document),
        "status": "approved",
        "shipped": True,
        "written_by": by.actor.user_id,
        "written_at": by.at,
        "approved_by": by.actor.user_id,
        "approved_at": by.at,
    }


def check_document(*, kind: str, code: str, document: Mapping[str, Any]) -> None:
    """Check a document against its schema and the rules; raise RuleBroken with the first fault."""
    if kind not in SCHEMAS or kind not in {"badge", code} or not CODE.fullmatch(code):
        raise RuleBroken("recognition.bad_code")
    fault = find_fault(document, SCHEMAS[kind])
    if fault is not None:
        raise RuleBroken("recognition.schema", {"place": fault.place, "problem": fault.problem})
    check_definition(kind, document)


def write_definition(*, new: NewDefinition, today: date, by: Signature) -> Definition:
    """Store the next version as a draft; the same content again returns the version that is there.

    It never holds before the day on which it was written (rules.md 1.2).
    """
    _require_admin(by)
    check_document(kind=new.kind, code=new.code, document=new.document)
    if new.valid_from < today:
        raise RuleBroken("recognition.day_past", {"day": new.valid_from})
    mine = (Definition.kind == new.kind, Definition.code == new.code)
    digest = content_hash(new.document)
    newest = db.session.scalars(
        select(Definition).where(*mine).order_by(Definition.version.desc()).limit(1)
    ).one_or_none()
    if newest is not None and newest.content_hash == digest and newest.status != "refused":
        return newest
    stored = Definition(
        kind=new.kind,
        code=new.code,
        version=newest.version + 1 if newest else 1,
        valid_from=new.valid_from,
        document=dict(new.document),
        content_hash=digest,
        status="draft",
        shipped=False,
        written_by=by.actor.user_id,
        written_at=by.at,
    )
    db.session.add(stored)
    db.session.flush()
    _record("written", stored, by=by)
    return stored


def approve_definition(*, definition_id: int, today: date, by: Signature) -> Definition:
    """Put a draft that somebody else wrote into force from its day; approving it again changes nothing."""
    found = _decidable(definition_id, by)
    if found.status == "approved":
        return found
    if found.valid_from < today:
        raise RuleBroken("recognition.day_past", {"day": found.valid_from})
    later = select(func.count()).where(
        Definition.kind == found.kind,
        Definition.code == found.code,
        Definition.version > found.version,
        Definition.status == "approved",
    )
    if db.session.scalar(later):
        raise RuleBroken("recognition.newer_approved")
    _decide(found, by, status="approved")
    return found


def refuse_definition(*, definition_id: int, reason: str, by: Signature) -> Definition:
    """Refuse a draft that somebody else wrote, with the reason; refusing it again changes nothing."""
    found = _decidable(definition_id, by)
    if found.status != "refused":
        _decide(
            found, by, status="refused", refusal=check_reason(reason, "recognition.reason_needed", limit=300)
        )
    return found


def _decidable(definition_id: int, by: Signature) -> Definition:
    _require_admin(by)
    found = get_definition(definition_id)
    if found.written_by == by.actor.user_id:
        raise NotAllowed("recognition.own_definition")
    require_two_persons(first=found.written_by, second=by.actor.user_id, at=by.at)
    return found


def _decide(found: Definition, by: Signature, *, status: str, **values: Any) -> None:
    deciding = update(Definition).where(Definition.id == found.id, Definition.status == "draft")
    deciding = deciding.values(status=status, approved_by=by.actor.user_id, approved_at=by.at, **values)
    change_one(deciding, otherwise=RuleBroken("recognition.decided"))
    db.session.refresh(found)
    _record(status, found, by=by)


def _record(what: str, found: Definition, *, by: Signature) -> None:
    details = {"version": found.version, "content_hash": found.content_hash}
    subject = (f"{found.kind}_definition", found.code)
    audit.record(by=by, act=f"definition.{what}", subject=subject, reason=found.refusal, details=details)


def enter_holiday(*, day: date, name: str, by: Signature) -> None:
    """Enter a national holiday, or name one anew: the streaks of that week are counted again."""
    _require_admin(by)
    text = clean_text(name, limit=80)
    if not text:
        raise RuleBroken("recognition.holiday_name")
    values = {"day": day, "name": text, "entered_by": by.actor.user_id, "entered_at": by.at}
    entering = insert_into(Holiday).values(values)
    entering = entering.on_conflict_do_update(index_elements=["day"], set_={"name": text})
    db.session.execute(entering)
    audit.record(by=by, act="holiday.entered", subject=("holiday", day), details={"name": text})


def remove_holiday(*, day: date, by: Signature) -> None:
    """Remove a holiday; one that is not there is gone already."""
    _require_admin(by)
    if change(delete(Holiday).where(Holiday.day == day)).rowcount:
        audit.record(by=by, act="holiday.removed", subject=("holiday", day))


def _require_admin(by: Signature) -> None:
    if by.actor.role not in {"admin", "operator"} or by.actor.scope != "nation":
        raise NotAllowed("recognition.admins_only")
