"""The standings that decide a month's money: frozen ones, or those a preview computes now."""

from collections import defaultdict
from collections.abc import Container, Iterator
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, exists, func, or_, select

from portal.cadres.models import Cadre
from portal.cadres.queries.terms import terms_in
from portal.database.bulk import plain_rows
from portal.database.extensions import db
from portal.domain.ranking import rank
from portal.incentives.computation.standings import StandingRow
from portal.leaderboards.models import FrozenStanding
from portal.leaderboards.queries.ranked import Ranked, list_ranked
from portal.organisation.models import Branch, RegionalOffice
from portal.points.models import WaitingEntry

_FROZEN: Final = cast("Table", FrozenStanding.__table__)
_VALIDATED_BY = {"signup": 1, "signup_reversal": -1}  # by how much an entry changes the validated sign-ups


def frozen_rows(month: str) -> Iterator[StandingRow]:
    """Read the frozen standings of a closed month."""
    yield from _read(_FROZEN, _FROZEN.c.month == month)


def winning_rows(month: str, last_rank: int, *, frozen: Table = _FROZEN) -> Iterator[StandingRow]:
    """Read what a month's money needs of its frozen standings: everybody's points, and places up to a rank.

    `frozen` is the table they stand in: a close that is made ready has a copy.
    """
    wins = or_(frozen.c.scope == "nation", frozen.c.rank <= last_rank)
    yield from _read(frozen, (frozen.c.month == month) & wins)


def _read(frozen: Table, condition: ColumnElement[bool]) -> Iterator[StandingRow]:
    fields: list[Any] = [frozen.c[name] for name in StandingRow.__slots__]
    for row in plain_rows(select(*fields).where(condition)):
        yield StandingRow(*row)


def preview_rows(month: str) -> Iterator[StandingRow]:
    """Return the standings that an open month would freeze now, waiting entries included."""
    if db.session.execute(select(exists().where(WaitingEntry.month == month))).scalar_one():
        yield from _with_waiting(month)
        return
    for row in list_ranked(month):
        yield _row(row)


def _row(row: Ranked) -> StandingRow:
    return StandingRow(
        row.scope,
        row.scope_code,
        row.rank,
        row.cadre_id,
        row.cadre_code,
        row.points,
        row.validated,
    )


def _with_waiting(month: str) -> Iterator[StandingRow]:
    """Rank the ledger's sums with waiting entries in Python; needed only until the scheduler posts them."""
    sums = _sums_with_waiting(month)
    for (scope, scope_code), members in _members_of_boards(month, sums).items():
        ranks = rank((cadre_id, *sums[cadre_id]) for cadre_id, _ in members)
        for cadre_id, code in members:
            points, validated = sums[cadre_id]
            yield StandingRow(scope, scope_code, ranks[cadre_id], cadre_id, code, points, validated)


def _sums_with_waiting(month: str) -> dict[int, tuple[int, int]]:
    """Add each cadre's waiting entries to the points and validated sign-ups of the ledger."""
    waits = WaitingEntry
    sums = {row.cadre_id: (row.points, row.validated) for row in list_ranked(month) if row.scope == "nation"}
    for cadre_id, kind, waiting in db.session.execute(
        select(waits.cadre_id, waits.kind, func.sum(waits.points))
        .where(waits.month == month)
        .group_by(waits.cadre_id, waits.kind, waits.id),
    ):
        points, validated = sums.get(cadre_id, (0, 0))
        sums[cadre_id] = (points + int(waiting), validated + _VALIDATED_BY.get(kind, 0))
    return sums


def _members_of_boards(month: str, cadres: Container[int]) -> dict[tuple[str, str], list[tuple[int, str]]]:
    """List the cadres, by id and code, on each board: that of their branch, of their region and of the nation."""
    terms = terms_in(month)
    places = db.session.execute(
        select(Cadre.id, Cadre.code, Branch.code.label("branch"), RegionalOffice.code.label("region"))
        .join(terms, terms.c.cadre_id == Cadre.id)
        .join(Branch, Branch.id == terms.c.branch_id)
        .join(RegionalOffice, RegionalOffice.id == Branch.regional_office_id),
    )
    boards: defaultdict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for row in places:
        if row.id in cadres:
            for board in (("branch", row.branch), ("region", row.region), ("nation", "ID")):
                boards[board].append((row.id, row.code))
    return boards
