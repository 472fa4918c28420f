"""Reads of a cadre's participants: who has to be called, the others by state, how many of each cohort still pay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.care.models import RenewalTask, Talk
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.care import (
    COHORT_AGES,
    LastTalk,
    Step,
    donor_ends_soon,
    lapses_on,
    next_step,
    paid_until,
)
from portal.domain.errors import NotFound
from portal.domain.months import add_months, month_of, next_month
from portal.membership.models import Contribution, Participant
from portal.organisation.queries import in_scope, parameter
from portal.signups.models import SignUp

PAGE = 30
STATES = ("active", "grace", "lapsed")
_URGENT = {"promise": 0, "claim": 1}


@dataclass(frozen=True)
class Cared:
    """A participant as a cadre cares for them: state, last month paid and its amount, task, last talk, next step."""

    id: int
    cadre_id: int
    signup_id: int
    name: str
    nik_mask: str
    occupation: str
    place: str
    status: str
    pack: str
    last_paid_month: str | None
    amount: int | None
    payer_type: str | None
    has_task: bool
    has_phone: bool
    talk: LastTalk | None
    today: date
    donor_lead: int
    grace_months: int

    @property
    def paid_until(self) -> date | None:
        """Return the last day paid for."""
        return paid_until(self.last_paid_month) if self.last_paid_month else None

    @property
    def days_left(self) -> int:
        """Count the days still paid for; 0 when they are over."""
        until = self.paid_until
        return max(0, (until - self.today).days) if until else 0

    @property
    def lapses_on(self) -> date | None:
        """Return the day from which the protection is over if nothing more is paid."""
        return lapses_on(self.last_paid_month, self.grace_months) if self.last_paid_month else None

    @property
    def grace_until(self) -> date | None:
        """Return the last day of grace."""
        until = self.lapses_on
        return until - timedelta(days=1) if until else None

    @property
    def days_to_lapse(self) -> int:
        """Count the days until then."""
        until = self.lapses_on
        return max(0, (until - self.today).days) if until else 0

    @property
    def months_behind(self) -> int:
        """Count the months not paid since: 0 while the paid ones last."""
        if not self.last_paid_month:
            return 0
        this, last = month_of(self.today), self.last_paid_month
        return max(0, (int(this[:4]) - int(last[:4])) * 12 + int(this[5:]) - int(last[5:]))

    @property
    def donor_ends(self) -> bool:
        """Tell whether the months that a donor paid end soon."""
        last = self.last_paid_month
        return bool(last) and donor_ends_soon(last or "", self.payer_type or "", self.today, self.donor_lead)

    @property
    def step(self) -> Step:
        """Say what the cadre does next."""
        return next_step(
            status=self.status,
            has_task=self.has_task,
            donor_ends=self.donor_ends,
            talk=self.talk,
            today=self.today,
        )

    @property
    def urgency(self) -> tuple[int, str, int]:
        """Order by what is lost first: a promise whose day has come, a family's claim, then the month paid last."""
        return _URGENT.get(self.step, 2), self.last_paid_month or "", self.id


def select_urgent(cadre_id: Any, today: Any, *, limit: int) -> Select[Any]:
    """Select the cadre's most urgent open tasks, in the order of `Cared.urgency`; what only waits is passed over.

    For the first page: a promise whose day has come, a family's claim, then the month paid last. `cadre_id` and
    `today` may be values that a statement is given later.
    """
    p, t, s, other = Participant, RenewalTask, SignUp, aliased(Talk)
    newest = select(func.max(other.id)).where(other.participant_id == p.id).scalar_subquery()
    outcome = func.coalesce(Talk.outcome, "")
    waits = or_(outcome.in_(("says_paid", "refuses")), and_(outcome == "promised", Talk.promised_on > today))
    rank = case((outcome == "promised", 0), (outcome == "died", 1), else_=2)
    return (
        select(p.id, s.name, p.status, p.last_paid_month, outcome.label("outcome"))
        .join(t, and_(t.participant_id == p.id, t.status == "open"))
        .join(s, s.id == p.signup_id)
        .outerjoin(Talk, Talk.id == newest)
        .where(p.cadre_id == cadre_id, ~waits)
        .order_by(rank, p.last_paid_month, p.id)
        .limit(limit)
    )


@dataclass(frozen=True)
class Cohort:
    """Of the participants validated new in a month, how many are active, in grace and lapsed now (rules.md 12.2)."""

    month: str
    age: int
    active: int
    grace: int
    lapsed: int

    @property
    def total(self) -> int:
        """Count them all."""
        return self.active + self.grace + self.lapsed


def donor_months(today: date, lead: int) -> list[str]:
    """List the last paid months that end within the coming days."""
    last, found = today + timedelta(days=lead), [month_of(today)]
    while found[-1] < month_of(last):
        found.append(next_month(found[-1]))
    return found


def select_cared(*where: ColumnElement[bool]) -> Select[Any]:
    """Select participants with what a cadre has to know of them."""
    p, s, c, t = Participant, SignUp, Contribution, RenewalTask
    other = aliased(Talk)
    newest = select(func.max(other.id)).where(other.participant_id == p.id).scalar_subquery()
    return (
        select(
            p.id,
            p.cadre_id,
            p.signup_id,
            s.name,
            s.nik_mask,
            func.coalesce(s.occupation, "").label("occupation"),
            func.coalesce(Activity.place, "").label("place"),
            p.status,
            p.pack,
            p.last_paid_month,
            c.amount,
            c.payer_type,
            case((t.id.is_not(None), 1), else_=0).label("has_task"),
            case((s.phone_sealed.is_not(None), 1), else_=0).label("has_phone"),
            Talk.outcome,
            Talk.held_on,
            Talk.promised_on,
        )
        .join(s, s.id == p.signup_id)
        .outerjoin(Activity, Activity.ref == s.activity_ref)
        .outerjoin(c, and_(c.participant_id == p.id, c.blth == p.last_paid_month))
        .outerjoin(t, and_(t.participant_id == p.id, t.status == "open"))
        .outerjoin(Talk, Talk.id == newest)
        .where(*where)
    )


