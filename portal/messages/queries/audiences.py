"""Whom an act is told to: for each audience of domain/messages.py, a select of messages from events."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from portal.activities.models import Activity
from portal.agenda.models import Event, EventSeat
from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.care.models import RenewalTask
from portal.database.columns import BigInt, LocalDate
from portal.domain.messages import HEARD, Heard
from portal.incentives.models import Statement, StatementLine
from portal.membership.models import Participant
from portal.messages.models import Letter
from portal.payouts.models import Payout
from portal.recognition.models import Moment
from portal.signups.models import SignUp

COLUMNS: Final = (
    "event_id", "user_id", "kind", "at", "subject", "month", "day", "code", "amount", "letter_id",
)  # fmt: skip
_EVENT = AuditEvent


@dataclass(frozen=True)
class _Values:
    """The small values of a message beside its event; None where its kind has none."""

    month: Any = None
    day: Any = None
    code: Any = None
    amount: Any = None
    letter_id: Any = None


def list_told(after: int, until: int) -> CompoundSelect[Any]:
    """Select the messages that the events after one, up to another, cause, as rows of COLUMNS."""
    parts = []
    for heard in HEARD:
        query = _AUDIENCES[heard.whom](heard)
        parts.append(query.where(_EVENT.act == heard.act, _EVENT.id > after, _EVENT.id <= until))
    return union_all(*parts)


def _number(heard: Heard, kind: str) -> Any:
    """Return the number of what an event is about, if it is of this kind; others may be about what has no number."""
    fits = (_EVENT.act == heard.act) & (_EVENT.subject_kind == kind)
    return case((fits, cast(_EVENT.subject_id, BigInteger)))


def _row(heard: Heard, user_id: Any, values: _Values) -> Select[Any]:
    """Select one message; who did it is told only where that is said."""
    query = select(
        _EVENT.id.label("event_id"),
        user_id.label("user_id"),
        literal(heard.kind).label("kind"),
        _EVENT.at.label("at"),
        _EVENT.subject_id.label("subject"),
        _or_nothing(values.month, "month", None),
        _or_nothing(values.day, "day", LocalDate),
        _or_nothing(values.code, "code", None),
        _or_nothing(values.amount, "amount", BigInt),
        _or_nothing(values.letter_id, "letter_id", BigInt),
    ).where(user_id.is_not(None))
    return query if heard.to_doer else query.where(user_id != _EVENT.actor_id)


def _or_nothing(value: Any, name: str, kind: Any) -> Any:
    if value is None:
        value = null() if kind is None else cast(null(), kind)
    return value.label(name)


def _detail(name: str) -> Any:
    return func.substr(_EVENT.details[name].as_string(), 1, 32)


def _count_in(name: str) -> Any:
    return _EVENT.details[name].as_integer()


def _of_activity(heard: Heard) -> Select[Any]:
    points = _count_in("points") if heard.kind == "report_approved" else None
    code = None if heard.kind == "report_approved" else _detail("code")
    query = _row(heard, Cadre.user_id, _Values(day=Activity.held_on, code=code, amount=points))
    return query.join(Activity, Activity.id == _number(heard, "activity")).join(
        Cadre, Cadre.id == Activity.cadre_id
    )


def _of_signup(heard: Heard) -> Select[Any]:
    query = _row(heard, Cadre.user_id, _Values(day=SignUp.reported_on))
    return query.join(SignUp, SignUp.id == _number(heard, "signup")).join(Cadre, Cadre.id == SignUp.cadre_id)


def _of_cadre(heard: Heard) -> Select[Any]:
    """Tell the cadre whom the event is about: the audience of any act with a cadre as its subject."""
    values = _Values(code=_detail("status"), amount=_count_in("count"))
    return _row(heard, Cadre.user_id, values).join(Cadre, Cadre.id == _number(heard, "cadre"))


def _of_reached(heard: Heard) -> Select[Any]:
    """Tell the cadre who reached something: the month, the code and the number that the event names."""
    number = func.coalesce(*map(_count_in, ("amount", "points", "goal", "level")))
    values = _Values(month=_detail("month"), code=_detail("code"), amount=number)
    return _row(heard, Cadre.user_id, values).join(Cadre, Cadre.id == _number(heard, "cadre"))


def _of_badge(heard: Heard) -> Select[Any]:
    """Tell who has a new badge; what was only remembered, of a whole past counted at once, is no news."""
    m = Moment
    news = exists().where(
        m.cadre_id == Cadre.id,
        m.source == literal("badge:") + _detail("code"),
        or_(m.shown_at.is_(None), m.shown_at != m.at),
    )
    return _of_reached(heard).where(news)


def _of_month(heard: Heard) -> Select[Any]:
    values = _Values(month=Statement.month, amount=Statement.payable)
    query = _row(heard, Cadre.user_id, values).join(Statement, Statement.month == _EVENT.subject_id)
    return query.join(Cadre, Cadre.id == Statement.cadre_id)


def _of_prize(heard: Heard) -> Select[Any]:
    line = StatementLine
    prize = func.max(line.amount)
    query = _row(heard, Cadre.user_id, _Values(month=line.month, amount=cast(prize, BigInt)))
    query = query.join(line, line.month == _EVENT.subject_id).join(Cadre, Cadre.id == line.cadre_id)
    query = query.where(line.component == "rank_prize", line.original_month == line.month, line.amount > 0)
    return query.group_by(_EVENT.id, Cadre.user_id, line.month)


def _of_results(heard: Heard) -> Select[Any]:
    """Tell whose payment the bank's result of this moment marks; several payments of one cadre are told as one."""
    p = Payout
    values = _Values(month=func.max(Statement.month), amount=cast(func.sum(p.amount), BigInt))
    query = _row(heard, Cadre.user_id, values).join(p, p.batch_id == _number(heard, "payout_batch"))
    query = query.join(Cadre, Cadre.id == p.cadre_id).join(Statement, Statement.id == p.statement_id)
    query = query.where(p.status == heard.whom, p.settled_at == _EVENT.at)
    return query.group_by(_EVENT.id, Cadre.user_id)


