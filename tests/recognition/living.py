"""A random life of a cadre: what happens to it, and what somebody with pen and paper would note beside."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from earning import sign_up
from factories import actor_of
from recognised import NOW, badges, progress, recognise
from reporting import new_ref, report
from slowly import LIMITS, slow_badges, slow_level, slow_streak
from sqlalchemy import func, select

from portal.activities.services.decide import (
    approve_activity,
    reject_activity,
    return_activity,
    withdraw_activity,
)
from portal.activities.services.submit import submit_report
from portal.cadres.services.cadres import change_status
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import local_date, month_of
from portal.domain.points import ACTIVITY_TYPES
from portal.points.models import LedgerEntry
from portal.recognition.models import Holiday
from portal.recognition.queries.achievements import stream_achievements
from portal.recognition.queries.progress import get_progress
from portal.recognition.services.definitions import enter_holiday, remove_holiday
from portal.recognition.services.leaves import ask_leave, decide_leave, withdraw_leave
from portal.signups.services.decide import withdraw_signup
from portal.transfers.services.terms import TermChange, move_cadre

# What some badges take in the world of the lives, so that short lives come to their edges.
SMALL = {
    "signups-10": 4,
    "signups-25-month": 7,
    "market-10": 2,
    "reports-50": 4,
    "villages-5": 3,
    "streak-4": 2,
}
SMALL |= {"first-time-20": 3, "month-20": 3, "all-types": 4}
VILLAGES = ("1671071005", "1671071001", "1671071002", "1671071003", "1671071004", "1671071006")


@dataclass
class Life:
    """A cadre, the instant reached, and what a person with pen and paper would have noted."""

    cast: Any
    cadre: Any
    at: datetime = NOW
    reports: list[dict[str, Any]] = field(default_factory=list)
    signups: list[dict[str, Any]] = field(default_factory=list)
    leaves: dict[int, tuple[date, date]] = field(default_factory=dict)
    suspended: list[list[date | None]] = field(default_factory=list)
    held: set[str] = field(default_factory=set)

    @property
    def zone(self) -> str:
        return "Asia/Jayapura" if self.cadre.branch_id == self.cast.jayapura.id else "Asia/Jakarta"

    @property
    def today(self) -> date:
        return local_date(self.at, self.zone)

    @property
    def boss(self) -> Signature:
        there = self.cast.debora if self.zone == "Asia/Jayapura" else self.cast.fahmi
        return Signature(actor_of(there), self.at)

    def by(self, who: str) -> Signature:
        return Signature(actor_of(getattr(self.cast, who)), self.at)

    def own(self) -> Signature:
        return Signature(actor_of(self.cadre), self.at)

    def live(self, act: str, n: int, choice: int) -> None:
        """Do something if the rules let it be done; what they refuse does not happen."""
        try:
            with transaction():
                getattr(self, act)(n, choice)
        except RuleBroken:
            pass
        db.session.refresh(self.cadre)

    def report(self, n: int, choice: int) -> None:
        one = {"ref": new_ref(), "type": ACTIVITY_TYPES[choice], "day": self.today - timedelta(days=n)}
        one |= {"village": VILLAGES[n % len(VILLAGES)], "status": "submitted", "returned": False}
        given = report(ref=one["ref"], type=one["type"], held_on=one["day"], village_code=one["village"])
        receipt = submit_report(report=given, by=self.own())
        self.reports.append(one | {"id": receipt.activity_id, "version": receipt.version})

    def _picked(self, status: str, n: int) -> dict[str, Any]:
        found = [one for one in self.reports if one["status"] == status]
        if not found:
            raise RuleBroken("nothing.to_decide")
        return found[n % len(found)]

    def approve(self, n: int, choice: int) -> None:
        one = self._picked("submitted", n)
        approve_activity(activity_id=one["id"], by=self.boss)
        one["status"] = "approved"

    def _decline(self, act, one: dict[str, Any], code: str, status: str) -> None:
        act(activity_id=one["id"], code=code, reason="Lihat catatan", by=self.boss)
        one["status"] = status

    def reject(self, n: int, choice: int) -> None:
        self._decline(reject_activity, self._picked("submitted", n), "not_held", "rejected")

    def withdraw(self, n: int, choice: int) -> None:
        self._decline(withdraw_activity, self._picked("approved", n), "not_held", "rejected")

    def __getattr__(self, name: str) -> Any:
        if name == "return":
            return self.send_back
        raise AttributeError(name)

    def send_back(self, n: int, choice: int) -> None:
        self._decline(return_activity, self._picked("submitted", n), "place_unclear", "returned")

    def correct(self, n: int, choice: int) -> None:
        one = self._picked("returned", n)
        again = report(
            ref=one["ref"], type=one["type"], held_on=one["day"], village_code=one["village"], place="Pasar lain",
            corrects=one["version"],
        )  # fmt: skip
        one["version"] = submit_report(report=again, by=self.own()).version
        one |= {"status": "submitted", "returned": True}

    def sign_up(self, n: int, choice: int) -> None:
        day = self.today - timedelta(days=n)
        for row in sign_up(self.cadre, 1 + choice, on=day, at=self.at):
            self.signups.append({"id": row.id, "source": f"signup:{row.ref}", "day": day, "withdrawn": ""})

    def _withdrawn(self, kind: str, n: int) -> None:
        live = [one for one in self.signups if not one["withdrawn"]]
        if not live:
            raise RuleBroken("nothing.to_withdraw")
        one = live[n % len(live)]
        withdraw_signup(signup_id=one["id"], kind=kind, reason="Diperiksa lagi", by=self.by("vera"))
        one["withdrawn"] = kind

    def wrong_match(self, n: int, choice: int) -> None:
        self._withdrawn("wrong_match", n)

    def fraud(self, n: int, choice: int) -> None:
        self._withdrawn("fraud", n)

    def leave(self, n: int, choice: int) -> None:
        first = self.today + timedelta(days=n - 14)
        days = (first, first + timedelta(days=choice))
        found = ask_leave(first_day=days[0], last_day=days[1], reason="Urusan keluarga", by=self.own())
        if choice % 3:
            decide_leave(leave_id=found.id, approve=True, by=self.boss)
            self.leaves[found.id] = days

    def unleave(self, n: int, choice: int) -> None:
        if not self.leaves:
            raise RuleBroken("nothing.to_withdraw")
        number = sorted(self.leaves)[n % len(self.leaves)]
        withdraw_leave(leave_id=number, by=self.own())
        del self.leaves[number]

    def _change(self, act: str) -> None:
        change_status(
            cadre_id=self.cadre.id,
            act=act,
            reason="Diperiksa",
            version_seen=self.cadre.version,
            by=self.by("ratna"),
        )

    def suspend(self, n: int, choice: int) -> None:
        self._change("suspend")
        self.suspended.append([self.today, None])

    def reinstate(self, n: int, choice: int) -> None:
        self._change("reinstate")
        self.suspended[-1][1] = self.today

    def move(self, n: int, choice: int) -> None:
        there = self.cast.palembang if self.zone == "Asia/Jayapura" else self.cast.jayapura
        move_cadre(
            cadre_id=self.cadre.id,
            from_month=month_of(local_date(self.at, "Asia/Jakarta")),
            change=TermChange(branch_id=there.id),
            reason="Pindah rumah",
            by=self.by("ratna"),
        )

    def holiday(self, n: int, choice: int) -> None:
        day = self.today - timedelta(days=n)
        if db.session.get(Holiday, day) is None:
            enter_holiday(day=day, name="Hari Uji", by=self.by("ratna"))
        else:
            remove_holiday(day=day, by=self.by("ratna"))

    def days(self, n: int, choice: int) -> None:
        self.at += timedelta(days=choice, hours=n)

    def week(self, n: int, choice: int) -> None:
        self.at += timedelta(days=7)

    def round(self, n: int, choice: int) -> None:
        """Nothing but the round that follows each step of these."""

    def expected(self) -> tuple[int, int, int]:
        """Compute level, streak and longest streak slowly; what is earned now is kept from now on."""
        points = db.session.scalar(
            select(func.sum(LedgerEntry.points)).where(LedgerEntry.cadre_id == self.cadre.id)
        )
        days = [one["day"] for one in self.reports if one["status"] == "approved"]
        number, longest = slow_streak(days, self._neutral(), self.today, 2)
        level = slow_level(points or 0)
        reports = [
            one
            | {
                "approved": one["status"] == "approved",
                "at_first": not one["returned"],
                "decided": one["status"] != "submitted" or one["returned"],
            }
            for one in self.reports
        ]
        live = [one["day"] for one in self.signups if not one["withdrawn"]]
        self.held |= slow_badges(reports, live, longest=longest, level=level, limits=LIMITS | SMALL)
        return level, number, longest

    def _neutral(self) -> set[date]:
        spans = [
            *self.leaves.values(),
            *((first, last or date(2032, 1, 1)) for first, last in self.suspended),
        ]
        days = set(db.session.scalars(select(Holiday.day)))
        for first, last in spans:
            days |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
        return {day - timedelta(days=day.weekday()) for day in days}

    def check(self) -> tuple[int, int, int, str]:
        """Let the round run, and compare everything that shows recognition."""
        recognise(self.at)
        level, number, longest = self.expected()
        monday = self.today - timedelta(days=self.today.weekday())
        new = (1, 0, 0, monday)  # who is new and did nothing has no row until the next day
        assert (progress(self.cadre) or new) == (level, number, longest, monday)
        lost = {row.code for row in self._taken_back()}
        assert set(badges(self.cadre)) == self.held - lost
        page = get_progress(self.cadre.id, self.today)
        assert (page.level.number, page.streak.number, page.streak.longest) == (level, number, longest)
        assert {one.badge.code for one in page.earned} == self.held - lost
        return level, number, longest, " ".join(sorted(self.held - lost))

    def check_export(self) -> None:
        rows = stream_achievements(month_of(self.today), closed=False, at=self.at)
        assert {row[0]: row[1:5] for row in rows}[self.cadre.code] == self.check()

    def _taken_back(self) -> list[Any]:
        """List the awards that stand on proven fraud, which must be those taken back."""
        from portal.recognition.models import BadgeAward

        fraud = {one["source"] for one in self.signups if one["withdrawn"] == "fraud"}
        rows = db.session.scalars(select(BadgeAward).where(BadgeAward.cadre_id == self.cadre.id)).all()
        lost = [row for row in rows if fraud & set(row.evidence)]
        assert [row.taken_back_at is not None for row in rows] == [row in lost for row in rows]
        return lost
