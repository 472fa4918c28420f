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
from portal.payouts.forms import (
    ConfirmForm,
    DecisionForm,
    DropForm,
    PrepareForm,
    RejectForm,
    ResultFileForm,
    RowResultForm,
)
from portal.tables import TableRefused
from portal.transaction import long_act, transaction
from portal.wording.formats import num, rupiah

bp = Blueprint("payouts", __name__)
# Statements stand below payouts, so their pages ask through the templates how far the money is.


@bp.app_template_global()
def find_payment_track(cadre_id: int, month: str) -> queries.Track | None:
    """Return the way of a cadre's money for a closed month."""
    return queries.payment_track(cadre_id, month, at=clock.now())


@bp.app_template_global()
def find_payment_status(statement_ids: list[int]) -> dict[int, queries.PaymentStatus]:
    """Tell for each statement how far its payment is."""
    return queries.payment_status(statement_ids, at=clock.now())


@bp.app_template_global()
def find_account_hold(cadre_id: int) -> queries.AccountHold | None:
    """Return what keeps a cadre's verified account from being paid into."""
    return queries.find_account_hold(cadre_id, at=clock.now())


HELD_SHOWN = 5


@bp.get("/payouts", endpoint="list")
@allow("finance", "auditor")
def list_batches() -> str:
    """Show what is payable, what is held and why, and the batches."""
    who, before = actor(), request.args.get("before", type=row_number)
    counted = queries.count_batches_by_status(who)
    status = request.args.get("status", "")
    status = status if status in queries.BATCH_STATUSES else ""
    waiting = queries.total_waiting(who, at=clock.now())
    batches = queries.list_batches(who, before=before, status=status)
    return render_template(
        "payouts/list.html",
        waiting=waiting,
        form=PrepareForm(formdata=None).offer(waiting.months),
        held=queries.list_held(who, at=clock.now(), limit=HELD_SHOWN)[:HELD_SHOWN],
        batches=batches[: queries.BATCHES_PAGE],
        older=batches[queries.BATCHES_PAGE - 1][0].id if len(batches) > queries.BATCHES_PAGE else None,
        before=before,
        status=status,
        statuses=queries.BATCH_STATUSES,
        counted=counted,
    )


@bp.get("/payouts/held")
@allow("finance", "auditor")
def held() -> str:
    """Show all that is held, by reason."""
    who, reason = actor(), request.args.get("reason", "")
    after = request.args.get("after", 0, type=row_number)
    rows = queries.list_held(who, at=clock.now(), after=after, reason=reason)
    return render_template(
        "payouts/held.html",
        waiting=queries.total_waiting(who, at=clock.now()),
        rows=rows[: queries.HELD_PAGE],
        after=rows[queries.HELD_PAGE - 1].id if len(rows) > queries.HELD_PAGE else None,
        reason=reason,
    )


@bp.post("/payouts/prepare")
@allow("finance")
@long_act
def prepare() -> ResponseReturnValue:
    """Prepare a batch of everything payable up to a month."""
    form = PrepareForm().offer(queries.total_waiting(actor(), at=clock.now()).months)
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
        obstacles=queries.list_obstacles(batch_id, at=clock.now())
        if found.status in {"prepared", "approved"}
        else [],
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


@bp.post("/payouts/<int:batch_id>/drop")
@allow("finance")
def drop(batch_id: int) -> ResponseReturnValue:
    """Take one payment out of a prepared batch; the others stay in it."""
    form = DropForm()
    if not form.validate_on_submit():
        flash(_("Tulis alasan mengeluarkan pembayaran itu."), "error")
        return redirect(url_for("payouts.batch", batch_id=batch_id))
    with transaction():
        services.drop_payment(
            batch_id=batch_id,
            reference=form.reference.data,
            reason=form.reason.data,
            version_seen=form.version.data,
            actor=actor(),
            at=clock.now(),
        )
    flash(_("Dikeluarkan dari daftar. Pembayaran itu siap dicairkan lagi bila tidak ditahan."))
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


@bp.get("/profile/account/check")
@allow("cadre")
def check_account() -> str:
    """Show a cadre which payment the bank sent back, and what to do about the account."""
    hold = queries.find_account_hold(actor().cadre_id or 0, at=clock.now())
    return render_template("payouts/check_account.html", hold=hold)


@bp.post("/profile/account/confirm")
@allow("cadre")
def confirm_own_account() -> ResponseReturnValue:
    """Say that the own account is right although the bank sent a payment back."""
    _confirm(actor().cadre_id or 0)
    return redirect(url_for("people.profile"))


@bp.post("/cadres/<int:cadre_id>/confirm-account")
@allow("supervisor", "finance", "admin")
def confirm_account(cadre_id: int) -> ResponseReturnValue:
    """Say that a cadre's account is right although the bank sent a payment back."""
    _confirm(cadre_id)
    return redirect(url_for("people.cadre", cadre_id=cadre_id))


def _confirm(cadre_id: int) -> None:
    form = ConfirmForm()
    if not form.validate():
        abort(400)
    with transaction():
        services.confirm_account(
            cadre_id=cadre_id, account_id=form.account_id.data, actor=actor(), at=clock.now()
        )
    flash(_("Rekening dinyatakan benar. Uangnya masuk daftar pencairan berikutnya."))
