"""Pages of payouts: what is payable and held, one batch, and the decisions on it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.database.transaction import long_act, transaction
from portal.payouts.forms import (
    DecisionForm,
    DropForm,
    PrepareForm,
    RejectForm,
    ResultFileForm,
)
from portal.payouts.queries import batches as batches_queries
from portal.payouts.queries import payable as payable_queries
from portal.payouts.queries.batches import (
    PAGE,
    ROWS,
    STATUSES,
    count_batches_by_status,
    get_batch,
    list_obstacles,
    list_rows,
    people_of,
    total_rows,
)
from portal.payouts.queries.payable import list_held, total_waiting
from portal.payouts.services.deciding import approve_batch, reject_batch
from portal.payouts.services.dropping import drop_payment
from portal.payouts.services.preparing import prepare_batch
from portal.payouts.views.blueprint import bp
from portal.texts.formats import num, rupiah
from portal.web.access import actor, allow, may_open, signature
from portal.web.addresses import row_number

HELD_SHOWN = 5


@bp.get("/payouts", endpoint="list")
@allow("finance", "auditor")
def list_batches() -> str:
    """Show what is payable, what is held and why, and the batches."""
    who, before = actor(), request.args.get("before", type=row_number)
    counted = count_batches_by_status(who)
    status = request.args.get("status", "")
    status = status if status in STATUSES else ""
    waiting = total_waiting(who, at=clock.now())
    batches = batches_queries.list_batches(who, before=before, status=status)
    return render_template(
        "payouts/list.html",
        waiting=waiting,
        form=PrepareForm(formdata=None).offer(waiting.months),
        held=list_held(who, at=clock.now(), limit=HELD_SHOWN)[:HELD_SHOWN],
        batches=batches[:PAGE],
        older=batches[PAGE - 1][0].id if len(batches) > PAGE else None,
        before=before,
        status=status,
        statuses=STATUSES,
        counted=counted,
    )


@bp.get("/payouts/held")
@allow("finance", "auditor")
def held() -> str:
    """Show everything that is held, by reason."""
    who, reason = actor(), request.args.get("reason", "")
    after = request.args.get("after", 0, type=row_number)
    rows = list_held(who, at=clock.now(), after=after, reason=reason)
    return render_template(
        "payouts/held.html",
        waiting=total_waiting(who, at=clock.now()),
        rows=rows[: payable_queries.PAGE],
        after=rows[payable_queries.PAGE - 1].id if len(rows) > payable_queries.PAGE else None,
        reason=reason,
    )


@bp.post("/payouts/prepare")
@allow("finance")
@long_act
def prepare() -> ResponseReturnValue:
    """Prepare a batch of everything payable up to a month."""
    form = PrepareForm().offer(total_waiting(actor(), at=clock.now()).months)
    if not form.validate_on_submit():
        flash(_("Pilih bulan yang masih punya insentif siap cair."), "error")
        return redirect(url_for("payouts.list"))
    with transaction():
        batch = prepare_batch(month_until=form.month_until.data, by=signature())
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
    return batch_page(batch_id)


def batch_page(batch_id: int, **more: Any) -> str:
    """Show a batch; `more` is what a refused form or file adds to its page."""
    who, after = actor(), request.args.get("after", 0, type=row_number)
    found, status = get_batch(batch_id, actor=who), request.args.get("status", "")
    rows = list_rows(batch_id, after=after, status=status)
    return render_template(
        "payouts/batch.html",
        batch=found,
        people=people_of(found),
        totals=total_rows(batch_id),
        obstacles=list_obstacles(batch_id, at=clock.now())
        if found.status in {"prepared", "approved"}
        else [],
        rows=rows[:ROWS],
        after=rows[ROWS - 1][0].id if len(rows) > ROWS else None,
        started=after > 0,
        status=status,
        own=found.prepared_by == who.user_id,
        finance=may_open("payouts.approve"),
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
        approve_batch(batch_id=batch_id, version_seen=form.version.data, by=signature())
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
        reject_batch(
            batch_id=batch_id, reason=form.reason.data, version_seen=form.version.data, by=signature()
        )
    flash(_("Ditolak. Semua pembayarannya kembali siap dicairkan."))
    return redirect(url_for("payouts.batch", batch_id=batch_id))


@bp.post("/payouts/<int:batch_id>/drop")
@allow("finance")
def drop(batch_id: int) -> ResponseReturnValue:
    """Drop one payment from the batch; the others stay in it."""
    form = DropForm()
    if not form.validate_on_submit():
        flash(_("Tulis alasan mengeluarkan pembayaran itu."), "error")
        return redirect(url_for("payouts.batch", batch_id=batch_id))
    with transaction():
        drop_payment(
            batch_id=batch_id,
            reference=form.reference.data,
            reason=form.reason.data,
            version_seen=form.version.data,
            by=signature(),
        )
    flash(_("Dikeluarkan dari daftar. Pembayaran itu siap dicairkan lagi bila tidak ditahan."))
    return redirect(url_for("payouts.batch", batch_id=batch_id))
