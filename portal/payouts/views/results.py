"""The file for the bank, and recording what the bank answered."""

import io

from flask import abort, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.database.transaction import long_act, transaction
from portal.payouts.formats import Result, read_results
from portal.payouts.forms import ResultFileForm, RowResultForm
from portal.payouts.services import recording as recording_services
from portal.payouts.services.exporting import export_batch
from portal.payouts.services.recording import RecordedResults
from portal.payouts.views.batches import batch_page
from portal.payouts.views.blueprint import bp
from portal.tables.problems import TableRefused
from portal.web.access import allow, signature


@bp.post("/payouts/<int:batch_id>/export")
@allow("finance")
@long_act
def export(batch_id: int) -> ResponseReturnValue:
    """Send the bank file; a POST, since the first download fixes it and every one is audited."""
    with transaction():
        file = export_batch(batch_id=batch_id, by=signature())
    response = make_response(file.content)
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/payouts/<int:batch_id>/record-result")
@allow("finance")
@long_act
def record_result(batch_id: int) -> ResponseReturnValue:
    """Record the bank's result of one payment."""
    form = RowResultForm()
    if not form.validate():
        abort(400)
    result = Result(form.reference.data, form.status.data, form.reason.data or None)
    with transaction():
        done = recording_services.record_result(batch_id=batch_id, results=[result], by=signature())
    return _recorded(batch_id, done)


@bp.post("/payouts/<int:batch_id>/record-all-paid")
@allow("finance")
@long_act
def record_all_paid(batch_id: int) -> ResponseReturnValue:
    """Record that everything that waits was paid."""
    with transaction():
        done = recording_services.record_all_paid(batch_id=batch_id, by=signature())
    return _recorded(batch_id, done)


@bp.post("/payouts/<int:batch_id>/record-file")
@allow("finance")
@long_act
def record_file(batch_id: int) -> ResponseReturnValue:
    """Record the bank's results from a file; a refused one is shown with its bad lines."""
    form = ResultFileForm()
    if not form.validate():
        return batch_page(batch_id, file_form=form), 400
    upload = form.file.data
    try:
        results = read_results(io.BytesIO(upload.read()), filename=upload.filename or "")
    except TableRefused as refused:  # the page names the bad lines; the general handler could not
        return batch_page(batch_id, refused=refused), 409
    with transaction():
        done = recording_services.record_result(batch_id=batch_id, results=results, by=signature())
    return _recorded(batch_id, done)


def _recorded(batch_id: int, done: RecordedResults) -> ResponseReturnValue:
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
