"""Dashboards beside the first page: branches compared per head, and the work of a branch's cadres."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.domain.actors import Actor
from portal.domain.months import local_date, month_of, next_month, previous_month
from portal.home.queries.cohorts import Month, list_months
from portal.home.queries.comparison import Compared, compare_branches, compare_regions, together
from portal.home.queries.quality import CadreMonth, list_quality
from portal.home.views.blueprint import bp
from portal.leaderboards.queries.scopes import get_visible_scope, list_visible_scopes
from portal.web.access import actor, allow
from portal.web.addresses import month_asked, row_number
from portal.web.downloads import csv_answer


def _month(who: Actor) -> tuple[str, str]:
    """Return the month that the address asks for, and the present one, which it never goes beyond."""
    current = month_of(local_date(clock.now(), who.zone))
    return min(month_asked("month") or current, current), current


def _months(endpoint: str, month: str, current: str, **values: Any) -> dict[str, str]:
    """Return the addresses of the months before and after."""
    after = next_month(month) if month < current else ""
    return {
        "before": url_for(endpoint, month=previous_month(month), **values),
        "after": url_for(endpoint, month=after if after != current else None, **values) if after else "",
        "after_month": after,
        "before_month": previous_month(month),
    }


@bp.get("/dashboard/branches")
@allow("admin", "supervisor", "auditor")
def compare() -> ResponseReturnValue:
    """Compare the regional offices, or the branches of one, in a month; as a file with ?format=csv."""
    who = actor()
    month, current = _month(who)
    region = request.args.get("region", type=row_number)
    office = get_visible_scope(who, "region", region) if region is not None else None
    offices = who.scope == "nation" and office is None
    rows = compare_regions(who, month) if offices else compare_branches(who, month, region_id=region)
    if request.args.get("format") == "csv":
        return csv_answer(f"cabang-{month}.csv", _COMPARED, map(_compared_cells, rows))
    return render_template(
        "home/compare.html",
        rows=rows,
        total=together(row.figures for row in rows),
        offices=offices,
        office=office,
        month=month,
        current=current,
        computed_at=clock.now(),
        zone=who.zone,
        **_months("home.compare", month, current, region=region),
    )


_COMPARED = (
    "code", "name", "active_cadres", "scoring_cadres", "points", "validated_signups", "per_head", "reports", "approved",
)  # fmt: skip


def _compared_cells(row: Compared) -> tuple[object, ...]:
    one, per_head = row.figures, row.figures.per_head
    shown = None if per_head is None else f"{per_head:.2f}"
    return (
        row.code,
        row.name,
        one.active,
        one.scoring,
        one.points,
        one.validated,
        shown,
        one.reports,
        one.approved,
    )


@bp.get("/dashboard/months")
@allow("admin", "supervisor", "auditor")
def months() -> ResponseReturnValue:
    """Send the months behind the first page's charts as a file: this one and the twelve before it."""
    who = actor()
    _asked, current = _month(who)
    place = get_visible_scope(who, who.scope, None)
    rows = list_months(who, current)
    return csv_answer(f"bulan-{place.code}-{current}.csv", _MONTHS, map(_month_cells, rows))


_MONTHS = (
    "month", "age_months", "reported", "matched", "validated", "still_paying", "in_grace", "new_participants",
    "cohort", "cohort_active", "cohort_grace", "cohort_lapsed", "cohort_active_percent",
)  # fmt: skip


def _month_cells(row: Month) -> tuple[object, ...]:
    one, cohort = row.funnel, row.cohort
    return (
        row.month, row.age, one.reported, one.matched, one.validated, one.paying, one.grace, row.new,
        cohort.total, cohort.active, cohort.grace, cohort.lapsed, cohort.share if cohort.total else None,
    )  # fmt: skip


@bp.get("/dashboard/cadres")
@allow("admin", "supervisor", "auditor")
def quality() -> ResponseReturnValue:
    """Show how the cadres of a branch worked in a month; as a file with ?format=csv."""
    who = actor()
    month, current = _month(who)
    branch = get_visible_scope(who, "branch", request.args.get("id", type=row_number))
    rows = list_quality(branch.id, month)
    if request.args.get("format") == "csv":
        return csv_answer(f"kader-{branch.code}-{month}.csv", _QUALITY, map(_quality_cells, rows))
    return render_template(
        "home/quality.html",
        rows=rows,
        branch=branch,
        choices=list_visible_scopes(who, "branch"),
        told=_told(rows),
        month=month,
        current=current,
        computed_at=clock.now(),
        zone=who.zone,
        **_months("home.quality", month, current, id=branch.id if who.scope != "branch" else None),
    )


_QUALITY = (
    "code", "name", "status", "reports", "approved", "returned", "rejected", "first_time_percent", "signups",
    "validated", "participants_active", "participants_grace", "participants_lapsed", "last_report_on",
)  # fmt: skip


def _quality_cells(row: CadreMonth) -> tuple[object, ...]:
    return (
        row.code, row.name, row.status, row.reports, row.approved, row.returned, row.rejected, row.first_time_rate,
        row.reported, row.validated, row.active, row.grace, row.lapsed, row.last_report_on,
    )  # fmt: skip


def _told(rows: list[CadreMonth]) -> list[str]:
    """Say in words what stands out: who reported, how many passed at first look, who needs a talk."""
    at_work = [row for row in rows if row.reports]
    if not at_work:
        return [_("Bulan ini belum ada laporan dari cabang ini.")]
    looked, first = sum(row.looked_at for row in rows), sum(row.at_first for row in rows)
    said = [_("%(n)s dari %(all)s kader melapor.", n=len(at_work), all=len(rows))]
    if looked:
        share = (200 * first + looked) // (2 * looked)
        said.append(_("%(share)s%% laporan yang sudah dilihat langsung disetujui.", share=share))
    often = [row for row in rows if row.looked_at >= 3 and (row.first_time_rate or 0) < 60]
    if often:
        names = ", ".join(row.name for row in often[:3])
        said.append(_("Sering kembali untuk diperbaiki: %(names)s. Bantu mengisi laporannya.", names=names))
    return said
