"""Coverage of one branch: where to start, the lozenges by district, one district's table, the month's targets."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext as _

from portal import clock
from portal.coverage.queries.branch import Coverage, District, read_coverage
from portal.coverage.queries.targets import list_targets
from portal.coverage.views.blueprint import bp
from portal.domain.months import local_date, month_of
from portal.organisation.queries import get_branch
from portal.places.queries import place_line, region_name
from portal.texts.formats import num
from portal.web.access import actor, allow, may_open

FIRST, TARGETS = 9, 6
# Few lozenges stand as one; more follow each other in rows of three and two, 24 units apart.
_FIGURES = {1: ((36, 0),), 2: ((24, 0), (48, 0)), 4: ((36, 0), (24, 1), (48, 1), (36, 2))}
_ROWS = ((12, 36, 60), (24, 48))


@dataclass(frozen=True)
class Block:
    """A district's lozenges: the middle of each, in units of its picture, and how high the picture is."""

    district: District
    places: Sequence[tuple[int, float]]
    height: int


@bp.get("/coverage/branches/<int:branch_id>")
@allow("supervisor", "admin", "auditor")
def branch(branch_id: int) -> str:
    """Show a branch in the reader's scope."""
    who, now = actor(), clock.now()
    found = get_branch(branch_id, actor=who)
    day = local_date(now, found.time_zone)
    coverage = read_coverage(branch_id, day)
    shown = _shown(coverage)
    needy = [spot for spot in coverage.spots if spot.village.unprotected or spot.never]
    month = month_of(day)
    return render_template(
        "coverage/branch.html",
        branch=found,
        coverage=coverage,
        first=needy if request.args.get("all") else needy[:FIRST],
        needy=len(needy),
        blocks=[_block(district) for district in _in_regency(coverage, shown)],
        shown=shown,
        elsewhere=_elsewhere(coverage),
        targets=list_targets(branch_id, month, only_set=True, limit=TARGETS),
        village_name=region_name,
        month=month,
        computed_at=now,
        zone=found.time_zone,
        sets=may_open("coverage.set_target"),
        above=who.scope != "branch",
    )


def _shown(coverage: Coverage) -> District | None:
    """Return the district asked for; else the one asked for's first, else the one where most should be done."""
    asked = request.args.get("district", "")
    fitting = [district for district in coverage.districts if asked and district.code.startswith(asked)]
    if fitting:
        return fitting[0]
    neediest = coverage.spots[0].village.code[:6] if coverage.spots else ""
    return next((one for one in coverage.districts if one.code == neediest), None)


def _in_regency(coverage: Coverage, shown: District | None) -> list[District]:
    """List the districts of the shown one's regency: a branch may have a whole province."""
    regency = shown.code[:4] if shown else ""
    return [district for district in coverage.districts if district.code.startswith(regency)]


def _block(district: District) -> Block:
    count = len(district.spots)
    spots = _FIGURES.get(count) or [
        (_ROWS[n % 5 // 3][n % 5 % 3], n // 5 * 2 + n % 5 // 3) for n in range(count)
    ]
    return Block(district, [(x, 1.5 + 12 * row) for x, row in spots], 26 + 12 * max(row for _x, row in spots))


def _elsewhere(coverage: Coverage) -> str:
    """Name the villages of others that the branch's cadres visited, the most visited first."""
    ordered = sorted(coverage.elsewhere, key=lambda one: (-one[1], one[0]))
    named = [f"{place_line(code)} ({num(visits)})" for code, visits in ordered[:5]]
    if len(ordered) > len(named):
        named.append(_("%(n)s lainnya", n=num(len(ordered) - len(named))))
    return "; ".join(named)
