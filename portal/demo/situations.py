"""The situations that the demo promises to show, each made by the service that makes it in real life."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select

from portal import vault
from portal.activities.models import Activity, Photo
from portal.activities.queries.reports import get_activity
from portal.activities.services.decide import return_activity
from portal.activities.services.drafts import save_draft
from portal.activities.services.submit import submit_report
from portal.cadres.models import Cadre
from portal.cadres.services.cadres import change_status
from portal.database.extensions import db
from portal.demo.agency import draw_birth
from portal.demo.calendar import Calendar, local_instant
from portal.demo.outreach import RETURNED, draw_uuid
from portal.demo.people import SUSPENDED, Member, home_village, in_story
from portal.demo.pictures import attach_pictures
from portal.demo.storing import CONSENT
from portal.demo.workers import Register
from portal.domain.actors import Actor, Signature
from portal.domain.reports import Report, ReportedSignUp
from portal.membership.services.deciding import withdraw_validation
from portal.signups.models import SignUp

_WITHDRAWN = {
    "fraud": "Orang yang disebut menyatakan tidak pernah mendaftar; tanda tangannya dipalsukan.",
    "wrong_match": "Nama sama, orang lain: peserta ini mendaftar sendiri di kantor cabang.",
}


@dataclass(frozen=True)
class _Visit:
    """Where and when outreach was held, counted back from the demo's last day; without a village in the cadre's own."""

    kind: str
    place: str
    village: str | None
    days_ago: int
    hour: int


class Situations:
    """The cast of Palembang and the officers, and what happens to them."""

    def __init__(
        self,
        members: list[Member],
        actors: dict[str, Actor],
        calendar: Calendar,
        register: Register,
        seed: int,
    ) -> None:
        self.cast = [one for one in members if in_story(one, one.number)]
        self.actors, self.calendar, self.register = actors, calendar, register
        self.rng = Random(f"{seed}/situations")

    def withdraw(self, month: str, kind: str, at: datetime) -> None:
        """Withdraw a Palembang sign-up that was earned in a month, the first by reference."""
        cadres = [one.id for one in self.cast[4:8]]
        row = db.session.execute(
            select(SignUp.id)
            .where(
                SignUp.cadre_id.in_(cadres),
                SignUp.status == "validated",
                SignUp.outcome == "new",
                SignUp.earned_month == month,
            )
            .order_by(SignUp.ref)
            .limit(1),
        ).scalar_one_or_none()
        if row is not None:
            reason = _WITHDRAWN[kind]
            withdraw_validation(
                signup_id=row, kind=kind, reason=reason, by=Signature(self.actors["validator"], at)
            )

    def today(self) -> None:
        """Create the open work that the demo ends with."""
        if len(self.cast) <= SUSPENDED or self.calendar.last_day < date(2015, 1, 31):
            return
        self._suspend()
        self._undecided_claim()
        self._claim_of_a_participant()
        self._returned_report()
        self._odd_report()
        self._draft()
        self._photograph_what_waits()

    def _at(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        return local_instant(self.calendar.last_day - timedelta(days=days_ago), hour, minute)

    def _day(self, days_ago: int) -> date:
        return self.calendar.last_day - timedelta(days=days_ago)

    def _suspend(self) -> None:
        member = self.cast[SUSPENDED]
        version = db.session.get_one(Cadre, member.id).version
        reason = "Iuran dua peserta terlambat disetor; diperiksa bersama wadahnya."
        admin = self.actors["admin"]
        change_status(
            cadre_id=member.id,
            act="suspend",
            reason=reason,
            version_seen=version,
            by=Signature(admin, self._at(1, 11)),
        )

    def _undecided_claim(self) -> None:
        """Let two cadres report the same trader within two days: both sign-ups are disputed."""
        worker = self._worker(self.cast[1], "Sulastri Handayani", woman=True)
        for member, days_ago, hour in ((self.cast[1], 2, 10), (self.cast[4], 1, 9)):
            look = f"{self.calendar.last_day}"  # the second report uses the first one's photos
            again = replace(worker, ref=draw_uuid(self.rng), reported_on=self._day(days_ago))
            visit = _Visit("market_visit", "Pasar 16 Ilir", "1671051002", days_ago, hour)
            self._submit(member, visit, (again,), look=look)

    def _claim_of_a_participant(self) -> None:
        """Let a cadre report a participant whose first sign-up is validated: only the new one is disputed."""
        first = db.session.execute(
            select(SignUp)
            .where(
                SignUp.cadre_id == self.cast[0].id,
                SignUp.status == "validated",
                SignUp.is_live,
            )
            .order_by(SignUp.ref)
            .limit(1),
        ).scalar_one_or_none()
        if first is None:
            return
        again = ReportedSignUp(
            ref=draw_uuid(self.rng),
            name=first.name,
            nik=vault.unseal(first.nik_sealed),
            birth_date=first.birth_date,
            programmes="JKK,JKM",
            reported_on=self._day(1),
            occupation=first.occupation,
            consent_version=CONSENT,
            consent_at=self._at(1, 13),
        )
        visit = _Visit("base_visit", "Pangkalan ojek Simpang Polda", "1671091004", 1, 13)
        self._submit(self.cast[7], visit, (again,))

    def _returned_report(self) -> None:
        """Return a report of the demo cadre yesterday, with what to do."""
        visit = _Visit("religious_meeting", "Pengajian Masjid Agung", "1671111001", 3, 16)
        report = self._submit(self.cast[0], visit, ())
        code = "photo_unreadable"
        return_activity(
            activity_id=report,
            code=code,
            reason=RETURNED[code],
            by=Signature(self.actors["supervisor"], self._at(1, 8, 40)),
            version=get_activity(report).version,
        )

    def _odd_report(self) -> None:
        """Submit a report that the queue flags: one phone for three workers, a NIK that disagrees, sent late."""
        member = self.cast[9]
        first = self._worker(member, "Rusmiati Hasan", woman=True)
        names = ("Komariah Dewi", "Hartini Sari")
        others = [self._worker(member, name, woman=True) for name in names]
        joined = [replace(one, phone="081273440098", reported_on=self._day(9)) for one in (first, *others)]
        joined[2] = replace(joined[2], birth_date=joined[2].birth_date + timedelta(days=31))
        visit = _Visit("community_meeting", "Balai kelurahan", None, 9, 15)
        self._submit(member, visit, tuple(joined), sent_ago=1)

    def _draft(self) -> None:
        member = self.cast[0]
        village, _ = home_village(member, self.rng)
        body: dict[str, object] = {
            "type": "market_visit",
            "held_on": self._day(0).isoformat(),
            "village_code": village,
            "place": "Pasar 10 Ulu",
            "attendance": "18",
            "notes": "Lapak sayur dan ikan di sisi timur.",
            "signups": [],
            "removed": [],
            "corrects": None,
        }
        save_draft(ref=draw_uuid(self.rng), body=body, by=Signature(actor_of(member), self._at(0, 17, 20)))

    def _photograph_what_waits(self) -> None:
        """Give the story's waiting reports their photos, except the oldest, which is flagged for it."""
        members = {one.id: one for one in self.cast}
        photographed = select(Photo.report_ref)
        waiting = db.session.execute(
            select(Activity.ref, Activity.cadre_id, Activity.type, Activity.submitted_at)
            .where(
                Activity.cadre_id.in_(members),
                Activity.status == "submitted",
                Activity.ref.not_in(photographed),
            )
            .order_by(Activity.submitted_at, Activity.ref)
            .offset(1)
        ).all()
        for ref, cadre_id, kind, at in waiting:
            attach_pictures(ref, members[cadre_id], kind, look=Random(ref), rng=self.rng, at=at)

    def _worker(self, member: Member, name: str, *, woman: bool) -> ReportedSignUp:
        birth = draw_birth(self.rng, 1972, 1999)
        return ReportedSignUp(
            ref=draw_uuid(self.rng),
            name=name,
            nik=self.register.next_nik(member, birth, woman=woman),
            birth_date=birth,
            programmes=self.rng.choice(("JKK,JKM", "JKK,JKM,JHT")),
            reported_on=self.calendar.last_day,
            phone=f"0812{self.rng.randrange(10**7, 10**8)}",
            occupation="pedagang sayur",
            consent_version=CONSENT,
            consent_at=self._at(3, 9),
        )

    def _submit(
        self,
        member: Member,
        visit: _Visit,
        signups: tuple[ReportedSignUp, ...],
        *,
        sent_ago: int | None = None,
        look: str = "",
    ) -> int:
        """Submit a report with its pictures as the cadre would; return its number."""
        ref = draw_uuid(self.rng)
        at = self._at(visit.days_ago if sent_ago is None else sent_ago, visit.hour, 35)
        report = Report(
            ref=ref,
            type=visit.kind,
            held_on=self._day(visit.days_ago),
            village_code=visit.village or home_village(member, self.rng)[0],
            place=visit.place,
            attendance=self.rng.randrange(12, 40),
            photos=attach_pictures(ref, member, visit.kind, look=Random(look or ref), rng=self.rng, at=at),
            signups=signups,
        )
        return submit_report(report=report, by=Signature(actor_of(member), at)).activity_id


def actor_of(member: Member) -> Actor:
    """Return a cadre as an actor."""
    return Actor(
        user_id=member.user_id,
        role="cadre",
        name=member.name,
        scope="branch",
        branch_id=member.branch_id,
        cadre_id=member.id,
        zone=member.branch.zone,
    )
