"""Recognition in the demo: the rounds after each close and on the last day, and a leave that waits."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import update

from portal.accounts.models import User
from portal.accounts.queries.sessions import get_operator
from portal.database.extensions import db
from portal.demo.calendar import Calendar
from portal.demo.people import Member
from portal.demo.situations import actor_of
from portal.domain.actors import Signature
from portal.recognition.models import Moment
from portal.recognition.services.leaves import ask_leave
from portal.recognition.services.rounds import begin_day, count_marked

Step = Callable[[], AbstractContextManager[None]]
_AWAY = (4, 8)  # from so many days after the last one until so many
_ASKING = 3  # who asks for leave, by the place in the cast


def recognise(*, at: datetime, step: Step) -> None:
    """Let a day begin and count whom it concerns, as the scheduler does."""
    by = Signature(get_operator(), at)
    with step():
        begin_day(by=by)
    more = True
    while more:
        with step():
            more = count_marked(by=by)


def end(cast: Sequence[Member], calendar: Calendar, *, step: Step) -> None:
    """Ask for leave, count everybody on the last day; what was reached before it was told long ago."""
    at = calendar.end - timedelta(minutes=1)
    with step():
        _ask(cast, calendar)
        db.session.execute(update(Moment).where(Moment.shown_at.is_(None)).values(shown_at=Moment.at))
        db.session.execute(update(User).where(User.moments > 0).values(moments=0))
    recognise(at=at, step=step)


def _ask(cast: Sequence[Member], calendar: Calendar) -> None:
    if len(cast) <= _ASKING:
        return
    first, last = (calendar.last_day + timedelta(days=days) for days in _AWAY)
    by = Signature(actor_of(cast[_ASKING]), calendar.end - timedelta(hours=9))
    ask_leave(first_day=first, last_day=last, reason="Menikahkan anak di Lubuklinggau", by=by)
