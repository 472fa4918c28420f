"""Pages of payouts: what is payable and held, batches, the bank file and its result."""

import io
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.access import actor, allow
from portal.addresses import row_number
from portal.payouts import queries, services
from portal.payouts.formats import Result, read_results
from portal.payouts.forms import DecisionForm, PrepareForm, RejectForm, ResultFileForm, RowResultForm
from portal.tables import TableRefused
from portal.transaction import long_act, transaction
from portal.wording.formats import num, rupiah

bp = Blueprint("payouts", __name__)
# Statements stand below payouts, so their pages ask through the templates how far the money is.
bp.add_app_template_global(queries.payment_track, "find_payment_track")
bp.add_app_template_global(queries.payment_status, "find_payment_status")

HELD_SHOWN = 5


@bp.get("/payouts", endpoint="list")
@allow("finance", "auditor")
def list_batches() -> str:
    """Show what is payable, what is held and why, and the batches."""
    who, before = actor(), request.args.get("before", type=row_number)
    waiting = queries.total_waiting(who)
    batches = queries.list_batches(who, before=before)
    return render_template(
        "payouts/list.html",
        waiting=waiting,
        form=PrepareForm(formdata=None).offer(waiting.months),
        held=queries.list_held(who, limit=HELD_SHOWN)[:HELD_SHOWN],
        batches=batches[: queries.BATCHES_PAGE],
        older=batches[queries.BATCHES_PAGE - 1][0].id if len(batches) > queries.BATCHES_PAGE else None,
        before=before,
    )


@bp.get("/payouts/held")
@allow("finance", "auditor")
def held() -> str:
    """Show all that is held, by reason."""
    who, reason = actor(), request.args.get("reason", "")
    rows = queries.list_held(who, after=request.args.get("after", 0, type=row_number), reason=reason)
    return render_template(
        "payouts/held.html",
        waiting=queries.total_waiting(who),
        rows=rows[: queries.HELD_PAGE],
        after=rows[queries.HELD_PAGE - 1].id if len(rows) > queries.HELD_PAGE else None,
        reason=reason,
    )


@bp.post("/payouts/prepare")
@allow("finance")
@long_act
def prepare() -> ResponseReturnValue:
    """Prepare a batch of everything payable up to a month."""
    form = PrepareForm().offer(queries.total_waiting(actor()).months)
    if not form.validate_on_submit():
        flash(_("Pilih bulan yang masih punya insentif siap cair."), "error")
        return redirect(url_for("payouts.list"))
    with transaction():
        batch = services.prepare_batch(month_until=form.month_until.data, actor=actor(), at=clock.now())
        batch_id, count, total = batch.id, batch.payments, batch.total
    flash(
        _(
            "%(count)s pembayaran, %(total)s, siap diperiksa rekan Anda.",
            count=num(count),
            total=rupiah(total),
        )
    )
    return redirect(url_for("payouts.batch", batch_id=batch_id))


@bp.get("/payouts/<int:batch_id>")
@allow("finance", "auditor")
def batch(batch_id: int) -> str:
    """Show a batch with its rows."""
    return _batch_page(batch_id)


def _batch_page(batch_id: int, **more: Any) -> str:
    who, after = actor(), request.args.get("after", 0, type=row_number)
    found, status = queries.get_batch(batch_id, actor=who), request.args.get("status", "")
    rows = queries.list_rows(batch_id, after=after, status=status)
    return render_template(
        "payouts/batch.html",
        batch=found,
        people=queries.people_of(found),
        totals=queries.total_rows(batch_id),
        obstacles=queries.list_obstacles(batch_id) if found.status in {"prepared", "approved"} else [],
        rows=rows[: queries.ROWS_PAGE],
        after=rows[queries.ROWS_PAGE - 1][0].id if len(rows) > queries.ROWS_PAGE else None,
        started=after > 0,
        status=status,
        own=found.prepared_by == who.user_id,
        finance=who.role == "finance",
        **({"file_form": ResultFileForm(formdata=None), "refused": None} | more),
    )


@bp.post("/payouts/<int:batch_id>/approve")
@allow("finance")
@long_act
def approve(batch_id: int) -> ResponseReturnValue:
    """Approve a batch that another officer prepared."""
    form = DecisionForm()
    if not form.validate_on_submit():
        abort(400)
    with transaction():
        services.approve_batch(
            batch_id=batch_id, version_seen=form.version.data, actor=actor(), at=clock.now()
        )
    flash(_("Disetujui. Unduh berkasnya, lalu kirim ke bank."))
    return redirect(url_for("payouts.batch", batch_id=batch_id))


@bp.post("/payouts/<int:batch_id>/reject")
@allow("finance")
@long_act
def reject(batch_id: int) -> ResponseReturnValue:
    """Reject a batch that another officer prepared."""
    form = RejectForm()
    if not form.validate_on_submit():
        flash(_("Tulis alasan penolakan, supaya yang menyiapkan tahu apa yang perlu diperbaiki."), "error")
        return redirect(url_for("payouts.batch", batch_id=batch_id))
    with transaction():
        services.reject_batch(
            batch_id=batch_id,
            reason=form.reason.data,
            version_seen=form.version.data,
            actor=actor(),
            at=clock.now(),
        )
    flash(_("Ditolak. Semua pembayarannya kembali siap dicairkan."))
    return redirect(url_for("payouts.batch", batch_id=batch_id))


@bp.post("/payouts/<int:batch_id>/export")
@allow("finance")
@long_act
def export(batch_id: int) -> ResponseReturnValue:
    """Hand out the bank file; a POST, since the first one fixes it and every one is audited."""
    with transaction():
        file = services.export_batch(batch_id=batch_id, actor=actor(), at=clock.now())
    response = make_response(file.content)
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/payouts/<int:batch_id>/record_result")
@allow("finance")
@long_act
def record_result(batch_id: int) -> ResponseReturnValue:
    """Record what the bank says: of one payment, of all that wait, or a file with many."""
    if "file" in request.files:
        return _record_file(batch_id)
    with transaction():
        if request.form.get("all") == "paid":
            done = services.record_all_paid(batch_id=batch_id, actor=actor(), at=clock.now())
        else:
            form = RowResultForm()
            if not form.validate():
                abort(400)
            result = Result(form.reference.data, form.status.data, form.reason.data or None)
            done = services.record_result(batch_id=batch_id, results=[result], actor=actor(), at=clock.now())
    return _recorded(batch_id, done)


def _record_file(batch_id: int) -> ResponseReturnValue:
    form = ResultFileForm()
    if not form.validate():
        return _batch_page(batch_id, file_form=form), 400
    upload = form.file.data
    try:
        results = read_results(io.BytesIO(upload.read()), filename=upload.filename or "")
    except TableRefused as refused:  # the page names the bad lines; the one handler could not
        return _batch_page(batch_id, refused=refused), 409
    with transaction():
        done = services.record_result(batch_id=batch_id, results=results, actor=actor(), at=clock.now())
    return _recorded(batch_id, done)


def _recorded(batch_id: int, done: services.Recorded) -> ResponseReturnValue:
    if not done.paid and not done.failed:
        flash(_("Tidak ada yang berubah: hasil ini sudah tercatat."))
    else:
        parts = [ngettext("%(num)s dibayar", "%(num)s dibayar", done.paid)]
        if done.failed:
            parts.append(ngettext("%(num)s gagal", "%(num)s gagal", done.failed))
        if done.settled:
            parts.append(_("daftar ini selesai"))
        flash(_("Hasil bank tercatat: %(parts)s.", parts=", ".join(parts)))
    return redirect(url_for("payouts.batch", batch_id=batch_id))