def _of_payout(heard: Heard) -> Select[Any]:
    values = _Values(month=Statement.month, amount=Payout.amount)
    query = _row(heard, Cadre.user_id, values).join(Payout, Payout.id == _number(heard, "payout"))
    return query.join(Cadre, Cadre.id == Payout.cadre_id).join(Statement, Statement.id == Payout.statement_id)


def _of_letter(heard: Heard) -> Select[Any]:
    """Tell one cadre, or the active cadres of a branch."""
    query = _row(heard, Cadre.user_id, _Values(letter_id=Letter.id))
    branch = Letter.cadre_id.is_(None) & (Cadre.branch_id == Letter.branch_id) & (Cadre.status == "active")
    return query.join(Letter, Letter.id == _number(heard, "letter")).join(
        Cadre, (Cadre.id == Letter.cadre_id) | branch
    )


def _of_renewals(heard: Heard) -> Select[Any]:
    """Tell whose participants' protection ends soon, by how many tasks opened since the event before."""
    t, p = RenewalTask, Participant
    query = _row(heard, Cadre.user_id, _Values(amount=func.count(t.id)))
    between = (t.id > _count_in("after_task")) & (t.id <= _count_in("until_task"))
    query = query.join(t, between).join(p, p.id == t.participant_id).join(Cadre, Cadre.id == p.cadre_id)
    return query.where(t.status == "open").group_by(_EVENT.id, Cadre.user_id)


def _of_active(heard: Heard) -> Select[Any]:
    """Tell every active cadre of the nation, with the month from which it holds."""
    values = _Values(month=func.substr(_detail("valid_from"), 1, 7))
    return _row(heard, Cadre.user_id, values).join(Cadre, Cadre.status == "active")


def _of_event_branch(heard: Heard) -> Select[Any]:
    """Tell the active cadres of the branch that an event is theirs to join."""
    query = _row(heard, Cadre.user_id, _Values()).join(Event, Event.id == _number(heard, "event"))
    return query.join(Cadre, (Cadre.branch_id == Event.branch_id) & (Cadre.status == "active"))


def _of_event_seats(heard: Heard) -> Select[Any]:
    """Tell who signed up for an event and did not step back."""
    query = _row(heard, Cadre.user_id, _Values()).join(Event, Event.id == _number(heard, "event"))
    query = query.join(EventSeat, (EventSeat.event_id == Event.id) & EventSeat.stepped_back_at.is_(None))
    return query.join(Cadre, Cadre.id == EventSeat.cadre_id)


_AUDIENCES: Final[dict[str, Callable[[Heard], Select[Any]]]] = {
    "activity": _of_activity,
    "signup": _of_signup,
    "cadre": _of_cadre,
    "reached": _of_reached,
    "badge": _of_badge,
    "month": _of_month,
    "active": _of_active,
    "prize": _of_prize,
    "paid": _of_results,
    "failed": _of_results,
    "payout": _of_payout,
    "letter": _of_letter,
    "renewals": _of_renewals,
    "event_branch": _of_event_branch,
    "event_seats": _of_event_seats,
}
