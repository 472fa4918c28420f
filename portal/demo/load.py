"""Loading the demo: months of outreach in bulk, then extracts, closes and payouts through their services."""

import gc
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

from portal.accounts.models import User
from portal.accounts.queries.sessions import get_operator
from portal.database import bulk
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.demo import care, idle, messages, recognition
from portal.demo.accounts import STAFF, add_staff
from portal.demo.agenda import Agenda
from portal.demo.calendar import Calendar, closing_of, local_instant, make_calendar
from portal.demo.contests import Contests
from portal.demo.coverage import import_estimates, set_demo_targets
from portal.demo.extracts import Spool
from portal.demo.geography import BRANCHES, HOSTS, MORE_OFFICES, OFFICES, BranchPlan, list_branch_plans
from portal.demo.names import draw_culture, draw_name
from portal.demo.outreach import DemoActivity, Outreach, intensity
from portal.demo.paying import audit_accounts, fail_one, pay_month
from portal.demo.people import Member, make_members, store_members
from portal.demo.readers import store_openings
from portal.demo.situations import Situations
from portal.demo.storing import store_activities
from portal.demo.training import Trainings
from portal.demo.workers import Register
from portal.domain.actors import Actor, Signature
from portal.domain.months import first_day, next_month
from portal.incentives.services.plans import assign_plan
from portal.months.services.closing import close_month
from portal.organisation.models import Branch, HostBody, RegionalOffice
from portal.points.services.months import open_month
from portal.points.services.rebuilding import rebuild_standings
from portal.points.services.standings import settle_standings

WHOLE: Final = 2_000  # up to this many cadres the demo is loaded completely or not at all
_AT_ONCE: Final = 1_000  # this many cadres' months are made and stored together
Watch = Callable[[int], None]


@contextmanager
def _collecting_by_month() -> Iterator[Callable[[], int]]:
    """Look for garbage only when asked to: among millions of rows the collector takes a sixth of the time."""
    gc.disable()
    try:
        yield gc.collect
    finally:
        gc.enable()


