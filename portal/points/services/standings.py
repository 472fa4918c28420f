"""Live standings: a cadre's totals of month, quarter, year and all time, kept in the posting's own transaction.

A transaction remembers what it posted and settles once, just before it commits. However many acts it contains, the
rows change in one sorted order, so writers never deadlock, and they are locked only for a moment. The sums are read
from the ledger, so entries undone by a savepoint do not count.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from sqlalchemy import Column, Row, Table, case, event, func, select, true
from sqlalchemy.orm import Session, SessionTransaction

from portal.database.bulk import batches, fill, one_of, temporary
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.periods import is_month, sums_of
from portal.organisation.boards import touch_boards
from portal.points.models import LedgerEntry, ScoreCount, Standing
from portal.points.queries import place_in, places_of, present_places

BUCKET: Final = 64
POINT: Final = 1_000_000
MIDDLE: Final = 500_000
_UNSETTLED = "points.posted"
AT_ONCE = 5000
_VALIDATED = case((LedgerEntry.kind == "signup", 1), (LedgerEntry.kind == "signup_reversal", -1), else_=0)

_MANY = 200  # from this many on a temporary table is quicker than parameters
_STANDINGS = cast("Table", Standing.__table__)
_COLUMNS: Final = (
    "cadre_id",
    "period",
    "branch_id",
    "regional_office_id",
    "host_body_id",
    "points",
    "validated_signups",
    "score",
)

Delta = tuple[tuple[str, int], tuple[int, int]]
Deltas = dict[tuple[str, int], tuple[int, int]]
Moves = defaultdict[tuple[str, int, int], int]


def remember_posted(ids: Iterable[int]) -> None:
    """Remember the entries of this transaction that the standings do not contain yet."""
    db.session().info.setdefault(_UNSETTLED, set()).update(ids)


def settle_standings() -> None:
    """Add what this transaction has posted so far to standings and counts; a commit does so by itself."""
    _settle(db.session())


# Before the boards' versions are counted up, which settling may touch.
@event.listens_for(Session, "before_commit", insert=True)
def _settle(session: Session) -> None:
    unsettled = session.info.pop(_UNSETTLED, None)
    if not unsettled:
        return
    deltas = _deltas(session, sorted(unsettled))
    moves: Moves = defaultdict(int)
    for some in batches(sorted(deltas.items()), AT_ONCE):
        _count_moves(dict(some), _change_standings(session, some), moves)
    _change_counts(session, moves)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_UNSETTLED, None)


def _deltas(session: Session, ids: list[int]) -> Deltas:
    """Add up the entries by period and cadre: points and validated sign-ups."""
    sums: defaultdict[tuple[str, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for some in batches(ids, AT_ONCE):
        rows = session.execute(
            select(
                LedgerEntry.cadre_id,
                LedgerEntry.month,
                func.sum(LedgerEntry.points),
                func.sum(_VALIDATED),
            )
            .where(one_of(LedgerEntry.id, some))
            .group_by(LedgerEntry.cadre_id, LedgerEntry.month),
        )
        for cadre_id, month, points, validated in rows:
            for period in (month, *sums_of(month)):
                had = sums[period, cadre_id]
                sums[period, cadre_id] = (had[0] + int(points), had[1] + int(validated))
    return dict(sums)


def _change_standings(session: Session, deltas: Sequence[Delta]) -> list[Row[Any]]:
    """Add the deltas to the rows, in order, and return the new points."""
    cadres = {cadre_id for (_, cadre_id), _ in deltas}
    places, present = places_of(cadres), present_places(cadres)
    rows = []
    for (period, cadre_id), (points, validated) in deltas:
        place = place_in(places[cadre_id], period) if is_month(period) else present[cadre_id]
        touch_boards([place.branch_id])
        where = (place.branch_id, place.region_id, place.host_id)
        rows.append((cadre_id, period, *where, points, validated, points * POINT + validated + MIDDLE))
    if len(rows) < _MANY:
        given = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        return list(session.execute(_adding(insert_into(Standing)), given).all())
    staged = temporary("moved_standings", [Column(name, _STANDINGS.c[name].type) for name in _COLUMNS])
    fill(staged, _COLUMNS, rows)
    # SQLite needs the WHERE to tell ON CONFLICT from a join's ON.
    chosen = select(staged).where(true()).order_by(staged.c.period, staged.c.cadre_id)
    changed = session.execute(_adding(insert_into(Standing).from_select(_COLUMNS, chosen))).all()
    staged.drop(session.connection())
    return list(changed)


def _adding(statement: Any) -> Any:
    """Add to the rows that exist, and return the new points."""
    table, new = _STANDINGS.c, statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["cadre_id", "period"],
        set_={
            "branch_id": new.branch_id,
            "regional_office_id": new.regional_office_id,
            "host_body_id": new.host_body_id,
            "points": table.points + new.points,
            "validated_signups": table.validated_signups + new.validated_signups,
            "score": table.score + new.score - MIDDLE,
        },
    ).returning(table.period, table.cadre_id, table.points)


def _count_moves(deltas: Deltas, changed: Sequence[Row[Any]], moves: Moves) -> None:
    """Note how cadres move between the buckets of both levels; only points above zero are counted."""
    for period, cadre_id, points in changed:
        before = points - deltas[period, cadre_id][0]
        for value, step in ((before, -1), (points, 1)):
            if value > 0:
                moves[period, 0, value] += step
                moves[period, 1, value // BUCKET] += step


def _change_counts(session: Session, moves: Moves) -> None:
    rows = [
        {"period": period, "level": level, "bucket": bucket, "cadres": step}
        for (period, level, bucket), step in sorted(moves.items())
        if step
    ]
    if not rows:
        return
    statement = insert_into(ScoreCount)
    statement = statement.on_conflict_do_update(
        index_elements=["period", "level", "bucket"],
        set_={"cadres": ScoreCount.__table__.c.cadres + statement.excluded.cadres},
    )
    session.execute(statement, rows)
