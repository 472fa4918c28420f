"""A month of outreach: what each cadre does, who signs up there, and how the reports are decided."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from portal.demo.calendar import Calendar, closing_of, local_instant
from portal.demo.geography import GENERIC
from portal.demo.people import Member, home_village
from portal.demo.workers import (
    AgencyRow,
    Register,
    Worker,
    draw_membership,
    draw_worker,
    extract_rows,
    reported_as,
)
from portal.domain.months import first_day, last_day, month_of

_TYPES: Final = (
    ("market_visit", 9),
    ("door_to_door", 6),
    ("community_meeting", 5),
    ("religious_meeting", 5),
    ("base_visit", 5),
    ("farmer_group", 2),
    ("stand", 2),
    ("renewal_visit", 3),
    ("mass_meeting", 1),
    ("radio", 1),
)
_NOTES: Final = (
    "Banyak yang bertanya soal santunan kematian.",
    "Pedagang minta contoh kartu peserta.",
    "Diminta datang lagi minggu depan dengan formulir.",
    "Ketua kelompok bersedia mengumpulkan warga.",
    "Sebagian menunggu panen untuk membayar iuran.",
)
RETURNED: Final = {
    "photo_unreadable": "Yang buram daftar hadirnya.",
    "place_unclear": "Tempatnya belum jelas. Tulis nama pasar atau masjidnya, lalu kirim lagi.",
    "attendance_unclear": "Jumlah hadir tidak cocok dengan daftar. Periksa dan kirim lagi.",
}
REJECTED: Final = {
    "duplicate_report": "Kegiatan ini sudah dilaporkan dan disetujui. Yang kedua tidak dihitung.",
    "not_held": "Pengurus pasar menyampaikan kegiatan ini tidak jadi diadakan.",
    "not_outreach": "Ini rapat intern kelompok, bukan sosialisasi.",
}
CONSENT_HELD: Final = {"returned": "activity_returned", "rejected": "activity_rejected"}
_RECENT: Final = timedelta(days=18)  # a report returned longer ago than this has been corrected since
_MAX_PER_DAY: Final = 3
_FULL_SIZE: Final = 500  # cadres; in a larger demo each of them does less
_MIN_INTENSITY: Final = 0.1


@dataclass(slots=True)
class DemoActivity:
    """An activity as it will be stored, with its sign-ups."""

    ref: str
    member: Member
    type: str
    held_on: date
    village_code: str
    place: str
    attendance: int | None
    notes: str | None
    submitted_at: datetime
    status: str = "submitted"
    decided_at: datetime | None = None
    reason_code: str | None = None
    reason: str | None = None
    version: int = 1
    slot: int | None = None
    points: int | None = None
    signups: list["DemoSignUp"] = field(default_factory=list)

    def flags(self) -> list[dict[str, object]]:
        """List the flags that the review queue shows, as the report's submission would have set them."""
        found: list[dict[str, object]] = []
        days = (self.submitted_at.date() - self.held_on).days
        if days > 7:
            found.append({"code": "sent_late", "days": days})
        if self.attendance is None:
            found.append({"code": "no_attendance"})
        return found


@dataclass(slots=True)
class DemoSignUp:
    """A sign-up as it will be stored."""

    ref: str
    worker: Worker
    nik: str
    kpj: str | None


