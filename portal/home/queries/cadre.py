"""What a cadre sees besides rank and money: the week's points, today's tasks, the names behind points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Date, ScalarSelect, String, cast, func, select

from portal.activities.models import Activity, Draft
from portal.cadres.models import Cadre
from portal.care.queries.cared import select_urgent
from portal.care.queries.hand_overs import select_unread
from portal.database.columns import Instant
from portal.database.together import Together, given
from portal.database.unindexed import unindexed
from portal.domain.care import lapses_on, paid_until
from portal.domain.months import month_of
from portal.domain.reports import Standing, obstacle_to_submit
from portal.domain.training import is_ending
from portal.membership.models import Participant
from portal.organisation.models import Parameter
from portal.organisation.queries import ByMonth
from portal.payouts.queries.refusals import select_refused_account
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp

PEOPLE: Final = 3  # whom the first page names


@dataclass(frozen=True)
class Person:
    """A participant whom the cadre sees to today: who, until when, and why."""

    id: int
    name: str
    outcome: str
    paid_until: date
    lapses_on: date

    def days_left(self, today: date) -> int:
        """Count the days still paid for, or until the protection is over."""
        return ((self.paid_until if self.paid_until >= today else self.lapses_on) - today).days


@dataclass(frozen=True)
class Tasks:
    """What waits for the cadre."""

    returned: int
    returned_id: int | None
    returned_code: str
    returned_reason: str
    drafts: int
    grace: int
    disputed: int
    refused_account: bool = False
    people: Sequence[Person] = ()
    handed_over: bool = False

    @property
    def total(self) -> int:
        """Count the rows of the list of tasks."""
        counts = (
            self.returned,
            self.drafts,
            self.grace,
            self.disputed,
            self.refused_account,
            self.handed_over,
        )
        return sum(1 for count in counts if count) + len(self.people)


@dataclass(frozen=True)
class Newcomers:
    """What makes the new participants of a month's board others than those that the month's money counts.

    `late`: posted in the month, earned before it (the money counts them there). `taken_back`: withdrawn in the month,
    of an earlier one. `history`: imported, points without money. `returned`: active again, neither points nor a fee.
    """

    late: int = 0
    taken_back: int = 0
    history: int = 0
    returned: int = 0

    def repeated(self, *, board: int, money: int) -> int:
        """Return what is left of the difference: sign-ups of a worker whom the money counts once."""
        return board - money - self.late + self.taken_back - self.history


@dataclass(frozen=True)
class Home:
    """What a cadre's first page shows: what keeps them from reporting, the week's points, what waits for them.

    `certificate_ends`: the last day of a certificate that ends soon, or has ended; None while there is time.
    """

    obstacle: str | None
    certificate_ends: date | None
    week: int
    tasks: Tasks
    newcomers: Newcomers = Newcomers()


_CADRE: Final = given("cadre_id", BigInteger)
_MONTH: Final = given("month", String)


def _count_entries(kind: str) -> ScalarSelect[int]:
    """Count the cadre's entries of a kind that were posted in the month and earned before it."""
    mine = (LedgerEntry.month == _MONTH, LedgerEntry.cadre_id == _CADRE)
    late = (unindexed(LedgerEntry.kind) == kind, LedgerEntry.original_month < _MONTH)
    return select(func.count(LedgerEntry.id)).where(*mine, *late).scalar_subquery()


def _count_signups(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count the cadre's validated sign-ups of the earned month."""
    mine = (SignUp.earned_month == _MONTH, SignUp.cadre_id == _CADRE)
    valid = unindexed(SignUp.status) == "validated"
    return select(func.count(SignUp.id)).where(*mine, valid, *conditions).scalar_subquery()


_HOME: Final = Together(
    newcomers=select(
        _count_entries("signup").label("late"),
        _count_entries("signup_reversal").label("taken_back"),
        _count_signups(SignUp.outcome == "new", SignUp.history.is_(True)).label("history"),
        _count_signups(SignUp.outcome == "reactivated").label("returned"),
    ),
    one=select(
        Cadre.status,
        Cadre.certified_on,
        Cadre.certified_until,
        Cadre.submits_until,
        select(cast(func.coalesce(func.sum(LedgerEntry.points), 0), BigInteger))
        .where(LedgerEntry.cadre_id == _CADRE, LedgerEntry.posted_at >= given("since", Instant))
        .scalar_subquery()
        .label("week"),
        select(func.count(Draft.ref)).where(Draft.cadre_id == _CADRE).scalar_subquery().label("drafts"),
        select(func.count(Participant.id))
        .where(Participant.cadre_id == _CADRE, Participant.status == "grace")
        .scalar_subquery()
        .label("grace"),
        select(func.count(SignUp.id))
        .where(SignUp.cadre_id == _CADRE, unindexed(SignUp.status) == "disputed")
        .scalar_subquery()
        .label("disputed"),
    ).where(Cadre.id == _CADRE),
    returned=select(Activity.id, Activity.reason_code, Activity.reason)
    .where(Activity.cadre_id == _CADRE, Activity.status == "returned")
    .order_by(Activity.decided_at.desc(), Activity.id.desc()),
    refused=select_refused_account(_CADRE),
    people=select_urgent(_CADRE, given("today", Date), limit=PEOPLE),
    news=select_unread(_CADRE, given("cadre_key", String)),
    grace_months=select(Parameter.from_month, Parameter.value)
    .where(Parameter.name == "grace_months")
    .order_by(Parameter.from_month),
)


def read_home(cadre_id: int, *, since: datetime, today: date) -> Home:
    """Read what a cadre's first page shows besides rank and money, in one statement; `since`: the week's beginning."""
    found = _HOME.read(
        cadre_id=cadre_id, cadre_key=str(cadre_id), since=since, today=today, month=month_of(today)
    )
    (one,), returned = found["one"], found["returned"]
    until, submits = _day(one.certified_until), _day(one.submits_until)
    grace = ByMonth("grace_months", tuple((row.from_month, row.value) for row in found["grace_months"]))
    people = [_person(row, int(grace.held_in(month_of(today)))) for row in found["people"]]
    return Home(
        obstacle=obstacle_to_submit(Standing(one.status, _day(one.certified_on), submits), today),
        certificate_ends=until if is_ending(until, submits, today) else None,
        week=int(one.week),
        tasks=Tasks(
            returned=len(returned),
            returned_id=returned[0].id if returned else None,
            returned_code=(returned[0].reason_code or "") if returned else "",
            returned_reason=(returned[0].reason or "") if returned else "",
            drafts=one.drafts,
            grace=0 if people else one.grace,
            disputed=one.disputed,
            refused_account=bool(found["refused"]),
            people=people,
            handed_over=bool(found["news"]),
        ),
        newcomers=Newcomers(*found["newcomers"][0]),
    )


def _day(found: str | None) -> date | None:
    """Return a local date, which a statement for several lists hands over as its text."""
    return None if found is None else date.fromisoformat(found)


def _person(row: Any, grace_months: int) -> Person:
    return Person(
        row.id,
        row.name,
        row.outcome,
        paid_until(row.last_paid_month),
        lapses_on(row.last_paid_month, grace_months),
    )
