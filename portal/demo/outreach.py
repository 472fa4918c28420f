"""A month of outreach: what each cadre does, who signs up at it, and how the reports are decided."""

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
    Register,
    Worker,
    draw_payments,
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
_RECENT: Final = timedelta(days=18)  # a report that came back longer ago has been corrected since
_MOST_A_DAY: Final = 3
_FULL_SIZE: Final = 500  # cadres; a larger demo gives each of them less to do
_LEAST: Final = 0.1


@dataclass(slots=True)
class Deed:
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
    signups: list["Joining"] = field(default_factory=list)

    def flags(self) -> list[dict[str, object]]:
        """List what the review queue points out, as the report's arrival would have found it."""
        found: list[dict[str, object]] = []
        days = (self.submitted_at.date() - self.held_on).days
        if days > 7:
            found.append({"code": "sent_late", "days": days})
        if self.attendance is None:
            found.append({"code": "no_attendance"})
        return found


@dataclass(slots=True)
class Joining:
    """A sign-up as it will be stored."""

    ref: str
    worker: Worker
    nik: str
    kpj: str | None


def draw_uuid(rng: Random) -> str:
    """Make a client's UUID from the dice."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def intensity(cadres: int) -> float:
    """Say how busy a cadre is in a demo of so many: a large one stays loadable."""
    return 1.0 if cadres <= _FULL_SIZE else max(_LEAST, (_FULL_SIZE / cadres) ** 0.45)


class Outreach:
    """Makes the deeds of one month after the other and hands the agency's rows on to its extracts."""

    def __init__(self, *, seed: int, cadres: int, calendar: Calendar, register: Register) -> None:
        self.seed, self.calendar, self.register = seed, calendar, register
        self.busy = intensity(cadres)

    def month_of_member(self, member: Member, month: str) -> tuple[list[Deed], list[tuple[int, str]]]:
        """Draw what a cadre did in a month, and what the agency has of those who signed up."""
        number = self.calendar.months.index(month)
        doing = member.twin if member.twin and number < member.twin_months else member.code
        plan = Random(f"{self.seed}/{doing}/{month}")
        own = Random(f"{self.seed}/{member.code}/{month}/own")
        if not member.works:
            return [], []
        deeds = list(self._deeds(plan, own, member, month))
        rows = self._signups(plan, own, deeds, member)
        _give_slots(deeds)
        return deeds, rows

    def _deeds(self, plan: Random, own: Random, member: Member, month: str) -> Iterator[Deed]:
        days = (last_day(month) - first_day(month)).days + 1
        count = _about(plan, (2.5 + 3.5 * min(member.strength, 3.0)) * self.busy)
        held = sorted(plan.randrange(days) for _ in range(count))
        for day in held:
            deed = self._deed(plan, own, member, first_day(month) + timedelta(days=day))
            if deed.held_on <= self.calendar.last_day and deed.submitted_at < self.calendar.end:
                yield deed

    def _deed(self, plan: Random, own: Random, member: Member, day: date) -> Deed:
        kind = plan.choices([name for name, _ in _TYPES], [weight for _, weight in _TYPES])[0]
        village, place = _place(own, member, kind)
        start = local_instant(day, plan.randrange(8, 16), own.randrange(60), member.branch.zone)
        waits = plan.choices((0, 1, 9), (90, 9, 1))[0]
        sent = start + timedelta(hours=2 + 24 * waits, minutes=own.randrange(55))
        crowd = {"mass_meeting": 120, "radio": 0, "door_to_door": 6, "renewal_visit": 4}.get(kind, 24)
        deed = Deed(
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
        self._decide(plan, deed)
        return deed

    def _decide(self, plan: Random, deed: Deed) -> None:
        """Let the branch decide after some days; what it has not come to yet waits in the queue."""
        days = plan.choices((0.3, 1.0, 2.2, 16.0), (40, 40, 17, 3))[0]
        minutes, verdict = plan.randrange(600), plan.random()
        codes = (plan.choice(sorted(RETURNED)), plan.choice(sorted(REJECTED)))
        at = _office_time(deed.submitted_at + timedelta(days=days, minutes=minutes), deed.submitted_at)
        if at >= self.calendar.end:
            return
        deed.status, deed.decided_at = "approved", at
        quick = month_of(at.astimezone(UTC).date()) == month_of(deed.held_on)
        if not quick or verdict > 0.04:
            return
        if verdict < 0.012:
            deed.status, deed.reason_code, deed.reason = "rejected", codes[1], REJECTED[codes[1]]
        elif self.calendar.end - at < _RECENT:
            deed.status, deed.reason_code, deed.reason = "returned", codes[0], RETURNED[codes[0]]
        else:
            deed.version = 2  # it came back, was corrected and approved then

    def _signups(self, plan: Random, own: Random, deeds: list[Deed], member: Member) -> list[tuple[int, str]]:
        """Let workers sign up at the reports that were sent at once, and write down the agency's side."""
        count = _about(plan, 9.0 * member.strength * self.busy)
        fit = [one for one in deeds if self._may_enrol(one)]
        rows: list[tuple[int, str]] = []
        if not fit:
            return rows
        share = _elapsed(self.calendar, month_of(fit[0].held_on))
        for _ in range(round(count * share)):
            deed = plan.choice(fit)
            worker = draw_worker(plan, own, member, self.register)
            registered, payments = draw_payments(plan, worker, deed.held_on, self.calendar)
            nik, kpj = reported_as(worker, own)
            deed.signups.append(Joining(draw_uuid(own), worker, nik, kpj))
            rows += extract_rows(
                worker,
                registered,
                payments,
                deed.held_on,
                deed.submitted_at,
                self.calendar,
                member.branch.code,
            )
        return rows

    def _may_enrol(self, deed: Deed) -> bool:
        """Say at which reports workers sign up: sent at once; those of a rejected one were decided long ago."""
        late = (deed.submitted_at.date() - deed.held_on).days > 1
        settled = deed.status == "rejected" and self.calendar.end - deed.submitted_at > 2 * _RECENT
        return deed.type != "radio" and not late and not settled


def _about(rng: Random, mean: float) -> int:
    """Draw a whole number around a mean."""
    return max(0, int(rng.gauss(mean, mean * 0.15) + rng.random()))


def _elapsed(calendar: Calendar, month: str) -> float:
    """Say how much of a month lies before the demo's end."""
    days = (last_day(month) - first_day(month)).days + 1
    return min(1.0, ((calendar.last_day - first_day(month)).days + 1) / days)


def _place(own: Random, member: Member, kind: str) -> tuple[str, str]:
    """Choose village and place: one that everybody knows, or one called after its village."""
    known = member.branch.places.get(kind, ())
    code, name = home_village(member, own)
    if known and own.random() < 0.65:
        place, certain = own.choice(known)
        return certain or code, place
    return code, own.choice(GENERIC[kind]).format(name)


def _office_time(at: datetime, sent: datetime) -> datetime:
    """Move an instant into a working hour (01.00 to 09.00 UTC) behind the one the report was sent at."""
    found = at.replace(hour=1 + at.hour % 8)
    return found if found > sent else found + timedelta(days=1)


def _give_slots(deeds: list[Deed]) -> None:
    """Give the first three approved of each day the slots that earn, in the order of the decisions."""
    taken: dict[date, int] = {}
    approved = [one for one in deeds if one.status == "approved" and one.decided_at is not None]
    for deed in sorted(approved, key=lambda one: (one.decided_at or one.submitted_at, one.ref)):
        used = taken.get(deed.held_on, 0)
        deed.slot = used + 1 if used < _MOST_A_DAY else None
        taken[deed.held_on] = used + 1


def is_late(deed: Deed, calendar: Calendar) -> bool:
    """Tell whether a report was approved after its month had closed."""
    month = month_of(deed.held_on)
    return deed.decided_at is not None and month in calendar.closed and deed.decided_at >= closing_of(month)
