"""Pages of months: their status, the preview of an open one, closing and releasing."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.database.transaction import act_prepared, long_act, transaction
from portal.domain.months import has_ended_everywhere
from portal.months.forms import CloseForm, ReleaseForm
from portal.months.queries.alarms import list_alarms
from portal.months.queries.digests import digest_file
from portal.months.queries.previews import preview_month
from portal.months.queries.status import (
    MonthStatus,
    has_extract,
    list_status,
    newest_extract_as_of,
    status_of,
)
from portal.months.services.closing import close_month
from portal.months.services.preparing import prepare_close
from portal.months.services.releasing import release_month
from portal.texts.formats import bulan
from portal.web.access import allow, may_open, signature

bp = Blueprint("months", __name__)
_IN_MEMORY = 4_000_000  # bytes of a digest file; a longer one is written to disk on its way

READERS = ("supervisor", "validator", "finance", "admin", "auditor")
SHOWN = 50


@dataclass(frozen=True)
class PossibleActs:
    """What the person behind the request may do with a month now."""

    close: bool
    early: bool
    release: bool


def _possible(status: MonthStatus) -> PossibleActs:
    now = clock.now()
    mine = may_open("months.close") and status.status == "open"
    over = has_ended_everywhere(status.month, now)
    turn = mine and over and status.blocker != "earlier_open"
    waits = not has_extract(status.month) and not status.release_reason
    return PossibleActs(close=turn, early=now < status.closes_at, release=mine and over and waits)


@bp.get("/months", endpoint="list")
@allow(*READERS)
def list_months() -> str:
    """List the months, newest first, with what blocks each open one."""
    now = clock.now()
    return render_template(
        "months/list.html",
        rows=list_status(at=now),
        alarms=list_alarms(at=now),
        extract=newest_extract_as_of(),
    )


@bp.get("/months/<month:month>")
@allow(*READERS)
def show(month: str) -> str:
    """Show one month: what it closed with, or what keeps it from closing."""
    status = status_of(month, at=clock.now())
    return render_template(
        "months/show.html",
        row=status,
        possible=_possible(status),
        closing=CloseForm(formdata=None),
        release=ReleaseForm(formdata=None),
        extract=newest_extract_as_of(),
        over=has_ended_everywhere(status.month, clock.now()),
    )


@bp.get("/months/<month:month>/preview")
@allow("finance", "admin", "auditor", scope="nation")
@long_act
def preview(month: str) -> str:
    """Compute an open month as its close would, including the digest; nothing is written."""
    status = status_of(month, at=clock.now())
    if status.status == "closed":
        abort(404)
    found = preview_month(status.month, statements=True)
    return render_template(
        "months/preview.html",
        row=status,
        found=found,
        statements=sorted(found.statements, key=lambda one: -one.settled.gross)[:SHOWN],
        computed_at=clock.now(),
    )


@bp.get("/months/<month:month>/digest")
@allow("finance", "admin", "auditor", scope="nation")
@long_act
def download_digest(month: str) -> Response:
    """Send the digest file of a closed month, written from what is stored."""
    status = status_of(month, at=clock.now())
    if status.status != "closed":
        abort(404)
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - _pieces() closes it
    digest_file(status.month, into=file.write)
    file.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="digest-{status.month}.txt"'}
    return Response(_pieces(file), mimetype="text/plain", headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(lambda: file.read(65_536), b"")


@bp.post("/months/<month:month>/close")
@allow("admin", scope="nation")
@long_act
def close(month: str) -> ResponseReturnValue:
    """Close a month for good."""
    form = CloseForm()
    if not form.validate_on_submit():
        flash(_("Lihat pratinjaunya dulu, lalu centang kotaknya."), "error")
        return redirect(url_for("months.show", month=month))
    by, early = signature(), form.early.data
    closed = act_prepared(
        lambda rows: prepare_close(month=month, at=by.at, rows=rows, early=early),
        lambda ready: close_month(month=month, early=early, by=by, ready=ready),
    )
    if closed.already:
        flash(_("%(month)s sudah ditutup sebelumnya. Tidak ada yang berubah.", month=bulan(closed.month)))
    else:
        flash(_("%(month)s ditutup. Rinciannya bisa dilihat semua kader.", month=bulan(closed.month)))
    return redirect(url_for("months.show", month=closed.month))


@bp.post("/months/<month:month>/release")
@allow("admin", scope="nation")
def release(month: str) -> ResponseReturnValue:
    """Let the scheduler close a month without the extract."""
    form = ReleaseForm()
    if not form.validate_on_submit():
        flash(_("Tulis alasan, paling sedikit 3 huruf."), "error")
        return redirect(url_for("months.show", month=month))
    with transaction():
        release_month(month=month, reason=form.reason.data, by=signature())
    flash(_("%(month)s boleh ditutup tanpa data BPJS.", month=bulan(month)))
    return redirect(url_for("months.show", month=month))
