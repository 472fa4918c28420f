"""The rounds of recognition: count whom the marks name, and whom a new day, definition or closed month concerns.

Each piece is one transaction of its caller's; what is not done is still marked, and done the next time.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, true, update
from sqlalchemy.orm import aliased

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.locks import Turn, wait_for
from portal.domain.actors import Signature
from portal.domain.months import ZONES, local_date
from portal.domain.recognition.streaks import monday_of
from portal.organisation.models import Branch
from portal.points.models import Standing
from portal.points.queries import is_a_month, last_closed_month
from portal.recognition.models import CadreProgress, RecognitionMark, RecognitionRun
from portal.recognition.queries.definitions import fingerprint_of
from portal.recognition.services.counting import count_again
from portal.recognition.services.moments import NewMoment, note_moments

AT_ONCE: Final = 100  # cadres, a fifth of a second: on SQLite nobody writes meanwhile
_MARKS: Final = 5_000


def mark_cadres(*, cadre_ids: Sequence[int]) -> None:
    """Mark cadres to be counted again, in the transaction that changed what they are counted from."""
    db.session.execute(insert(RecognitionMark), [{"cadre_id": one, "whole": False} for one in cadre_ids])


def count_marked(*, by: Signature, at_once: int = AT_ONCE) -> bool:
    """Count the next marked cadres again; tell whether more are marked already.

    The marks go in the transaction that counts. One that another transaction writes meanwhile stays for the next round.
    """
    wait_for(Turn.COUNT_RECOGNITION)
    mark = RecognitionMark
    found = bulk.plain_rows(select(mark.id, mark.cadre_id, mark.whole).order_by(mark.id).limit(_MARKS)).all()
    quiet: dict[int, bool] = {}
    taken = []
    for number, cadre_id, whole in found:
        if cadre_id in quiet or len(quiet) < at_once:
            quiet[cadre_id] = bool(whole) and quiet.get(cadre_id, True)
            taken.append(number)
    if not taken:
        return False
    change(delete(mark).where(bulk.one_of(mark.id, taken)))
    count_again(cadre_ids=quiet, by=by, quiet={key for key, silent in quiet.items() if silent})
    return len(taken) < len(found) or len(found) == _MARKS


def is_due(*, at: datetime) -> bool:
    """Tell whether a day has begun somewhere, or since the last round something is defined otherwise or closed."""
    run = _find_run()
    if run is None or (run.days, run.definitions) != _state(at):
        return True
    return bool(run.best_month != last_closed_month())


def begin_day(*, by: Signature) -> None:
    """Mark whom a new day concerns: everybody if what is recognised has changed, else the ended weeks and who is new.

    Who has no streak only learns that another week runs. Then look for best months among those closed since.
    """
    wait_for(Turn.COUNT_RECOGNITION)
    run, state = _find_run(), _state(by.at)
    if run is None or run.definitions != state[1]:
        _mark(select(Cadre.id, true()))
    elif run.days != state[0]:
        for zone in ZONES:
            _turn_week(zone, by.at)
        counted = select(CadreProgress.cadre_id).where(CadreProgress.cadre_id == Cadre.id)
        _mark(select(Cadre.id, true()).where(~counted.exists()))
    closed = last_closed_month()
    if run is not None and closed is not None and closed != run.best_month:
        _note_best(after=run.best_month or "", until=closed, at=by.at)
    _record_run(state, closed, by.at)


def _find_run() -> Any:
    r = RecognitionRun
    return db.session.execute(select(r.days, r.definitions, r.best_month)).one_or_none()


def _state(at: datetime) -> tuple[str, str]:
    days = [local_date(at, zone) for zone in ZONES]
    return " ".join(day.isoformat() for day in days), fingerprint_of(days)


def _mark(rows: Any) -> None:
    db.session.execute(insert(RecognitionMark).from_select(["cadre_id", "whole"], rows))


def _behind(zone: str, at: datetime) -> ColumnElement[bool]:
    """Return the condition that a cadre of a zone was counted last in an earlier week."""
    there = select(Cadre.id).join(Branch, Branch.id == Cadre.branch_id).where(Branch.time_zone == zone)
    return and_(CadreProgress.week < _monday(zone, at), CadreProgress.cadre_id.in_(there))


def _monday(zone: str, at: datetime) -> date:
    return monday_of(local_date(at, zone))


def _turn_week(zone: str, at: datetime) -> None:
    """Begin another week where it has begun: a streak is counted again, without one only the week is written."""
    p = CadreProgress
    _mark(select(p.cadre_id, true()).where(p.streak_weeks > 0, _behind(zone, at)))
    turning = update(p).where(p.streak_weeks == 0, _behind(zone, at))
    change(turning.values(week=_monday(zone, at), version=p.version + 1))


def _note_best(*, after: str, until: str, at: datetime) -> None:
    """Note the best months among those closed since: more points than in any month before, of which there is one."""
    s, earlier = Standing, aliased(Standing)
    before = (
        select(func.max(earlier.points))
        .where(earlier.cadre_id == s.cadre_id, earlier.period < s.period, is_a_month(earlier.period))
        .correlate(s)
        .scalar_subquery()
    )
    found = select(s.cadre_id, s.period, s.points, before.label("before")).where(
        s.period > after, s.period <= until, is_a_month(s.period), s.points > before, before > 0
    )
    rows = bulk.plain_rows(found.order_by(s.period, s.cadre_id)).all()
    for some in bulk.batches(rows):
        moments = [
            NewMoment(
                row.cadre_id,
                "best_month",
                f"best_month:{row.period}",
                at,
                {"month": row.period, "points": row.points, "before": row.before},
            )
            for row in some
        ]
        note_moments(moments=moments)


def _record_run(state: tuple[str, str], closed: str | None, at: datetime) -> None:
    values = {"days": state[0], "definitions": state[1], "best_month": closed, "at": at}
    if change(update(RecognitionRun).where(RecognitionRun.id == 1).values(values)).rowcount == 0:
        db.session.execute(insert(RecognitionRun).values(id=1, **values))
