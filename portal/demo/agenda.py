"""The agenda in the demo: an event that is over, one today, two to come, and one that is only planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from portal.activities.models import Activity
from portal.agenda.models import Event, EventAttendance, EventSeat
from portal.agenda.services.joining import sign_up
from portal.agenda.services.planning import EventFacts, plan_event, publish_event
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.demo.calendar import Calendar, local_instant
from portal.domain.actors import Actor, Signature
from portal.domain.months import first_day, month_of
from portal.organisation.models import Branch

# Days after the demo's last one, hours, type, title, place, notes, seats, how many sign up; None: only planned.
_COMING: Final = (
    (1, (9, 12), "market_visit", "Sosialisasi Pasar 16 Ilir", "Pintu barat dekat mushola",
     "Bawa brosur dan kartu nama.", 6, 6),
    (4, (6, 8), "religious_meeting", "Pengajian akbar Masjid Agung", "Halaman Masjid Agung",
     "Perkiraan 400 jamaah. Bicara 10 menit sesudah tausiah.", 8, 4),
    (7, (13, 15), "farmer_group", "Kelompok tani Pulokerto", "Balai tani, Gandus",
     "Musim tanam, petani berkumpul di balai.", 4, 3),
    (12, (8, 11), "door_to_door", "Keliling Keramasan", "Kantor lurah Keramasan", "", 4, None),
)  # fmt: skip


@dataclass
class Agenda:
    """Makes the events of a branch of the demo; `calendar` says until when."""

    supervisor: Actor
    calendar: Calendar
    seed: int

    def store(self, branch_code: str) -> None:
        """Store the events; the one that is over names reports that were approved anyway, so no figure changes."""
        self.rng = Random(f"{self.seed}/agenda")
        branch = db.session.scalars(select(Branch).where(Branch.code == branch_code)).one()
        wanted = select(Cadre).where(Cadre.branch_id == branch.id, Cadre.status == "active")
        wanted = wanted.where(Cadre.user_id.is_not(None), Cadre.certified_on.is_not(None))
        cadres = db.session.scalars(wanted.order_by(Cadre.code).limit(12)).all()
        self._held(branch)
        for place, (days, hours, kind, title, where, notes, seats, taken) in enumerate(_COMING):
            day = self.calendar.last_day + timedelta(days=days)
            begins, ends = local_instant(day, hours[0]), local_instant(day, hours[1])
            facts = EventFacts(kind, title, where, begins, ends, seats, notes=notes, expected=40 * seats)
            self._coming(branch, facts, cadres[place % 2 :], taken)

    def _ref(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def _coming(self, branch: Branch, facts: EventFacts, cadres: Sequence[Cadre], taken: int | None) -> None:
        by = Signature(self.supervisor, self.calendar.end - timedelta(hours=9))
        event = plan_event(ref=self._ref(), branch_id=branch.id, facts=facts, by=by)
        if taken is None:
            return
        publish_event(event_id=event.id, version=event.version, by=by)
        for minutes, cadre in enumerate(cadres[: min(taken, facts.seats)]):
            who = Actor(
                cadre.user_id or 0, "cadre", cadre.name, "branch", branch_id=branch.id, cadre_id=cadre.id
            )
            sign_up(event_id=event.id, by=Signature(who, by.at + timedelta(minutes=minutes + 1)))

    def _busiest(self, branch: Branch) -> tuple[str, date] | None:
        """Find the kind of activity and the day of this month that most cadres of a branch were approved for."""
        cadres = func.count(func.distinct(Activity.cadre_id))
        wanted = select(Activity.type, Activity.held_on).where(Activity.branch_id == branch.id)
        wanted = wanted.where(Activity.status == "approved", ~Activity.history)
        wanted = wanted.where(Activity.held_on >= first_day(month_of(self.calendar.last_day)))
        wanted = wanted.group_by(Activity.type, Activity.held_on)
        order = (cadres.desc(), Activity.held_on.desc(), Activity.type)
        found = db.session.execute(wanted.order_by(*order).limit(1)).one_or_none()
        return (found.type, found.held_on) if found else None

    def _held(self, branch: Branch) -> None:
        """Store an event that is over and closed, from reports of one kind and day that were approved."""
        busiest = self._busiest(branch)
        if busiest is None:
            return
        kind, day = busiest
        wanted = select(Activity).where(Activity.branch_id == branch.id, Activity.status == "approved")
        wanted = wanted.where(Activity.type == kind, Activity.held_on == day).order_by(Activity.ref)
        reports = list({one.cadre_id: one for one in db.session.scalars(wanted)}.values())[:10]
        begins, ends, closed = local_instant(day, 8), local_instant(day, 11), local_instant(day, 16)
        planned = begins - timedelta(days=6)
        event = Event(
            ref=self._ref(),
            branch_id=branch.id,
            type=kind,
            title="Kegiatan bersama kader Palembang",
            place="Berkumpul di kantor cabang",
            starts_at=begins,
            ends_at=ends,
            seats=10,
            status="closed",
            version=3,
            planned_by=self.supervisor.user_id,
            planned_at=planned,
            published_at=planned,
            changed_at=closed,
            closed_by=self.supervisor.user_id,
            closed_at=closed,
            came=sum(one.attendance or 0 for one in reports),
        )
        db.session.add(event)
        db.session.flush()
        for minutes, report in enumerate(reports):
            keys = {"event_id": event.id, "cadre_id": report.cadre_id}
            db.session.add(EventSeat(**keys, signed_up_at=planned + timedelta(hours=minutes + 1)))
            db.session.add(EventAttendance(**keys, how="code", at=begins + timedelta(minutes=minutes)))
            report.event_id = event.id
        db.session.flush()
