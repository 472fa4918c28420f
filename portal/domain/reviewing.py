"""Reviewing reports: the reason codes, and the flags that bar a report from batch approval but decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.domain.reports import Device

# The code that a decision other than approval must give; the texts say what to do.
RETURN_REASONS = (
    "photo_unreadable",
    "photo_missing",
    "place_unclear",
    "date_wrong",
    "attendance_unclear",
    "signups_incomplete",
    "other",
)
REJECT_REASONS = ("not_held", "duplicate_report", "photo_reused", "not_outreach", "other")
WITHDRAW_REASONS = ("not_held", "duplicate_report", "photo_reused", "approved_by_mistake", "other")
# The fields of the report that a reason asks to change: the form marks them.
_ASKED = {
    "photo_unreadable": ("photos",),
    "photo_missing": ("photos",),
    "place_unclear": ("place", "village_code"),
    "date_wrong": ("held_on",),
    "attendance_unclear": ("attendance",),
    "signups_incomplete": ("signups",),
}
REASONS = {"return": RETURN_REASONS, "reject": REJECT_REASONS, "withdraw": WITHDRAW_REASONS}

LATE_DAYS = 7
SAME_PHONE = 3  # sign-ups with the same phone number
CLOCK_MINUTES = 10  # a phone's clock that is further off
QUICK_SECONDS = 60  # a report that was written in less
SAME_PHOTO_BITS = 8  # at most this many differing bits: two picture hashes show the same picture


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the flags are computed from: days until the report, attendance, findings about photos and sign-ups.

    `photo_of` is the id of another report with the same picture, `photo_bits` the number of differing bits;
    `phone_uses` counts the sign-ups of this report's most used phone number; `nik_warnings` counts those with an
    odd NIK. `event_report` is the approved report of an event that the cadre attended, of the same day and type.
    `device` is what the phone said of itself, if it said anything.
    """

    held_on: date
    sent_on: date
    attendance: int | None
    photo_bits: int | None = None
    photo_of: int | None = None
    phone_uses: int = 0
    nik_warnings: int = 0
    event_report: int | None = None
    device: Device | None = None


Flag = dict[str, object]


def asked_fields(reason: str) -> list[str]:
    """List the fields that a returned report's reason asks to change; none where only its words tell."""
    return list(_ASKED.get(reason, ()))


def flags_of(evidence: Evidence) -> list[Flag]:
    """List what a person should look at, most serious first; each has a code and its values."""
    flags = _of_others(evidence)
    if evidence.nik_warnings:
        flags.append({"code": "nik_odd", "count": evidence.nik_warnings})
    if evidence.phone_uses >= SAME_PHONE:
        flags.append({"code": "phone_shared", "count": evidence.phone_uses})
    days = (evidence.sent_on - evidence.held_on).days
    if days > LATE_DAYS:
        flags.append({"code": "sent_late", "days": days})
    if evidence.attendance is None:
        flags.append({"code": "no_attendance"})
    return flags + _of_device(evidence.device)


def _of_device(device: Device | None) -> list[Flag]:
    """List what the phone said of itself that a person should look at."""
    flags: list[Flag] = []
    if device is None:
        return flags
    if abs(device.clock_minutes) > CLOCK_MINUTES:
        flags.append({"code": "clock_off", "minutes": abs(device.clock_minutes)})
    if device.seconds is not None and device.seconds < QUICK_SECONDS:
        flags.append({"code": "filled_quickly", "seconds": device.seconds})
    return flags


def _of_others(evidence: Evidence) -> list[Flag]:
    """List what makes another report look like this one: its picture, or the same event."""
    flags: list[Flag] = []
    if evidence.photo_of is not None:
        flags.append(flag_of_photo(evidence.photo_of, evidence.photo_bits or 0))
    if evidence.event_report is not None:
        flags.append({"code": "event_reported", "activity": evidence.event_report})
    return flags


def flag_of_photo(activity_id: int, bits: int) -> Flag:
    """Make the flag of a picture that differs in so many bits from one of another report."""
    return {"code": "photo_alike", "percent": 100 - round(100 * bits / 64), "activity": activity_id}


def flags_now(stored: Sequence[Flag], *, disputed: bool, photos: bool) -> list[Flag]:
    """Add to the flags from the submission what is true at this moment: a double claim first, missing photos last."""
    first: list[Flag] = [{"code": "disputed"}] if disputed else []
    last: list[Flag] = [] if photos else [{"code": "no_photo"}]
    return [*first, *stored, *last]


def nearest_photo(own: Sequence[int], others: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Find (activity id, differing bits) of the most similar other picture within the limit, or None."""
    best: tuple[int, int] | None = None
    for mine in own:
        for activity_id, theirs in others:
            bits = ((mine ^ theirs) & (2**64 - 1)).bit_count()
            if bits <= SAME_PHOTO_BITS and (best is None or bits < best[1]):
                best = (activity_id, bits)
    return best