def make_cared(rows: Iterable[Row[Any]], today: date) -> list[Cared]:
    """Make participants of rows; the rules' numbers are those of today's month."""
    month = month_of(today)
    lead, grace = (int(parameter(name, month=month)) for name in ("donor_lead_days", "grace_months"))
    return [
        Cared(
            **{name: getattr(row, name) for name in _PLAIN},
            has_task=bool(row.has_task),
            has_phone=bool(row.has_phone),
            talk=LastTalk(row.outcome, row.held_on, row.promised_on) if row.outcome else None,
            today=today,
            donor_lead=lead,
            grace_months=grace,
        )
        for row in rows
    ]


_PLAIN = (
    "id", "cadre_id", "signup_id", "name", "nik_mask", "occupation", "place", "status", "pack",
    "last_paid_month", "amount", "payer_type",
)  # fmt: skip


def list_to_call(cadre_id: int, today: date) -> list[Cared]:
    """List the participants whom a cadre has to see to, most urgent first: open tasks, and donors' months that end."""
    lead = int(parameter("donor_lead_days", month=month_of(today)))
    ends = and_(
        Contribution.payer_type == "donatur",
        Participant.last_paid_month.in_(donor_months(today, lead)),
        Participant.status != "lapsed",
    )
    rows = db.session.execute(
        select_cared(Participant.cadre_id == cadre_id, or_(RenewalTask.id.is_not(None), ends))
    )
    people = [one for one in make_cared(rows, today) if one.step not in {"none", "respect"}]
    return sorted(people, key=lambda one: one.urgency)


def list_by_state(
    cadre_id: int, today: date, *, status: str, after: tuple[str, int] | None = None, limit: int = PAGE
) -> list[Cared]:
    """List a cadre's participants of a state by the month paid last, who lapsed most recently first.

    One more than fits on a page. `after`: month and number of the last one shown.
    """
    p = Participant
    key = (func.coalesce(p.last_paid_month, ""), p.id)
    query = select_cared(p.cadre_id == cadre_id, p.status == status).limit(limit + 1)
    backwards = status == "lapsed"
    query = query.order_by(*(column.desc() if backwards else column for column in key))
    if after is not None:
        place = tuple_(*key)
        query = query.where(place < after if backwards else place > after)
    return make_cared(db.session.execute(query), today)


@dataclass(frozen=True)
class Standing:
    """How many participants a cadre has by state, and the cohorts that are 1, 3, 6 and 12 months old."""

    active: int
    grace: int
    lapsed: int
    cohorts: Sequence[Cohort]

    @property
    def total(self) -> int:
        """Count them all."""
        return self.active + self.grace + self.lapsed


def count_states(cadre_id: int, today: date) -> Standing:
    """Count a cadre's participants by state and by the month of their validation."""
    new = case((SignUp.outcome == "new", SignUp.earned_month), else_=None)
    rows = db.session.execute(
        select(new.label("month"), Participant.status, func.count().label("n"))
        .join(SignUp, SignUp.id == Participant.signup_id)
        .where(Participant.cadre_id == cadre_id)
        .group_by(new, Participant.status)
    ).all()
    counts = {(row.month, row.status): int(row.n) for row in rows}
    totals = {state: sum(n for (_, one), n in counts.items() if one == state) for state in STATES}
    return Standing(**totals, cohorts=make_cohorts(counts, month_of(today)))


def make_cohorts(counts: dict[tuple[Any, str], int], month: str) -> list[Cohort]:
    """Pick the cohorts of the ages that are looked at; one that nobody belongs to is left out."""
    found = []
    for age in COHORT_AGES:
        cohort = add_months(month, -age)
        of_states = {state: counts.get((cohort, state), 0) for state in STATES}
        if sum(of_states.values()):
            found.append(Cohort(cohort, age, **of_states))
    return found


def get_participant(participant_id: int, *, actor: Actor) -> Row[Any]:
    """Return whose a participant is, in the actor's scope; a cadre sees the own ones alone."""
    p = Participant
    query = (
        select(p.id, p.cadre_id, p.signup_id, Cadre.branch_id)
        .join(Cadre, Cadre.id == p.cadre_id)
        .where(p.id == participant_id, p.signup_id.is_not(None), in_scope(actor, Cadre.branch_id))
    )
    if actor.role == "cadre":
        query = query.where(p.cadre_id == actor.cadre_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("membership.no_such_participant")
    return row


def get_cared(participant_id: int, *, actor: Actor, today: date) -> Cared:
    """Return a participant in scope with what a cadre has to know."""
    get_participant(participant_id, actor=actor)
    rows = db.session.execute(select_cared(Participant.id == participant_id))
    return make_cared(rows, today)[0]


def find_last_talk(participant_id: int) -> LastTalk | None:
    """Return the newest talk with a participant, or None."""
    query = select(Talk.outcome, Talk.held_on, Talk.promised_on).where(Talk.participant_id == participant_id)
    row = db.session.execute(query.order_by(Talk.id.desc()).limit(1)).one_or_none()
    return LastTalk(row.outcome, row.held_on, row.promised_on) if row else None
