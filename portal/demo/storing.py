"""Writing a month of outreach in bulk: the rows the services would have written, without a model per row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table

from portal import audit, vault
from portal.activities.models import Activity
from portal.database import bulk
from portal.demo.calendar import Calendar
from portal.demo.outreach import CONSENT_HELD, DemoActivity, DemoSignUp, is_late
from portal.domain.months import month_of
from portal.domain.nik import mask_nik
from portal.domain.points import activity_points
from portal.points.models import LedgerEntry
from portal.points.queries import rules_by_day
from portal.points.services.months import mark_late
from portal.signups.models import SignUp

Rules = Mapping[date, tuple[int, dict[str, Any]]]
CONSENT: Final = "2026-11"
ACTIVITIES = cast("Table", Activity.__table__)
SIGNUPS = cast("Table", SignUp.__table__)
LEDGER = cast("Table", LedgerEntry.__table__)

_ACTIVITY: Final = (
    "id",
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
    "id",
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


def store_activities(activities: Sequence[DemoActivity], calendar: Calendar) -> None:
    """Store activities, their sign-ups, what the approved ones earned, and the audit trail of all of it."""
    if not activities:
        return
    ordered = sorted(activities, key=lambda one: (one.submitted_at, one.ref))
    rules = rules_by_day({activity.held_on for activity in ordered})
    for activity in ordered:
        if activity.status == "approved":
            activity.points = (
                activity_points(rules[activity.held_on][1], activity.type) if activity.slot else 0
            )
    signups = [(activity, one) for activity in ordered for one in activity.signups]
    numbers = bulk.free_ids(len(ordered), ACTIVITIES)
    of_signups = bulk.free_ids(len(signups), SIGNUPS)
    bulk.fill(ACTIVITIES, _ACTIVITY, map(_activity_row, numbers, ordered))
    bulk.fill(SIGNUPS, _SIGNUP, (_signup_row(*row) for row in zip(of_signups, signups, strict=True)))
    bulk.fill(LEDGER, _ENTRY, _entry_rows(ordered, rules, calendar))
    for activity in ordered:
        if activity.points and activity.decided_at is not None and is_late(activity, calendar):
            mark_late(cadre_id=activity.member.id, month=month_of(activity.held_on), at=activity.decided_at)
    known = list(zip(numbers, ordered, strict=True))
    audit.record_many(
        [
            *(_sent("activity.submitted", number, one) for number, one in known),
            *(_decided(number, one) for number, one in known if one.decided_at is not None),
            *(
                _sent("signup.reported", number, one)
                for number, (one, _) in zip(of_signups, signups, strict=True)
            ),
        ],
    )


def _activity_row(number: int, activity: DemoActivity) -> tuple[Any, ...]:
    member = activity.member
    return (
        number,
        activity.ref,
        member.id,
        member.branch_id,
        activity.type,
        activity.held_on,
        activity.village_code,
        activity.place,
        activity.attendance,
        activity.notes,
        activity.status,
        activity.slot,
        activity.points,
        False,
        activity.submitted_at,
        member.user_id,
        activity.decided_at,
        member.reviewer_id if activity.decided_at is not None else None,
        activity.reason_code,
        activity.reason,
        activity.flags(),
        activity.version,
    )


def _signup_row(number: int, pair: tuple[DemoActivity, DemoSignUp]) -> tuple[Any, ...]:
    activity, one = pair
    worker, member = one.worker, activity.member
    phone, kpj = worker.phone, one.kpj
    return (
        number,
        one.ref,
        member.id,
        activity.ref,
        activity.held_on,
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
        activity.submitted_at - timedelta(minutes=30),
        "reported",
        True,
        False,
        CONSENT_HELD.get(activity.status),
        False,
        1,
        activity.submitted_at,
        member.user_id,
    )


def _entry_rows(
    activities: Sequence[DemoActivity], rules: Rules, calendar: Calendar
) -> Iterator[tuple[Any, ...]]:
    """Yield the ledger entries in the order of the decisions."""
    earning = [activity for activity in activities if activity.points and activity.decided_at is not None]
    for activity in sorted(earning, key=lambda one: (one.decided_at or one.submitted_at, one.ref)):
        assert activity.decided_at is not None  # noqa: S101 - chosen above
        member, earned = activity.member, month_of(activity.held_on)
        month = calendar.takes(earned, activity.decided_at)
        head = (
            member.id,
            member.branch_id,
            month,
            earned,
            activity.points,
            "activity",
            f"activity:{activity.ref}",
        )
        yield (*head, rules[activity.held_on][0], activity.held_on, activity.decided_at, member.reviewer_id)


def _sent(act: str, number: int, activity: DemoActivity) -> audit.Event:
    """Make the event of what a cadre sent: the report itself, or a sign-up with it."""
    member, what = activity.member, act.partition(".")[0]
    who = (activity.submitted_at, member.user_id, "cadre")
    return audit.Event(*who, act, what, str(number), member.branch_id)


def _decided(number: int, activity: DemoActivity) -> audit.Event:
    """Make the event of a supervisor's decision."""
    assert activity.decided_at is not None  # noqa: S101 - only these are asked for
    member, act = activity.member, f"activity.{activity.status}"
    who = (activity.decided_at, member.reviewer_id, "supervisor")
    return audit.Event(*who, act, "activity", str(number), member.branch_id, activity.reason)
