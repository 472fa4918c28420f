"""Definitions as data: read by admins and auditors, written by one admin, seen beforehand, approved by another."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.database.transaction import transaction
from portal.domain.errors import NotFound
from portal.domain.months import CLOSE_ZONE, local_date
from portal.domain.recognition.definitions import read_badge
from portal.organisation.queries import list_branches
from portal.recognition.forms import BadgeForm, DefinitionForm, LeaguesForm, LevelsForm, RefuseForm
from portal.recognition.queries.definitions import get_definition, list_definitions, list_newest
from portal.recognition.queries.previews import count_levels, preview_badge
from portal.recognition.services import definitions as definitions_services
from portal.recognition.services.definitions import NewDefinition
from portal.recognition.views.blueprint import bp
from portal.texts.formats import language
from portal.web.access import actor, allow, signature
from portal.web.addresses import row_number
from portal.web.errors import status_of

KINDS = ("badge", "levels", "leagues")


def _today() -> date:
    return local_date(clock.now(), CLOSE_ZONE)


@bp.get("/recognition/definitions")
@allow("admin", "auditor", scope="nation")
def definitions() -> str:
    """List what is recognised: badges, levels, leagues, each as its newest version stands."""
    rows = list_newest()
    defined = {row.id: read_badge(row.code, row.version, row.document) for row in rows if row.kind == "badge"}
    return render_template("recognition/definitions.html", rows=rows, defined=defined, today=_today())


@bp.get("/recognition/definitions/<int:definition_id>")
@allow("admin", "auditor", scope="nation")
def definition(definition_id: int) -> str:
    """Show one version, what it would change today, and the versions beside it."""
    return _show(definition_id, RefuseForm(formdata=None))


def _show(definition_id: int, form: RefuseForm) -> str:
    row = get_definition(definition_id)
    branches = list_branches(actor())
    branch = request.args.get("branch", type=row_number)
    chosen = next((one for one in branches if one.id == branch), None)
    badge = read_badge(row.code, row.version, row.document) if row.kind == "badge" else None
    return render_template(
        "recognition/definition.html",
        row=row,
        badge=badge,
        versions=list_definitions(kind=row.kind, code=row.code),
        branches=branches,
        chosen=chosen,
        seen=preview_badge(badge, branch_id=chosen.id, today=_today()) if badge and chosen else None,
        levels=_levels(row.document) if row.kind == "levels" else [],
        mine=row.written_by == actor().user_id,
        form=form,
    )


def _levels(document: dict[str, Any]) -> list[tuple[int, str, str, int]]:
    """List points, names and how many cadres of the nation would stand on each level today."""
    counted = count_levels(document["thresholds"])
    return list(zip(document["thresholds"], document["names_id"], document["names_en"], counted, strict=True))


@bp.route("/recognition/definitions/write", methods=["GET", "POST"])
@allow("admin", scope="nation")
def write_definition() -> ResponseReturnValue:
    """Write a new badge, or the next version of what the address names: another admin will decide on it."""
    kind, code = request.args.get("kind", "badge"), request.args.get("code", "")[:24]
    if request.method == "GET":
        return _form_page(kind, code, _filled(kind, code)), 200
    form = _empty(kind)
    if isinstance(form, BadgeForm) and code:
        form.code.data = code
    if not form.validate():
        return _form_page(kind, code, form), 422
    named = (form.code.data or "") if isinstance(form, BadgeForm) else kind
    with form.refusals_at("valid_from", "recognition."), transaction():
        new = NewDefinition(kind, named, form.valid_from.data or _today(), form.document())
        stored = definitions_services.write_definition(new=new, today=_today(), by=signature())
        number, waits = stored.id, stored.status == "draft"
    if form.refused is not None:
        return _form_page(kind, code, form), status_of(form.refused)
    flash(
        _("Tersimpan. Admin lain menyetujuinya sebelum berlaku.")
        if waits
        else _("Tidak ada yang berubah: isinya sama dengan versi yang berlaku.")
    )
    return redirect(url_for("recognition.definition", definition_id=number))


def _form_page(kind: str, code: str, form: DefinitionForm) -> str:
    column = "name_en" if language() == "en" else "name_id"
    pictures = {row.document["picture"]: row.document[column] for row in list_newest() if row.kind == "badge"}
    return render_template(
        "recognition/definition_form.html", form=form, kind=kind, code=code, pictures=pictures
    )


def _empty(kind: str) -> DefinitionForm:
    _require_known(kind)
    forms: dict[str, type[DefinitionForm]] = {
        "badge": BadgeForm,
        "levels": LevelsForm,
        "leagues": LeaguesForm,
    }
    return forms[kind]()


def _filled(kind: str, code: str) -> DefinitionForm:
    """Fill the form with the newest version, to hold from today; a new badge begins empty."""
    _require_known(kind)
    if kind == "badge" and not code:
        return BadgeForm(formdata=None, data={"valid_from": _today(), "window": "ever", "points": 0})
    versions = list_definitions(kind=kind, code=code if kind == "badge" else kind)
    if not versions:
        raise NotFound("recognition.no_such_definition")
    document = versions[0].document
    if kind == "badge":
        return BadgeForm.of(code, document, _today())
    return LevelsForm.of(document, _today()) if kind == "levels" else LeaguesForm.of(document, _today())


def _require_known(kind: str) -> None:
    if kind not in KINDS:
        raise NotFound("recognition.no_such_definition")


@bp.post("/recognition/definitions/<int:definition_id>/approve")
@allow("admin", scope="nation")
def approve_definition(definition_id: int) -> ResponseReturnValue:
    """Approve a version that another admin wrote."""
    with transaction():
        definitions_services.approve_definition(definition_id=definition_id, today=_today(), by=signature())
    flash(_("Disetujui. Yang berubah dihitung pada putaran berikutnya."))
    return redirect(url_for("recognition.definition", definition_id=definition_id))


@bp.post("/recognition/definitions/<int:definition_id>/refuse")
@allow("admin", scope="nation")
def refuse_definition(definition_id: int) -> ResponseReturnValue:
    """Refuse a version that another admin wrote, with a reason."""
    form = RefuseForm()
    if not form.validate():
        return _show(definition_id, form), 422
    with transaction():
        definitions_services.refuse_definition(
            definition_id=definition_id, reason=form.reason.data or "", by=signature()
        )
    flash(_("Ditolak."))
    return redirect(url_for("recognition.definition", definition_id=definition_id))
