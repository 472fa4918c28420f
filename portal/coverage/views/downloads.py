"""The tables of coverage as CSV."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from flask import make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.coverage.queries.areas import Table, read_nation, read_office
from portal.coverage.queries.branch import Spot, read_coverage
from portal.coverage.views.blueprint import bp
from portal.domain.coverage import one_decimal
from portal.domain.months import local_date
from portal.organisation.queries import get_branch
from portal.tables.writing import Type, csv_bytes
from portal.web.access import actor, allow

Columns = tuple[tuple[str, Type], ...]
VILLAGES: Final[Columns] = (
    ("village_code", "text"),
    ("village", "text"),
    ("district", "text"),
    ("estimate", "number"),
    ("year", "number"),
    ("target", "number"),
    ("participants", "number"),
    ("visits", "number"),
    ("last_visit", "date"),
    ("where_next", "number"),
    ("source", "text"),
)
AREAS: Final[Columns] = (
    ("name", "text"),
    ("villages", "number"),
    ("estimate", "number"),
    ("participants", "number"),
    ("visits", "number"),
    ("never_visited", "number"),
    ("workers_never_visited", "number"),
)


@bp.get("/coverage/download")
@allow("supervisor", "admin", "auditor")
def download() -> ResponseReturnValue:
    """Send the table of the nation; lead who works for less to that of the own office or branch."""
    who = actor()
    if who.scope == "branch":
        return redirect(url_for("coverage.download_branch", branch_id=who.branch_id))
    if who.scope == "region":
        return redirect(url_for("coverage.download_region", region_id=who.region_id))
    return _sent("cakupan.csv", AREAS, _areas(read_nation(local_date(clock.now(), actor().zone))))


@bp.get("/coverage/regions/<int:region_id>/download")
@allow("supervisor", "admin", "auditor")
def download_region(region_id: int) -> ResponseReturnValue:
    """Send the table of a regional office."""
    who = actor()
    table = read_office(region_id, local_date(clock.now(), who.zone), actor=who)
    return _sent(f"cakupan-wilayah-{region_id}.csv", AREAS, _areas(table))


@bp.get("/coverage/branches/<int:branch_id>/download")
@allow("supervisor", "admin", "auditor")
def download_branch(branch_id: int) -> ResponseReturnValue:
    """Send the table of a branch: every village, the neediest first."""
    found = get_branch(branch_id, actor=actor())
    coverage = read_coverage(branch_id, local_date(clock.now(), found.time_zone))
    return _sent(f"cakupan-cabang-{branch_id}.csv", VILLAGES, map(_village, coverage.spots))


def _village(spot: Spot) -> tuple[Any, ...]:
    village, said = spot.village, spot.estimated
    return (
        village.code,
        spot.name,
        spot.district,
        village.estimate,
        said.year if said else None,
        said.target if said else None,
        village.participants,
        village.visits,
        village.last_visit,
        one_decimal(spot.need),
        said.source if said else None,
    )


def _areas(table: Table) -> Iterable[tuple[Any, ...]]:
    for row in table.rows:
        of = row.figures
        yield (row.name, of.villages, of.estimate, of.participants, of.visits, of.never, of.never_workers)


def _sent(name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> ResponseReturnValue:
    headings, types = [heading for heading, _ in columns], [kind for _, kind in columns]
    response = make_response(csv_bytes(headings, rows, types))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
