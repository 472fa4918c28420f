"""A participant as a cadre cares for them: until when protected, what was said last, what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from portal.activities.models import Activity
from portal.care.models import RenewalTask, Talk
from portal.domain.care import LastTalk, Step, donor_ends_soon, lapses_on, next_step, paid_until, still_holds
from portal.domain.months import month_of, next_month
from portal.membership.models import Contribution, Participant
from portal.organisation.queries import parameter
from portal.signups.models import SignUp

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
            Talk.paid_month,
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
            talk=still_holds(_last_talk(row), row.last_paid_month),
            today=today,
            donor_lead=lead,
            grace_months=grace,
        )
        for row in rows
    ]


def _last_talk(row: Row[Any]) -> LastTalk | None:
    return LastTalk(row.outcome, row.held_on, row.promised_on, row.paid_month) if row.outcome else None


_PLAIN = (
    "id", "cadre_id", "signup_id", "name", "nik_mask", "occupation", "place", "status", "pack",
    "last_paid_month", "amount", "payer_type",
)  # fmt: skip


def select_urgent(cadre_id: Any, today: Any, *, limit: int) -> Select[Any]:
    """Select the cadre's most urgent open tasks, in the order of `Cared.urgency`; what only waits is passed over.

    For the first page: a promise whose day has come, a family's claim, then the month paid last. `cadre_id` and
    `today` may be values that a statement is given later.
    """
    p, t, s, other = Participant, RenewalTask, SignUp, aliased(Talk)
    newest = select(func.max(other.id)).where(other.participant_id == p.id).scalar_subquery()
    # As domain/care.py, still_holds: an open task has a last paid month.
    holds = or_(
        Talk.outcome == "died", func.coalesce(Talk.paid_month, p.last_paid_month) >= p.last_paid_month
    )
    outcome = case((holds, func.coalesce(Talk.outcome, "")), else_="")
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
