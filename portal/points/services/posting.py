"""Posting to the ledger: a source earns each kind once, in the month that takes it (rules.md 1.3, 3.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Column, Integer, Row, Table, delete, exists, or_, select

from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Actor, Signature
from portal.domain.months import has_begun, month_of, posted_month
from portal.domain.points import retention_points, reversal_kind
from portal.points.models import LedgerEntry, WaitingEntry
from portal.points.queries import find_entry, last_closed_month, place_in, places_of, rules_on
from portal.points.services.months import lock_open_months, mark_all_late
from portal.points.services.standings import remember_posted

AT_ONCE = 500
_MANY = 200  # from this many on a temporary table is quicker than parameters
_FOLLOWS = (
    "cadre_id",
    "month",
    "points",
    "rule_version",
    "earned_on",
)  # the values of a waiting entry that may change
_LEDGER = cast("Table", LedgerEntry.__table__)
_COLUMNS = (
    "cadre_id",
    "branch_id",
    "month",
    "original_month",
    "points",
    "kind",
    "source",
    "rule_version",
    "earned_on",
    "posted_at",
    "posted_by",
    "reverses",
)


class NewEntry(NamedTuple):
    """Something earned that has no ledger entry yet; `reverses` and `original_month` are set for corrections."""

    cadre_id: int
    kind: str
    source: str
    points: int
    rule_version: int
    earned_on: date
    reverses: int | None = None
    original_month: str | None = None

    @property
    def earned_month(self) -> str:
        """Return the month in which it was earned."""
        return self.original_month or month_of(self.earned_on)


@dataclass(frozen=True)
class _Target:
    """The month that takes an entry, and the cadre's branch in it."""

    month: str
    branch_id: int
    begun: bool


def post_entry(entry: NewEntry, *, by: Signature) -> int | None:
    """Post what one source earned; None if it is already posted, or waits for a month that has not begun."""
    return post_entries([entry], by=by).get((entry.source, entry.kind))


def post_entries(entries: Iterable[NewEntry], *, by: Signature) -> dict[tuple[str, str], int]:
    """Post many entries; return the new ids by source and kind.

    Zero points make no entry; an entry that exists stays as it is.
    """
    wanted = sorted((entry for entry in entries if entry.points), key=lambda e: (e.source, e.kind))
    if not wanted:
        return {}
    targets = _lock_targets(wanted, at=by.at)
    due = [(entry, target) for entry, target in zip(wanted, targets, strict=True) if target.begun]
    waiting = [(entry, target) for entry, target in zip(wanted, targets, strict=True) if not target.begun]
    _store_waiting(waiting, actor=by.actor)
    stored = _insert(due, by=by)
    _forget_posted([entry.source for entry in wanted])
    remember_posted(row.id for row in stored)
    late = {(row.cadre_id, row.original_month) for row in stored if row.month != row.original_month}
    mark_all_late(late, at=by.at)
    return {(row.source, row.kind): row.id for row in stored}


def _lock_targets(entries: Sequence[NewEntry], *, at: datetime) -> list[_Target]:
    """Choose and lock each entry's month; an entry whose month was closed meanwhile goes to the next one."""
    places = places_of({entry.cadre_id for entry in entries})
    while True:
        last_closed = last_closed_month()
        known: dict[tuple[int, str], _Target] = {}
        targets = []
        for entry in entries:
            earned = entry.earned_month
            key = (entry.cadre_id, earned)
            if key not in known:
                month = posted_month(earned=earned, last_closed=last_closed)
                place = place_in(places[entry.cadre_id], month)
                known[key] = _Target(month, place.branch_id, has_begun(month, at, place.zone))
            targets.append(known[key])
        if not lock_open_months(target.month for target in targets if target.begun):
            return targets


