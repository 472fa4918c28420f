"""The month report of a branch: one page for its head, as PDF."""

from collections.abc import Sequence

from flask import Response, request
from flask_babel import gettext as _

from portal import clock
from portal.domain.errors import NotFound
from portal.domain.months import local_date, month_of
from portal.home.queries.monthly import MonthReport, read_report
from portal.home.queries.quality import CadreMonth, percent
from portal.home.views.blueprint import bp
from portal.leaderboards.queries.scopes import get_visible_scope
from portal.papers.sheet import Column, Sheet
from portal.texts.formats import bulan, bulan_pendek, language, num, tanggal, waktu
from portal.web.access import actor, allow
from portal.web.addresses import row_number

TOLD = 5  # cadres named in each table: the page stays one page


@bp.get("/dashboard/report/<month:month>")
@allow("supervisor", "admin", "auditor")
def month_report(month: str) -> Response:
    """Send a branch's month as one page of PDF."""
    who, now = actor(), clock.now()
    today = local_date(now, who.zone)
    if month > month_of(today):
        raise NotFound("months.not_begun", {"month": month})
    branch = get_visible_scope(who, "branch", request.args.get("id", type=row_number))
    report = read_report(who, branch, month, today)
    sheet = Sheet(title=_title(report), language=language(), made_at=now)
    _fill(sheet, report, made=waktu(now, who.zone))
    answer = Response(sheet.bytes(), mimetype="application/pdf")
    name = f"laporan-{branch.code}-{month}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _title(report: MonthReport) -> str:
    return str(_("Laporan %(month)s, %(branch)s", month=bulan(report.month), branch=report.branch.name))


def _fill(sheet: Sheet, report: MonthReport, *, made: str) -> None:
    sheet.heading(_title(report), _standing(report, made))
    sheet.say(_conclusion(report))
    sheet.figures(
        [
            (num(report.trend[-1]), _("peserta baru sah")),
            (num(report.totals["reports"]), _("laporan kegiatan")),
            (num(report.totals["points"]), _("poin")),
            (num(report.totals["scoring"]), _("kader yang dapat poin")),
            (num(report.totals["active"]), _("kader aktif sekarang")),
        ]
    )
    sheet.chapter(_("Peserta baru sah, enam bulan"))
    sheet.line(report.trend, [bulan_pendek(month) for month in report.months], [num(n) for n in report.trend])
    _follow(sheet, report)
    _say_who_still_pays(sheet, report)
    _name_best(sheet, report.cadres)
    _name_silent(sheet, report)
    if report.digest:
        sheet.say(_("Segel bulan: %(digest)s", digest=report.digest), muted=True)


def _standing(report: MonthReport, made: str) -> str:
    if report.closed_at is None:
        return str(_("Bulan ini masih terbuka; angkanya bisa berubah. Dibuat %(at)s.", at=made))
    closed = tanggal(report.closed_at, "Asia/Jakarta")
    return str(_("Ditutup %(closed)s. Dibuat %(at)s.", closed=closed, at=made))


def _conclusion(report: MonthReport) -> str:
    """Say the month in a few sentences: against the month before, quality, who is silent, where nobody has been."""
    now, before = report.trend[-1], report.trend[-2]
    told = [
        _("Peserta baru naik %(n)s dari bulan sebelumnya.", n=num(now - before))
        if now > before
        else _("Peserta baru turun %(n)s dari bulan sebelumnya.", n=num(before - now))
        if now < before
        else _("Peserta baru sama dengan bulan sebelumnya.")
    ]
    share = percent(sum(row.at_first for row in report.cadres), sum(row.looked_at for row in report.cadres))
    if share is not None:
        told.append(_("%(share)s%% laporan yang sudah dilihat langsung disetujui.", share=share))
    if report.silent_total:
        told.append(_("%(n)s kader aktif kini diam dua minggu atau lebih.", n=num(report.silent_total)))
    return " ".join([*told, *_unvisited(report)])


def _unvisited(report: MonthReport) -> list[str]:
    """Say in how many villages nobody has been, and how many workers live there by estimate."""
    of = report.villages
    if not of.villages:
        return []
    if not of.never:
        return [_("Semua %(total)s kelurahan dan desa sudah pernah didatangi.", total=num(of.villages))]
    told = _(
        "%(n)s dari %(total)s kelurahan dan desa kini belum pernah didatangi.",
        n=num(of.never),
        total=num(of.villages),
    )
    if not of.never_workers:
        return [told]
    return [told, _("Di sana ada perkiraan %(n)s pekerja informal.", n=num(of.never_workers))]


def _follow(sheet: Sheet, report: MonthReport) -> None:
    """Draw what became of the sign-ups of three months before."""
    funnel = report.funnel
    if not funnel.reported:
        return
    sheet.chapter(_("Pendaftaran %(month)s, diikuti sampai hari ini", month=bulan(funnel.month)))
    steps = (
        (_("dilaporkan"), funnel.reported),
        (_("cocok data BPJS"), funnel.matched),
        (_("sah"), funnel.validated),
        (_("masih membayar"), funnel.paying),
    )
    sheet.bars([(name, n, f"{num(n)} · {percent(n, funnel.reported)}%") for name, n in steps])


def _say_who_still_pays(sheet: Sheet, report: MonthReport) -> None:
    """Say which share of each cohort still pays, as the first page does."""
    if not report.followed:
        return
    told = [
        _(
            "%(share)s%% dari %(n)s peserta baru %(month)s setelah %(age)s bulan",
            share=one.cohort.share,
            n=num(one.cohort.total),
            month=bulan(one.cohort.month),
            age=one.cohort.age,
        )
        for one in report.followed
    ]
    sheet.say(_("Masih membayar hari ini: %(cohorts)s.", cohorts="; ".join(told)))


def _name_best(sheet: Sheet, cadres: Sequence[CadreMonth]) -> None:
    """Name the cadres with the most validated sign-ups of the month."""
    best = sorted((row for row in cadres if row.validated), key=lambda row: (-row.validated, row.code))[:TOLD]
    if not best:
        return
    sheet.chapter(_("Paling banyak peserta baru"))
    columns = (
        Column(_("Kader"), 5),
        Column(_("Laporan"), 2, number=True),
        Column(_("Langsung disetujui"), 3, number=True),
        Column(_("Pendaftaran sah"), 3, number=True),
        Column(_("Peserta masih aktif"), 3, number=True),
    )
    sheet.table(columns, [_cells(row) for row in best])


def _cells(row: CadreMonth) -> tuple[str, ...]:
    def share(value: int | None) -> str:
        return "–" if value is None else f"{value}%"

    return (
        row.name,
        num(row.reports),
        share(row.first_time_rate),
        num(row.validated),
        share(row.paying_rate),
    )


def _name_silent(sheet: Sheet, report: MonthReport) -> None:
    """Name the cadres silent for longest, as of today."""
    if not report.silent:
        return
    sheet.chapter(_("Perlu disapa, per hari ini"))
    columns = (Column(_("Kader"), 5), Column(_("Laporan terakhir"), 4), Column(_("Hari"), 2, number=True))
    rows = [
        (one.name, tanggal(one.last_on) if one.last_on else _("belum pernah melapor"), num(one.days))
        for one in report.silent
    ]
    sheet.table(columns, rows)