def draw_uuid(rng: Random) -> str:
    """Make a client's UUID from the random generator."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def intensity(cadres: int) -> float:
    """Say how busy each cadre is in a demo of this size: a large one must stay loadable."""
    return 1.0 if cadres <= _FULL_SIZE else max(_MIN_INTENSITY, (_FULL_SIZE / cadres) ** 0.45)


class Outreach:
    """Makes the activities month by month and passes the agency's rows on to its extracts."""

    def __init__(self, *, seed: int, busy: float, calendar: Calendar, register: Register) -> None:
        self.seed, self.busy, self.calendar, self.register = seed, busy, calendar, register

    def month_of_member(self, member: Member, month: str) -> tuple[list[DemoActivity], list[AgencyRow]]:
        """Draw what a cadre did in a month, and what the agency knows of those who signed up."""
        number = self.calendar.months.index(month)
        doing = member.twin if member.twin and number < member.twin_months else member.code
        plan = Random(f"{self.seed}/{doing}/{month}")
        own = Random(f"{self.seed}/{member.code}/{month}/own")
        if not member.works or (member.stops_after is not None and number >= member.stops_after):
            return [], []
        activities = list(self._activities(plan, own, member, month))
        rows = self._signups(plan, own, activities, member)
        _give_slots(activities)
        return activities, rows

    def _activities(self, plan: Random, own: Random, member: Member, month: str) -> Iterator[DemoActivity]:
        days = (last_day(month) - first_day(month)).days + 1
        count = _about(plan, (2.5 + 3.5 * min(member.strength, 3.0)) * self.busy)
        held = sorted(plan.randrange(days) for _ in range(count))
        for day in held:
            activity = self._activity(plan, own, member, first_day(month) + timedelta(days=day))
            if activity.held_on <= self.calendar.last_day and activity.submitted_at < self.calendar.end:
                yield activity

    def _activity(self, plan: Random, own: Random, member: Member, day: date) -> DemoActivity:
        kind = plan.choices([name for name, _ in _TYPES], [weight for _, weight in _TYPES])[0]
        village, place = _place(own, member, kind, lately=month_of(day) == self.calendar.months[-1])
        start = local_instant(day, plan.randrange(8, 16), own.randrange(60), member.branch.zone)
        waits = plan.choices((0, 1, 9), (90, 9, 1))[0]
        sent = start + timedelta(hours=2 + 24 * waits, minutes=own.randrange(55))
        crowd = {"mass_meeting": 120, "radio": 0, "door_to_door": 6, "renewal_visit": 4}.get(kind, 24)
        activity = DemoActivity(
            ref=draw_uuid(own),
            member=member,
            type=kind,
            held_on=day,
            village_code=village,
            place=place,
            attendance=None
            if plan.random() < 0.03
            else max(1, crowd + own.randrange(-crowd // 3, crowd // 2 + 1)),
            notes=own.choice(_NOTES) if own.random() < 0.3 else None,
            submitted_at=sent,
        )
        self._decide(plan, activity)
        return activity

    def _decide(self, plan: Random, activity: DemoActivity) -> None:
        """Decide a report after some days; those not reached yet wait in the queue."""
        days = plan.choices((0.3, 1.0, 2.2, 16.0), (40, 40, 17, 3))[0]
        minutes, verdict = plan.randrange(600), plan.random()
        codes = (plan.choice(sorted(RETURNED)), plan.choice(sorted(REJECTED)))
        at = _office_time(
            activity.submitted_at + timedelta(days=days, minutes=minutes), activity.submitted_at
        )
        if at >= self.calendar.end:
            return
        activity.status, activity.decided_at = "approved", at
        quick = month_of(at.astimezone(UTC).date()) == month_of(activity.held_on)
        if not quick or verdict > 0.04:
            return
        if verdict < 0.012:
            activity.status, activity.reason_code, activity.reason = "rejected", codes[1], REJECTED[codes[1]]
        elif self.calendar.end - at < _RECENT:
            activity.status, activity.reason_code, activity.reason = "returned", codes[0], RETURNED[codes[0]]
        else:
            activity.version = 2  # it was returned, then corrected and approved

    def _signups(
        self, plan: Random, own: Random, activities: list[DemoActivity], member: Member
    ) -> list[AgencyRow]:
        """Let workers sign up at the reports that were submitted in time, and draw the agency's side."""
        count = _about(plan, 9.0 * member.strength * self.busy)
        fit = [one for one in activities if self._may_enrol(one)]
        rows: list[AgencyRow] = []
        if not fit:
            return rows
        share = _elapsed(self.calendar, month_of(fit[0].held_on))
        for _ in range(round(count * share)):
            activity = plan.choice(fit)
            worker = draw_worker(plan, own, member, self.register)
            membership = draw_membership(plan, worker, activity.held_on, self.calendar)
            nik, kpj = reported_as(worker, own)
            activity.signups.append(DemoSignUp(draw_uuid(own), worker, nik, kpj))
            rows += extract_rows(
                worker,
                membership,
                activity.held_on,
                activity.submitted_at,
                self.calendar,
                member.branch.code,
            )
        return rows

    def _may_enrol(self, activity: DemoActivity) -> bool:
        """Tell whether workers sign up at this report: one submitted in time, unless rejected long ago."""
        late = (activity.submitted_at.date() - activity.held_on).days > 1
        settled = activity.status == "rejected" and self.calendar.end - activity.submitted_at > 2 * _RECENT
        return activity.type != "radio" and not late and not settled


def _about(rng: Random, mean: float) -> int:
    """Draw a whole number around a mean."""
    return max(0, int(rng.gauss(mean, mean * 0.15) + rng.random()))


def _elapsed(calendar: Calendar, month: str) -> float:
    """Return the share of a month that lies before the demo's end."""
    days = (last_day(month) - first_day(month)).days + 1
    return min(1.0, ((calendar.last_day - first_day(month)).days + 1) / days)


def _place(own: Random, member: Member, kind: str, *, lately: bool) -> tuple[str, str]:
    """Choose village and place: a well-known one, or one named after its village."""
    known = member.branch.places.get(kind, ())
    code, name = home_village(member, own, lately=lately)
    if known and own.random() < 0.65:
        place, certain = own.choice(known)
        return certain or code, place
    return code, own.choice(GENERIC[kind]).format(name)


def _office_time(at: datetime, sent: datetime) -> datetime:
    """Move an instant into a working hour (01.00 to 09.00 UTC) after the report's submission."""
    found = at.replace(hour=1 + at.hour % 8)
    return found if found > sent else found + timedelta(days=1)


def _give_slots(activities: list[DemoActivity]) -> None:
    """Give the first three approved reports of each day the earning slots, in the order of the decisions."""
    taken: dict[date, int] = {}
    approved = [one for one in activities if one.status == "approved" and one.decided_at is not None]
    for activity in sorted(approved, key=lambda one: (one.decided_at or one.submitted_at, one.ref)):
        used = taken.get(activity.held_on, 0)
        activity.slot = used + 1 if used < _MAX_PER_DAY else None
        taken[activity.held_on] = used + 1


def is_late(activity: DemoActivity, calendar: Calendar) -> bool:
    """Tell whether a report was approved after its month had closed."""
    month = month_of(activity.held_on)
    return (
        activity.decided_at is not None
        and month in calendar.closed
        and activity.decided_at >= closing_of(month)
    )