def _insert(due: Sequence[tuple[NewEntry, _Target]], *, by: Signature) -> list[Row[Any]]:
    """Store the entries that do not exist yet and return them; many go through a temporary table."""
    rows = [
        (
            place,
            entry.cadre_id,
            target.branch_id,
            target.month,
            entry.earned_month,
            entry.points,
            entry.kind,
            entry.source,
            entry.rule_version,
            entry.earned_on,
            by.at,
            by.actor.user_id,
            entry.reverses,
        )
        for place, (entry, target) in enumerate(due)
    ]
    returned = [_LEDGER.c[name] for name in ("id", "cadre_id", "month", "original_month", "source", "kind")]
    statement = insert_into(LedgerEntry)
    if len(rows) < _MANY:
        values = [dict(zip(_COLUMNS, row[1:], strict=True)) for row in rows]
        statement = statement.on_conflict_do_nothing(index_elements=["source", "kind"]).returning(*returned)
        return list(db.session.execute(statement, values).all()) if values else []
    columns = [Column("place", Integer, primary_key=True)]
    columns += [Column(name, _LEDGER.c[name].type) for name in _COLUMNS]
    staged = bulk.temporary("posted_rows", columns)
    bulk.fill(staged, ["place", *_COLUMNS], rows)
    # SQLite needs the WHERE to tell ON CONFLICT from a join's ON.
    chosen = (
        select(*(staged.c[name] for name in _COLUMNS)).where(staged.c.place >= 0).order_by(staged.c.place)
    )
    statement = statement.from_select(_COLUMNS, chosen).on_conflict_do_nothing(
        index_elements=["source", "kind"]
    )
    stored = bulk.plain_rows(statement.returning(*returned)).all()
    staged.drop(db.session.connection())
    return list(stored)


def _store_waiting(entries: Sequence[tuple[NewEntry, _Target]], *, actor: Actor) -> None:
    """Store what is earned in a month that has not begun, as known now (rules.md 1.2); what is posted stays."""
    if not entries:
        return
    rows = [
        {
            "cadre_id": entry.cadre_id,
            "month": target.month,
            "kind": entry.kind,
            "source": entry.source,
            "points": entry.points,
            "rule_version": entry.rule_version,
            "earned_on": entry.earned_on,
            "noted_by": actor.user_id,
        }
        for entry, target in entries
    ]
    statement = insert_into(WaitingEntry)
    noted, new = WaitingEntry.__table__.c, statement.excluded
    differs = or_(*(noted[name] != new[name] for name in _FOLLOWS))
    statement = statement.on_conflict_do_update(
        index_elements=["source", "kind"],
        set_={name: new[name] for name in (*_FOLLOWS, "noted_by")},
        where=differs,
    )
    db.session.execute(statement, rows)


def _forget_posted(sources: Sequence[str]) -> None:
    """Delete waiting entries that are posted: a new extract may bring one again whose month has begun by then."""
    if db.session.execute(select(WaitingEntry.id).limit(1)).first() is None:
        return
    same = (LedgerEntry.source == WaitingEntry.source) & (LedgerEntry.kind == WaitingEntry.kind)
    for some in bulk.batches(sources, AT_ONCE):
        change(delete(WaitingEntry).where(WaitingEntry.source.in_(some), exists().where(same)))


def post_waiting(*, month: str | None = None, by: Signature) -> int:
    """Post what waited for months that have begun since; with a month, only what waited for it or an earlier one."""
    query = select(WaitingEntry).order_by(WaitingEntry.id)
    if month is not None:
        query = query.where(WaitingEntry.month <= month)
    entries = [_to_new_entry(row) for row in db.session.execute(query).scalars()]
    posted = post_entries(entries, by=by)
    for entry in entries:
        if not entry.points:  # worth nothing by now: it waits no longer
            reverse_entry(source=entry.source, kind=entry.kind, by=by)
    return len(posted)


def _to_new_entry(row: WaitingEntry) -> NewEntry:
    """Make the ledger entry of a waiting one, by the rules now in force for its earned date (rules.md 1.2)."""
    points, version = row.points, row.rule_version
    if row.kind.startswith("retention_"):
        version, rules = rules_on(row.earned_on)
        points = retention_points(rules, int(row.kind.removeprefix("retention_")))
    return NewEntry(row.cadre_id, row.kind, row.source, points, version, row.earned_on)


def reverse_entry(*, source: str, kind: str, by: Signature) -> int | None:
    """Reverse the entry of a source and kind; None if there is none, or it is already reversed.

    The reversal keeps the original month and is posted there while it is open, else in the oldest open month.
    """
    db.session.execute(
        delete(WaitingEntry).where(WaitingEntry.source == source, WaitingEntry.kind == kind),
    )
    original = find_entry(source=source, kind=kind)
    if original is None:
        return None
    taken = NewEntry(
        cadre_id=original.cadre_id,
        kind=reversal_kind(kind),
        source=source,
        points=-original.points,
        rule_version=original.rule_version,
        earned_on=original.earned_on,
        reverses=original.id,
        original_month=original.original_month,
    )
    return post_entry(taken, by=by)
