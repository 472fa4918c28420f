"""The workbench's extracts: uploaded, previewed, applied; and confirming everything that is certain."""

from contextlib import closing

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.database.steps import one_step
from portal.database.transaction import act_in_steps, long_act, transaction
from portal.domain.months import local_date
from portal.membership.forms import ApplyForm, UploadForm
from portal.membership.queries.newest import find_newest_as_of
from portal.membership.queries.workbench import (
    count_conflicts,
    count_disputes,
    count_groups,
    find_job_of,
    get_extract,
    list_extracts,
)
from portal.membership.services.applying import confirm_all
from portal.membership.services.uploading import (
    apply_upload,
    discard_upload,
    enqueue_upload,
    preview_upload,
    read_upload,
    upload_extract,
)
from portal.membership.views.blueprint import bp
from portal.web.access import actor, allow, signature

READERS = ("validator", "admin", "auditor")


def _show(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "membership/workbench.html",
        form=form,
        extracts=list_extracts(),
        groups=count_groups(actor()),
        disputes=count_disputes(actor()),
        conflicts=count_conflicts(),
        as_of=find_newest_as_of(),
    )
    return page, status


@bp.get("/extracts")
@allow(*READERS)
def workbench() -> ResponseReturnValue:
    """Show what waits for the validator, the newest extracts, and the form for the next one."""
    form = UploadForm()
    form.as_of.data = local_date(clock.now(), actor().zone)
    return _show(form)


@bp.post("/extracts/upload")
@allow("validator", "admin", scope="nation")
@long_act
def upload() -> ResponseReturnValue:
    """Keep the uploaded file and preview it; the scheduler previews a large one.

    A refusal is shown at its field, and the typed day stays.
    """
    form = UploadForm()
    if not form.validate():
        return _show(form, 422)
    given, by = form.file.data, signature()
    with closing(given):
        data = given.read()
    with (
        form.refusals_at("file"),
        form.refusals_at("as_of", "extract.as_of_future"),
        transaction(),
    ):
        number, large = upload_extract(
            data=data, file_name=given.filename or "", as_of=form.as_of.data, by=by
        )
    if form.refused:
        return _show(form, 409)
    if not large:
        act_in_steps(
            lambda shelf: read_upload(import_id=number, shelf=shelf, by=by),
            lambda reading: one_step(lambda: preview_upload(reading, import_id=number, by=by)),
        )
    return redirect(url_for("membership.extract", number=number))


@bp.get("/extracts/<int:number>")
@allow(*READERS, scope="nation")
def extract(number: int) -> ResponseReturnValue:
    """Show an extract: its profile, what applying does or did, its bad rows, or its job's progress."""
    return _extract(number, ApplyForm()), 200


def _extract(number: int, form: ApplyForm) -> str:
    found = get_extract(number)
    job = find_job_of(found)
    working = job is not None and job.status in {"waiting", "running"}
    return render_template(
        "membership/extract.html",
        extract=found,
        job=job,
        working=working,
        form=form,
        ready=count_groups(actor())["ready"] if found.status == "applied" else 0,
    )


@bp.post("/extracts/<int:number>/apply")
@allow("validator", "admin", scope="nation")
@long_act
def apply(number: int) -> ResponseReturnValue:
    """Store a previewed extract and match; confirming is another button. A missing tick is reported at its box."""
    form, by, large = ApplyForm(), signature(), False
    skip_bad = bool(form.skip_bad.data)
    with form.refusals_at("skip_bad", "extract.tick_to_skip"), transaction():
        large = enqueue_upload(import_id=number, skip_bad=skip_bad, by=by)
    if form.refused:
        return _extract(number, form), 409
    if large:
        flash(_("Data sedang diterapkan. Halaman ini memperbarui diri."))
        return redirect(url_for("membership.extract", number=number))
    result = act_in_steps(
        lambda shelf: read_upload(import_id=number, shelf=shelf, by=by),
        lambda reading: apply_upload(reading, import_id=number, skip_bad=skip_bad, by=by),
    )
    if result.nothing_new:
        flash(_("Tidak ada yang baru: data ini sudah pernah diterapkan."))
    else:
        flash(_applied(result.counts.get("conflicts", 0)))
    return redirect(url_for("membership.extract", number=number))


def _applied(conflicts: int) -> str:
    """Say what follows an application: matches to confirm, rows to decide, or nothing."""
    if count_groups(actor())["ready"]:
        said = _("Data diterapkan. Sekarang sahkan pendaftaran yang cocok.")
    elif conflicts:
        said = ngettext(
            "Data diterapkan. %(num)s baris berbeda dari yang tersimpan: putuskan mana yang berlaku.",
            "Data diterapkan. %(num)s baris berbeda dari yang tersimpan: putuskan mana yang berlaku.",
            conflicts,
        )
    else:
        said = _("Data diterapkan. Tidak ada pendaftaran yang perlu disahkan sekarang.")
    return str(said)


@bp.post("/extracts/<int:number>/discard")
@allow("validator", "admin", scope="nation")
def discard(number: int) -> ResponseReturnValue:
    """Discard an upload."""
    with transaction():
        discard_upload(import_id=number, by=signature())
    flash(_("File dibuang. Tidak ada yang berubah."))
    return redirect(url_for("membership.workbench"))


@bp.post("/extracts/confirm")
@allow("validator", "admin", scope="nation")
@long_act
def confirm() -> ResponseReturnValue:
    """Validate every match that is certain and paid."""
    by = signature()
    count = act_in_steps(lambda _: None, lambda _: confirm_all(by=by))
    flash(ngettext("%(num)s pendaftaran disahkan.", "%(num)s pendaftaran disahkan.", count))
    return redirect(url_for("membership.workbench"))
