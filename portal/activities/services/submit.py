"""Submitting a report: stored once, however often it is sent (rules.md 2, 3)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, update

from portal import audit, vault
from portal.activities.models import Activity, Draft
from portal.activities.queries.drafts import list_hashes_nearby, list_own_hashes
from portal.activities.queries.reports import (
    find_activity_by_ref,
    find_report_of_event,
    first_day_of_programme,
)
from portal.cadres.models import Cadre
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.queries.terms import zone_of
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import local_date
from portal.domain.names import clean_text
from portal.domain.points import ACTIVITY_TYPES
from portal.domain.reports import Device, Report, Standing, check_may_submit, check_ref
from portal.domain.reviewing import Evidence, flags_of, nearest_photo
from portal.places.queries import normalise_village
from portal.signups.queries import count_phone_uses, list_by_activity
from portal.signups.services.report import hold_for_activity, record_signups, remove_signups

MAX_ATTENDANCE = 100_000
Values = dict[str, Any]


@dataclass(frozen=True)
class Receipt:
    """The result of submitting a report; `repeated`: it was stored already, at `received_at`."""

    activity_id: int
    ref: str
    status: str
    version: int
    repeated: bool
    received_at: datetime


def submit_report(*, report: Report, by: Signature, device: Device | None = None) -> Receipt:
    """Store a report with its sign-ups and photos, and delete its draft; `device` is what the phone says of itself.

    The same ref with the same content gives the same answer again; with other content RuleBroken
    "activities.conflict", unless it corrects a returned report of that version.
    """
    if by.actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    ref = check_ref(report.ref)
    body_hash = vault.fingerprint("body", f"{by.actor.cadre_id}\n{report.canonical()}")
    known = find_activity_by_ref(ref)
    if known is not None:
        return _answer_known_ref(known, report=report, body_hash=body_hash, by=by, device=device)
    cadre = get_cadre(by.actor.cadre_id)
    values = _checked(report, cadre=cadre, at=by.at)
    values |= {
        "ref": ref,
        "cadre_id": cadre.id,
        "branch_id": cadre.branch_id,
        "status": "submitted",
        "history": False,
        "submitted_at": by.at,
        "submitted_by": by.actor.user_id,
        "body_hash": body_hash,
        "version": 1,
        "flags": [],
    }
    insert = insert_into(Activity).on_conflict_do_nothing(index_elements=["ref"])
    stored = db.session.execute(insert.returning(Activity.__table__.c.id), values).scalar_one_or_none()
    known = find_activity_by_ref(ref)
    if known is None:
        raise RuleBroken("activities.conflict")
    if stored is None:
        return _answer_known_ref(known, report=report, body_hash=body_hash, by=by, device=device)
    return _complete(known, report=report, cadre=cadre, by=by, device=device)


def _answer_known_ref(
    known: Activity, *, report: Report, body_hash: bytes, by: Signature, device: Device | None
) -> Receipt:
    """Answer for a ref that is stored already: the same answer, a correction, or a conflict."""
    if known.cadre_id != by.actor.cadre_id:
        raise RuleBroken("activities.conflict")
    if known.body_hash == body_hash:
        return _receipt(known, known.status, repeated=True)
    if known.status != "returned" or report.corrects != known.version:
        raise RuleBroken("activities.conflict")
    cadre = get_cadre(known.cadre_id)
    same = (report.type, report.held_on) == (known.type, known.held_on)
    changed = change(
        update(Activity)
        .where(Activity.id == known.id, Activity.status == "returned", Activity.version == known.version)
        .values(
            **_checked(report, cadre=cadre, at=by.at),
            status="submitted",
            submitted_at=by.at,
            body_hash=body_hash,
            event_id=known.event_id
            if same
            else None,  # of another kind or day it is not the event's any more
            version=Activity.version + 1,
            reason_code=None,
            reason=None,
            decided_at=None,
            decided_by=None,
        )
        .returning(Activity.id)
    ).scalar_one_or_none()
    if changed is None:
        raise RuleBroken("activities.conflict")
    remove_signups(refs=report.removed, activity_ref=known.ref, cadre=cadre, by=by)
    hold_for_activity(activity_ref=known.ref, held=False, reason=None, by=by)
    db.session.refresh(known)
    return _complete(known, report=report, cadre=cadre, by=by, device=device)


def _receipt(activity: Activity, status: str, *, repeated: bool) -> Receipt:
    return Receipt(
        activity.id, activity.ref, status, activity.version, repeated, received_at=activity.submitted_at
    )


def _complete(
    activity: Activity, *, report: Report, cadre: Cadre, by: Signature, device: Device | None
) -> Receipt:
    """Store what belongs to a new report: sign-ups, flags, audit event; delete its draft."""
    record_signups(activity_ref=activity.ref, cadre=cadre, reports=report.signups, by=by)
    evidence = _evidence(activity, sent_on=local_date(by.at, zone_of(cadre.id)), at=by.at)
    flags = flags_of(replace(evidence, device=device))
    change(update(Activity).where(Activity.id == activity.id).values(flags=flags))
    change(delete(Draft).where(Draft.ref == activity.ref, Draft.cadre_id == cadre.id))
    audit.record(
        by=by,
        act="activity.submitted",
        subject=audit.Subject("activity", activity.id, activity.branch_id),
        version_seen=report.corrects,
        details={"version": activity.version, "signups": len(report.signups)},
    )
    return _receipt(activity, "submitted", repeated=False)


def _checked(report: Report, *, cadre: Cadre, at: datetime) -> Values:
    """Check a report against the rules and return its column values."""
    today = local_date(at, zone_of(cadre.id))
    check_may_submit(Standing(cadre.status, cadre.certified_on, cadre.submits_until), today)
    if report.type not in ACTIVITY_TYPES:
        raise RuleBroken("activities.unknown_type")
    _check_day(report.held_on, today=today)
    if any(signup.reported_on != report.held_on for signup in report.signups):
        raise RuleBroken("activities.signup_day")
    if report.attendance is not None and not 0 <= report.attendance <= MAX_ATTENDANCE:
        raise RuleBroken("activities.attendance", {"most": MAX_ATTENDANCE})
    return {
        "type": report.type,
        "held_on": report.held_on,
        "village_code": normalise_village(report.village_code) if report.village_code else None,
        "place": clean_text(report.place or "", limit=120) or None,
        "attendance": report.attendance,
        "notes": clean_text(report.notes or "", limit=2000, lines=True) or None,
    }


def _check_day(held_on: date, *, today: date) -> None:
    """Refuse a local date in the future or before the programme began (rules.md 1.1)."""
    if held_on > today:
        raise RuleBroken("activities.in_future")
    first = first_day_of_programme()
    if first is not None and held_on < first:
        raise RuleBroken("activities.before_programme", {"year": first.year})


def _evidence(activity: Activity, *, sent_on: date, at: datetime) -> Evidence:
    """Gather what the flags are computed from."""
    photos = list_own_hashes(activity.ref, cadre_id=activity.cadre_id)
    nearby = list_hashes_nearby(branch_id=activity.branch_id, ref=activity.ref, at=at) if photos else []
    alike = nearest_photo(photos, nearby)
    signups = list_by_activity(activity.ref)
    return Evidence(
        held_on=activity.held_on,
        sent_on=sent_on,
        attendance=activity.attendance,
        photo_of=alike[0] if alike else None,
        photo_bits=alike[1] if alike else None,
        phone_uses=count_phone_uses({signup.phone_hash for signup in signups if signup.phone_hash}),
        nik_warnings=sum(1 for signup in signups if signup.warnings and signup.status != "rejected"),
        event_report=find_report_of_event(activity),
    )