class Loader:
    """One load, with its state from month to month. `busy` is how much each cadre does, 1 in a demo of a few hundred.

    The benchmarks take people and work from here, and apply and close by themselves.
    """

    def __init__(
        self,
        *,
        cadres: int,
        seed: int,
        calendar: Calendar,
        watch: Watch,
        busy: float | None = None,
    ) -> None:
        self.cadres, self.seed, self.watch = cadres, seed, watch
        self.calendar = calendar
        self.branches: list[BranchPlan] = list_branch_plans(cadres)
        self.register = Register()
        busy = intensity(cadres) if busy is None else busy
        self.outreach = Outreach(seed=seed, busy=busy, calendar=calendar, register=self.register)
        self.members: list[Member] = []
        self.actors: dict[str, Actor] = {}
        self.done = 0
        self.step: Callable[[], AbstractContextManager[None]] = transaction

    def load(self) -> None:
        """Load everything; a small demo in one transaction, a large one step by step."""
        whole = self.cadres <= WHOLE
        if whole:
            self.step = nullcontext
        with transaction() if whole else nullcontext(), tempfile.TemporaryDirectory() as folder:
            self.store_people()
            with Spool(Path(folder), self.calendar) as spool, _collecting_by_month() as collect:
                paid_before = None
                for month in self.calendar.months:
                    self.store_work(month, spool)
                    self._apply(month, spool)
                    if month in self.calendar.closed:
                        self._close(month, paid_before)
                        paid_before = month
                    self._advance(self.cadres)
                    collect()
            with self.step():
                self._end()
            recognition.end(self._situations().cast, self.calendar, step=self.step)
            with self.step():
                messages.tell(end=self.calendar.end, whole=self.cadres <= WHOLE)

    def _advance(self, cadres: int) -> None:
        """Report progress: each cadre's month counts once when made, once when settled."""
        self.done += cadres
        self.watch(self.done)

    def store_people(self) -> None:
        """Store offices, branches, host bodies, staff, plans and cadres."""
        with self.step():
            self._people()

    def _people(self) -> None:
        start = first_day(self.calendar.months[0])
        at = local_instant(start - timedelta(days=3), 9)
        offices = self._offices()
        self._branches(offices)
        db.session.add_all(HostBody(code=code, name=name) for code, name in HOSTS.items())
        db.session.flush()
        staff = add_staff(at=at)
        reviewers = self._reviewers(staff)
        self._cast(staff)
        self.members = make_members(self.branches, self.cadres, self.seed, start)
        for member in self.members:
            member.reviewer_id = reviewers[member.branch.code]
        farah, omar = staff["farah@demo.test"].id, staff["omar@demo.test"].id
        store_members(
            self.members,
            finance=farah,
            checker=omar,
            seed=self.seed,
            at=at,
            today=self.calendar.last_day,
        )
        audit_accounts(farah)
        with tempfile.TemporaryDirectory() as folder:
            by = Signature(self.actors["admin"], at)
            import_estimates(self.branches, seed=self.seed, year=start.year, folder=Path(folder), by=by)
        care.add_contacts()
        for row in db.session.query(Branch).order_by(Branch.code).all():
            code = next(branch.plan for branch in self.branches if branch.code == row.code)
            month = self.calendar.months[0]
            assign_plan(
                branch_id=row.id, code=code, from_month=month, by=Signature(self.actors["operator"], at)
            )

    def _offices(self) -> dict[str, int]:
        names = OFFICES | MORE_OFFICES
        for code in sorted({branch.office for branch in self.branches}):
            db.session.add(RegionalOffice(code=code, name=names[code]))
        db.session.flush()
        return {office.code: office.id for office in db.session.query(RegionalOffice).all()}

    def _reviewers(self, staff: dict[str, User]) -> dict[str, int]:
        """Return each branch's supervisor: a printed demo account, elsewhere one without a password."""
        found = {one.place: staff[one.email].id for one in STAFF if one.role == "supervisor"}
        at = local_instant(first_day(self.calendar.months[0]) - timedelta(days=3), 9)
        ids = {row.code: row.id for row in db.session.query(Branch).all()}
        for branch in self.branches:
            if branch.code not in found:
                rng = Random(f"{self.seed}/supervisor/{branch.code}")
                user = User(
                    name=draw_name(rng, draw_culture(rng, branch.mix), woman=rng.random() < 0.5),
                    email=f"pembina.{branch.code.lower()}@demo.test",
                    role="supervisor",
                    scope="branch",
                    branch_id=ids[branch.code],
                    created_at=at,
                )
                db.session.add(user)
                db.session.flush()
                found[branch.code] = user.id
        return found

    def _branches(self, offices: dict[str, int]) -> None:
        for branch in self.branches:
            db.session.add(
                Branch(
                    code=branch.code,
                    name=branch.name,
                    regional_office_id=offices[branch.office],
                    time_zone=branch.zone,
                    region_code=branch.region_code,
                ),
            )

    def _cast(self, staff: dict[str, User]) -> None:
        """Store the actors: the first account of each role, the second finance officer, the operator."""
        for one in STAFF:
            key = one.role if one.role not in self.actors else f"{one.role}_2"
            user = staff[one.email]
            self.actors[key] = Actor(
                user_id=user.id,
                role=user.role,
                name=user.name,
                scope=user.scope,
                branch_id=user.branch_id,
                region_id=user.regional_office_id,
            )
        self.actors["operator"] = get_operator()

    def store_work(self, month: str, spool: Spool) -> None:
        """Store a month's outreach, and spool what the agency's extracts will say of it."""
        with self.step():
            for opened in sorted({month, next_month(month)} & set(self.calendar.months)):
                open_month(opened)
        for members in bulk.batches(self.members, _AT_ONCE):
            activities: list[DemoActivity] = []
            for member in members:
                done, rows = self.outreach.month_of_member(member, month)
                activities += done
                spool.add(rows)
            with self.step():
                store_activities(activities, self.calendar)
            self._advance(len(members))
        with self.step():
            rebuild_standings()

    def _apply(self, month: str, spool: Spool) -> None:
        """Apply the extracts as of a month's days; the job of renewal tasks runs when they begin, and after each."""
        with self.step():
            care.keep_before(month, self.calendar)
        for number in self.calendar.delivery_of(month):
            with self.step():
                spool.apply(number, actor=self.actors["validator"])
                settle_standings()
            with self.step():
                care.keep_after(self.calendar.deliveries[number].applied_at)

    def _close(self, month: str, paid_before: str | None) -> None:
        """Close a month as the scheduler does and pay it, after the withdrawals that come later than its reports."""
        months = self.calendar.closed
        situations = self._situations()
        with self.step():
            number = months.index(month)
            at = closing_of(month) - timedelta(hours=9)
            if number == len(months) - 1 and number > 0:
                situations.withdraw(months[max(0, number - 2)], "fraud", at)
                situations.withdraw(months[number - 1], "wrong_match", at + timedelta(minutes=6))
                settle_standings()
            if number == len(months) - 1:
                idle.decide(self.members, self.actors["supervisor"], at + timedelta(minutes=20))
            close_month(month=month, by=Signature(self.actors["operator"], closing_of(month)))
            idle.propose_after(month)
        if self.cadres <= WHOLE:  # a large one is counted once, at its end
            recognition.recognise(at=closing_of(month), step=self.step)
        with self.step():
            officer, second = self.actors["finance"], self.actors["finance_2"]
            pay_month(month, self.calendar, officer=officer, second=second, paid_before=paid_before)

    def _end(self) -> None:
        """Make the work that waits on people's desks, and let the bank's late answer arrive."""
        situations = self._situations()
        situations.today()
        care.tell(situations.cast, self.actors["admin"], self.calendar)
        store_openings(self.members, last_day=self.calendar.last_day, seed=self.seed)
        fail_one(self.calendar, officer=self.actors["finance"])
        by = Signature(self.actors["supervisor"], self.calendar.end - timedelta(minutes=1))
        set_demo_targets(BRANCHES[0].code, seed=self.seed, day=self.calendar.last_day, by=by)
        Trainings(self.actors["supervisor"], self.actors["operator"], self.calendar).store()
        Agenda(self.actors["supervisor"], self.calendar, self.seed).store(BRANCHES[0].code)
        Contests(self.actors, self.calendar, self.seed).store(BRANCHES[0].code)
        settle_standings()
        end = self.calendar.end
        messages.write_letters(situations.cast, self.actors["supervisor"], end=end, seed=self.seed)

    def _situations(self) -> Situations:
        return Situations(self.members, self.actors, self.calendar, self.register, self.seed)


def load_everything(*, cadres: int, months: int, seed: int, until: date, watch: Watch) -> Calendar:
    """Load the demo of a seed until a day and return its calendar; `watch` is told how much is done."""
    loader = Loader(cadres=cadres, seed=seed, calendar=make_calendar(until, months), watch=watch)
    loader.load()
    return loader.calendar
