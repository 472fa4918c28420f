"""The sheet that people sign at the meetings of a cohort, for where phones and network fail."""

from flask import Response
from flask_babel import gettext as _

from portal import clock
from portal.organisation.queries import get_branch
from portal.papers.sheet import Column, Sheet
from portal.texts.formats import hari, jam, language
from portal.training.queries.cohorts import get_cohort, list_seated, list_sessions
from portal.training.views.blueprint import bp
from portal.training.views.cohorts import READERS
from portal.web.access import actor, allow

_ROOM_TO_SIGN = 11.0  # millimetres


@bp.get("/training/cohorts/<int:cohort_id>/sheet")
@allow(*READERS)
def sign_sheet(cohort_id: int) -> Response:
    """Send the sheet as PDF: the names, and a field to sign for each meeting."""
    cohort = get_cohort(cohort_id, actor=actor())
    branch, sessions = get_branch(cohort.branch_id), list_sessions(cohort.id)
    title = str(_("Angkatan %(n)s, %(place)s", n=cohort.number, place=branch.name))
    sheet = Sheet(title=title, language=language(), made_at=clock.now())
    sheet.heading(title, cohort.place)
    for one in sessions:
        begins = jam(one.starts_at, branch.time_zone)
        day = hari(one.starts_at, branch.time_zone)
        sheet.say(_("Pertemuan %(n)s: %(day)s, %(time)s", n=one.number, day=day, time=begins))
    columns = [Column(_("No."), 1), Column(_("Nama"), 6), Column(_("Kode"), 4)]
    columns += [Column(_("Tanda tangan %(n)s", n=one.number), 4) for one in sessions]
    rows = [
        [str(place), cadre.name, cadre.code, *("" for _session in sessions)]
        for place, cadre in enumerate(list_seated(cohort.id), 1)
    ]
    sheet.table(columns, rows, high=_ROOM_TO_SIGN)
    answer = Response(sheet.bytes(), mimetype="application/pdf")
    name = f"daftar-hadir-{branch.code}-{cohort.number}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
