"""The workbench's extracts: uploaded, previewed, applied; and confirming everything that is certain."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.database.transaction import long_act, transaction
from portal.domain.actors import Actor
from portal.domain.errors import RuleBroken
from portal.domain.months import local_date
from portal.membership.forms import ApplyForm, UploadForm
from portal.membership.queries.own import find_newest_as_of
from portal.membership.queries.workbench import (
    count_conflicts,
    count_disputes,
    count_groups,
    find_job_of,
    get_extract,
    list_extracts,
)
from portal.membership.services.applying import confirm_all
from portal.membership.services.uploading import apply_upload, discard_upload, preview_upload, upload_extract
from portal.membership.views.blueprint import bp, nationwide
from portal.web.access import actor, allow

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
@allow("validator", "admin")
@long_act
def upload() -> ResponseReturnValue:
    """Keep the uploaded file and preview it; the scheduler previews a large one.

    A refusal is shown at its field, and the typed day stays.
    """
    who, form = nationwide(), UploadForm()
    if not form.validate():
        return _show(form, 422)
    try:
        number, large = _store_upload(form, who)
    except RuleBroken as broken:
        form.refuse("as_of" if broken.code == "extract.as_of_future" else "file", broken)
        return _show(form, 409)
    if not large:
        with transaction():
            preview_upload(import_id=number, actor=who, at=clock.now())
    return redirect(url_for("membership.extract", number=number))


def _store_upload(form: UploadForm, who: Actor) -> tuple[int, bool]:
    """Keep the file; return its number and whether it is a job for the scheduler."""
    given = form.file.data
    data = given.read()
    given.close()
    with transaction():
        return upload_extract(
            data=data,
            file_name=given.filename or "",
            as_of=form.as_of.data,
            actor=who,
            at=clock.now(),
        )


@bp.get("/extracts/<int:number>")
@allow(*READERS)
def extract(number: int) -> ResponseReturnValue:
    """Show an extract: its profile, what applying does or did, its bad rows, or its job's progress."""
    nationwide()
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
@allow("validator", "admin")
@long_act
def apply(number: int) -> ResponseReturnValue:
    """Store a previewed extract and match; confirming is another button. A missing tick is reported at its box."""
    who, form = nationwide(), ApplyForm()
    found = get_extract(number)
    bad = (found.counts or {}).get("bad_rows", 0) if found.status == "previewed" else 0
    if bad and not form.skip_bad.data:
        form.refuse("skip_bad", RuleBroken("extract.tick_to_skip", {"count": bad}))
        return _extract(number, form), 409
    with transaction():
        result = apply_upload(import_id=number, skip_bad=bool(form.skip_bad.data), actor=who, at=clock.now())
    if result is None:
        flash(_("Data sedang diterapkan. Halaman ini memperbarui diri."))
    elif result.nothing_new:
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
@allow("validator", "admin")
def discard(number: int) -> ResponseReturnValue:
    """Discard an upload."""
    with transaction():
        discard_upload(import_id=number, actor=nationwide(), at=clock.now())
    flash(_("File dibuang. Tidak ada yang berubah."))
    return redirect(url_for("membership.workbench"))


@bp.post("/extracts/confirm")
@allow("validator", "admin")
@long_act
def confirm() -> ResponseReturnValue:
    """Validate every match that is certain and paid."""
    with transaction():
        count = confirm_all(actor=nationwide(), at=clock.now())
    flash(ngettext("%(num)s pendaftaran disahkan.", "%(num)s pendaftaran disahkan.", count))
    return redirect(url_for("membership.workbench"))
