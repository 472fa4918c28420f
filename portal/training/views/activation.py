"""The branch makes a candidate active: what is there, what is missing, and who they are."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.services import identity as identity_services
from portal.database.transaction import transaction
from portal.domain.months import local_date
from portal.domain.training import obstacles_to_activation
from portal.organisation.queries import get_branch
from portal.training.forms import ActivateForm, IdentityForm
from portal.training.queries.certificates import list_certificates
from portal.training.services import activation as activation_services
from portal.training.services.activation import candidate_of
from portal.training.views.blueprint import bp
from portal.web.access import actor, allow, may_open, signature


@bp.get("/training/cadres/<int:cadre_id>/activation")
@allow("supervisor", "admin", "auditor")
def activation(cadre_id: int) -> ResponseReturnValue:
    """Show what a candidate still needs before they can be activated."""
    return _show(cadre_id, IdentityForm(), 200)


def _show(cadre_id: int, identity: IdentityForm, status: int) -> ResponseReturnValue:
    cadre = get_cadre(cadre_id, actor=actor())
    branch, known = get_branch(cadre.branch_id), candidate_of(cadre)
    return render_template(
        "training/activation.html",
        cadre=cadre,
        branch=branch,
        known=known,
        obstacles=obstacles_to_activation(known, today=local_date(clock.now(), branch.time_zone)),
        identity=identity,
        certificates=list_certificates(cadre.id),
        may_write=may_open("training.activate_candidate"),
    ), status


@bp.post("/training/cadres/<int:cadre_id>/activate")
@allow("supervisor", "admin")
def activate_candidate(cadre_id: int) -> ResponseReturnValue:
    """Make a candidate active."""
    cadre = get_cadre(cadre_id, actor=actor())
    name, form = cadre.name, ActivateForm()
    if not form.validate():
        return redirect(url_for("training.activation", cadre_id=cadre_id))
    with form.refusals_at("version", "activation."), transaction():
        activation_services.activate_candidate(
            cadre_id=cadre_id, version_seen=form.version.data or 0, by=signature()
        )
    if form.refused is not None:
        return _show(cadre_id, IdentityForm(formdata=None), 409)
    flash(_("%(name)s sekarang kader aktif dan bisa melapor.", name=name))
    return redirect(url_for("transfers.cadre", cadre_id=cadre_id))


@bp.post("/training/cadres/<int:cadre_id>/enter-identity")
@allow("supervisor", "admin")
def enter_identity(cadre_id: int) -> ResponseReturnValue:
    """Enter NIK and birth date of a cadre who lacks them."""
    get_cadre(cadre_id, actor=actor())
    form = IdentityForm()
    if not form.validate() or form.birth_date.data is None:
        return _show(cadre_id, form, 400)
    with form.refusals_at("nik", "nik.", "cadre."), transaction():
        identity_services.enter_identity(
            cadre_id=cadre_id, nik=form.nik.data or "", birth_date=form.birth_date.data, by=signature()
        )
    if form.refused is not None:
        return _show(cadre_id, form, 400)
    flash(_("NIK dan tanggal lahir tersimpan."))
    return redirect(url_for("training.activation", cadre_id=cadre_id))
