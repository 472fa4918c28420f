"""Writing a month of outreach in bulk: the rows the services would have written, without a model per row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal import audit, bulk, vault
from portal.activities.models import Activity
from portal.demo.calendar import Calendar
from portal.demo.outreach import CONSENT_HELD, Deed, Joining, is_late
from portal.domain.months import month_of
from portal.domain.nik import mask_nik
from portal.domain.points import activity_points
from portal.extensions import db
from portal.people.models import Cadre
from portal.points.models import LedgerEntry
from portal.points.queries import rules_on
from portal.points.services import mark_late
from portal.signups.models import SignUp

Rules = Mapping[date, tuple[int, dict[str, Any]]]
CONSENT: Final = "2026-11"
ACTIVITIES = cast("Table", Activity.__table__)
SIGNUPS = cast("Table", SignUp.__table__)
LEDGER = cast("Table", LedgerEntry.__table__)

_ACTIVITY: Final = (
    "ref",
    "cadre_id",
    "branch_id",
    "type",
    "held_on",
    "village_code",
    "place",
    "attendance",
    "notes",
    "status",
    "slot",
    "points_given",
    "history",
    "submitted_at",
    "submitted_by",
    "decided_at",
    "decided_by",
    "reason_code",
    "reason",
    "flags",
    "version",
)
_SIGNUP: Final = (
    "ref",
    "cadre_id",
    "activity_ref",
    "reported_on",
    "name",
    "nik_sealed",
    "nik_hash",
    "nik_mask",
    "birth_date",
    "phone_sealed",
    "phone_hash",
    "kpj_sealed",
    "kpj_hash",
    "occupation",
    "programmes",
    "warnings",
    "consent_version",
    "consent_at",
    "status",
    "is_live",
    "history",
    "held_reason",
    "held_by_person",
    "version",
    "created_at",
    "created_by",
)
_ENTRY: Final = (
    "cadre_id",
    "branch_id",
    "month",
    "original_month",
    "points",
    "kind",
    "source",
    "rule_version",
    "earned_on",
    "posted_at",
    "posted_by",
)


def store_deeds(deeds: Sequence[Deed], calendar: Calendar) -> None:
    """Store activities, their sign-ups, what the approved ones earned, and the audit trail of all of it."""
    if not deeds:
        return
    ordered = sorted(deeds, key=lambda one: (one.submitted_at, one.ref))
    rules = {day: rules_on(day) for day in sorted({deed.held_on for deed in ordered})}
    activities, signups = _newest(Activity.id), _newest(SignUp.id)
    for deed in ordered:
        if deed.status == "approved":
            deed.points = activity_points(rules[deed.held_on][1], deed.type) if deed.slot else 0
    bulk.fill(ACTIVITIES, _ACTIVITY, (_activity_row(deed) for deed in ordered))
    bulk.fill(SIGNUPS, _SIGNUP, (_signup_row(deed, one) for deed in ordered for one in deed.signups))
    bulk.fill(LEDGER, _ENTRY, _entry_rows(ordered, rules, calendar))
    for deed in ordered:
        if deed.points and deed.decided_at is not None and is_late(deed, calendar):
            mark_late(cadre_id=deed.member.id, month=month_of(deed.held_on), at=deed.decided_at)
    _note_activities(activities)
    _note_signups(signups)


def _newest(column: InstrumentedAttribute[int]) -> int:
    return db.session.execute(select(func.coalesce(func.max(column), 0))).scalar_one()


def _activity_row(deed: Deed) -> tuple[Any, ...]:
    member = deed.member
    return (
        deed.ref,
        member.id,
        member.branch_id,
        deed.type,
        deed.held_on,
        deed.village_code,
        deed.place,
        deed.attendance,
        deed.notes,
        deed.status,
        deed.slot,
        deed.points,
        False,
        deed.submitted_at,
        member.user_id,
        deed.decided_at,
        member.reviewer_id if deed.decided_at is not None else None,
        deed.reason_code,
        deed.reason,
        deed.flags(),
        deed.version,
    )


def _signup_row(deed: Deed, one: Joining) -> tuple[Any, ...]:
    worker, member = one.worker, deed.member
    phone, kpj = worker.phone, one.kpj
    return (
        one.ref,
        member.id,
        deed.ref,
        deed.held_on,
        worker.name,
        vault.seal(one.nik),
        vault.fingerprint("nik", one.nik),
        mask_nik(one.nik),
        worker.birth,
        vault.seal(phone) if phone else None,
        vault.fingerprint("phone", phone) if phone else None,
        vault.seal(kpj) if kpj else None,
        vault.fingerprint("kpj", kpj) if kpj else None,
        worker.occupation,
        worker.pack,
        [],
        CONSENT,
        deed.submitted_at - timedelta(minutes=30),
        "reported",
        True,
        False,
        CONSENT_HELD.get(deed.status),
        False,
        1,
        deed.submitted_at,
        member.user_id,
    )


def _entry_rows(deeds: Sequence[Deed], rules: Rules, calendar: Calendar) -> Iterator[tuple[Any, ...]]:
    """Give the ledger entries in the order of the decisions."""
    earning = [deed for deed in deeds if deed.points and deed.decided_at is not None]
    for deed in sorted(earning, key=lambda one: (one.decided_at or one.submitted_at, one.ref)):
        assert deed.decided_at is not None  # noqa: S101 - chosen above
        member, earned = deed.member, month_of(deed.held_on)
        month = calendar.takes(earned, deed.decided_at)
        head = (member.id, member.branch_id, month, earned, deed.points, "activity", f"activity:{deed.ref}")
        yield (*head, rules[deed.held_on][0], deed.held_on, deed.decided_at, member.reviewer_id)


def _note_activities(after: int) -> None:
    """Write who sent and who decided on the activities stored since."""
    rows = bulk.plain_rows(
        select(
            Activity.id,
            Activity.branch_id,
            Activity.submitted_at,
            Activity.submitted_by,
            Activity.status,
            Activity.decided_at,
            Activity.decided_by,
            Activity.reason,
        )
        .where(Activity.id > after)
        .order_by(Activity.id),
    ).all()
    sent = [
        _event(row.submitted_at, row.submitted_by, "cadre", "activity.submitted", row.id, row.branch_id)
        for row in rows
    ]
    decided = [
        _event(
            row.decided_at,
            row.decided_by,
            "supervisor",
            f"activity.{row.status}",
            row.id,
            row.branch_id,
            row.reason,
        )
        for row in rows
        if row.decided_at is not None
    ]
    audit.record_many(sent + decided)


def _event(
    at: datetime, by: int, role: str, act: str, number: int, branch_id: int, reason: str | None = None
) -> audit.Event:
    return audit.Event(at, by, role, act, act.partition(".")[0], str(number), branch_id, reason)


def _note_signups(after: int) -> None:
    """Write who reported the sign-ups stored since."""
    rows = bulk.plain_rows(
        select(SignUp.id, SignUp.created_at, SignUp.created_by, Cadre.branch_id)
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(SignUp.id > after)
        .order_by(SignUp.id),
    )
    audit.record_many(
        [
            _event(row.created_at, row.created_by, "cadre", "signup.reported", row.id, row.branch_id)
            for row in rows
        ],
    )
