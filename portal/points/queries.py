"""Reads of points: rule versions, months and the ledger."""

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select

from portal.cadres.models import Cadre, CadreTerm
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.errors import NotFound
from portal.domain.months import next_month
from portal.domain.points import NO_RULES
from portal.organisation.models import Branch
from portal.points.models import LedgerEntry, Month, PointsRule, PointsRuleDraft, WaitingEntry

PAGE = 50
AT_ONCE = 5000
# Whether a period of standings is a month, in SQL: a quarter has a Q there, a year and all time have nothing.
OF_A_MONTH = "SUBSTR({period}, 6, 1) IN ('0', '1')"

Rules = tuple[int, dict[str, Any]]  # the version and its document


@dataclass(frozen=True)
class TermPlace:
    """Where a cadre belongs from a month on: branch, regional office, time zone, host body."""

    from_month: str
    branch_id: int
    region_id: int
    zone: str
    host_id: int | None = None


def is_a_month(period: Any) -> ColumnElement[bool]:
    """Return the condition that a column of periods names a month (OF_A_MONTH)."""
    return func.substr(period, 6, 1).in_(("0", "1"))


def rules_on(day: date) -> Rules:
    """Return version and document of the rules in force on a local date (rules.md 3.2).

    Imports bring dates before the first version, when nothing earns: version 0 stands for that.
    """
    return rules_by_day([day])[day]


def rules_by_day(days: Collection[date]) -> dict[date, Rules]:
    """Return the rules in force on each of several local dates."""
    query = select(PointsRule.valid_from, PointsRule.version, PointsRule.document)
    versions = db.session.execute(query.order_by(PointsRule.valid_from)).all()
    if not versions:
        raise NotFound("points.no_rules")
    known: list[Rules] = [(0, NO_RULES), *((row.version, row.document) for row in versions)]
    begins = [row.valid_from for row in versions]
    return {day: known[bisect_right(begins, day)] for day in days}


def list_rules() -> list[PointsRule]:
    """List the approved versions of the rules, the newest first; in a month the newest before its end holds."""
    return list(db.session.execute(select(PointsRule).order_by(PointsRule.valid_from.desc())).scalars())


def newest_rule() -> PointsRule:
    """Return the approved version that begins last: the next one follows it."""
    found = db.session.execute(select(PointsRule).order_by(PointsRule.valid_from.desc()).limit(1))
    row = found.scalar_one_or_none()
    if row is None:
        raise NotFound("points.no_rules")
    return row


def rule_before(day: date, version: int | None) -> PointsRule:
    """Return the version that another one follows: the newest that begins before its day."""
    query = select(PointsRule).where(PointsRule.valid_from < day)
    if version is not None:
        query = query.where(PointsRule.version < version)
    row = db.session.scalars(query.order_by(PointsRule.valid_from.desc()).limit(1)).one_or_none()
    if row is None:
        raise NotFound("points.no_rules")
    return row


def list_rule_drafts() -> list[PointsRuleDraft]:
    """List the drafts that became no version: those that wait first, then the refused and withdrawn, newest first."""
    waits = case((PointsRuleDraft.status == "draft", 0), else_=1)
    query = select(PointsRuleDraft).where(PointsRuleDraft.status != "approved")
    return list(db.session.execute(query.order_by(waits, PointsRuleDraft.id.desc())).scalars())


def get_rule_draft(draft_id: int) -> PointsRuleDraft:
    """Return a draft, as it is stored now."""
    query = select(PointsRuleDraft).where(PointsRuleDraft.id == draft_id)
    row = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if row is None:
        raise NotFound("points_rules.no_draft")
    return row


def last_closed_month() -> str | None:
    """Return the newest closed month; None if none is closed."""
    return db.session.execute(select(func.max(Month.month)).where(Month.status == "closed")).scalar_one()


def oldest_open_month() -> str | None:
    """Return the month that takes late points; None if none is closed, when every month is open."""
    last = last_closed_month()
    return None if last is None else next_month(last)


def is_closed(month: str) -> bool:
    """Tell whether a month counts as closed: every month up to the last closed one does (rules.md 1.4)."""
    last = last_closed_month()
    return last is not None and month <= last


def find_month(month: str) -> Month | None:
    """Return a month's row or None."""
    return db.session.get(Month, month)


def list_months() -> list[Month]:
    """List the months, the newest first."""
    return list(db.session.execute(select(Month).order_by(Month.month.desc())).scalars())


def first_posted_month() -> str | None:
    """Return the earliest month that anything was posted to; None if the ledger is empty."""
    return db.session.execute(select(func.min(LedgerEntry.month))).scalar_one()


def find_entry(*, source: str, kind: str) -> LedgerEntry | None:
    """Return the entry of a source and kind, or None."""
    query = select(LedgerEntry).where(LedgerEntry.source == source, LedgerEntry.kind == kind)
    return db.session.execute(query).scalar_one_or_none()


def stream_entries(month: str) -> Iterator[Row[Any]]:
    """Yield the ledger entries of a month by id, with the cadre's code and in the order of their export."""
    one = LedgerEntry
    earned = (one.kind, one.points, one.source, one.rule_version, one.earned_on)
    return _stream(
        one, month, (one.id, one.month, one.original_month, Cadre.code, *earned, one.posted_at, one.reverses)
    )


def stream_waiting(month: str) -> Iterator[Row[Any]]:
    """Yield what waits for a month by id, from the cadre's code on: its close would post it (rules.md 1.3)."""
    one = WaitingEntry
    return _stream(
        one, month, (Cadre.code, one.kind, one.points, one.source, one.rule_version, one.earned_on)
    )


def _stream(
    model: type[LedgerEntry | WaitingEntry], month: str, columns: Iterable[Any]
) -> Iterator[Row[Any]]:
    """Sort the numbers alone, then read the rows pack by pack: SQLite would hold a month's rows to sort them."""
    db.session.flush()
    numbers = select(model.id).where(model.month == month).order_by(model.id)
    ids = array("q", bulk.plain_rows(numbers.execution_options(yield_per=AT_ONCE)).scalars())
    query = select(*columns).join(Cadre, Cadre.id == model.cadre_id).order_by(model.id)
    for some in bulk.batches(ids, AT_ONCE):
        yield from bulk.plain_rows(query.where(bulk.one_of(model.id, some))).all()


def places_of(cadre_ids: set[int]) -> dict[int, list[TermPlace]]:
    """Return each cadre's places in order of the month from which they hold (rules.md 1.7)."""
    found: dict[int, list[TermPlace]] = {cadre_id: [] for cadre_id in cadre_ids}
    db.session.flush()
    for some in bulk.batches(sorted(cadre_ids), AT_ONCE):
        rows = bulk.plain_rows(
            select(
                CadreTerm.cadre_id,
                CadreTerm.from_month,
                CadreTerm.branch_id,
                Branch.regional_office_id,
                Branch.time_zone,
                CadreTerm.host_body_id,
            )
            .join(Branch, Branch.id == CadreTerm.branch_id)
            .where(bulk.one_of(CadreTerm.cadre_id, some))
            .order_by(CadreTerm.cadre_id, CadreTerm.from_month),
        )
        for row in rows:
            found[row.cadre_id].append(
                TermPlace(
                    row.from_month, row.branch_id, row.regional_office_id, row.time_zone, row.host_body_id
                ),
            )
    return found


def present_places(cadre_ids: set[int]) -> dict[int, TermPlace]:
    """Return where each cadre belongs today: boards that are not of one month show them there (rules.md 4.1)."""
    found: dict[int, TermPlace] = {}
    for some in bulk.batches(sorted(cadre_ids), AT_ONCE):
        rows = bulk.plain_rows(
            select(Cadre.id, Cadre.branch_id, Branch.regional_office_id, Branch.time_zone, Cadre.host_body_id)
            .join(Branch, Branch.id == Cadre.branch_id)
            .where(bulk.one_of(Cadre.id, some)),
        )
        for cadre_id, *place in rows:
            found[cadre_id] = TermPlace("", *place)
    return found


def place_in(places: list[TermPlace], month: str) -> TermPlace:
    """Return the place that holds in a month."""
    held = [place for place in places if place.from_month <= month]
    if not held:
        raise NotFound("points.no_term", {"month": month})
    return held[-1]
