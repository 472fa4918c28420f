"""Pages of branches and host bodies, each with its number of cadres."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.cadres.queries.cadres import list_branches_with_counts, list_host_bodies_with_counts
from portal.database.transaction import transaction
from portal.organisation import services as organisation_services
from portal.organisation.queries import get_branch, get_host_body, list_regional_offices
from portal.transfers.forms import BranchForm, HostBodyForm, NewBranchForm, NewHostBodyForm
from portal.transfers.services import branches as services
from portal.transfers.views.blueprint import bp
from portal.web.access import actor, allow, signature


@bp.get("/branches")
@allow("admin", "auditor")
def branches() -> ResponseReturnValue:
    """List the branches in scope."""
    return render_template("transfers/branches.html", rows=list_branches_with_counts(actor()))


@bp.route("/branches/create", methods=["GET", "POST"])
@allow("admin")
def create_branch() -> ResponseReturnValue:
    """Add a branch."""
    form = NewBranchForm()
    form.offer_zones()
    if form.validate_on_submit():
        with transaction():
            organisation_services.create_branch(
                code=form.code.data or "", details=form.details(), by=signature()
            )
        flash(_("Cabang %(name)s tersimpan.", name=form.name.data))
        return redirect(url_for("transfers.branches"))
    offices = list_regional_offices()
    status = 400 if form.errors else 200
    return render_template("transfers/edit_branch.html", form=form, branch=None, offices=offices), status


@bp.route("/branches/<int:branch_id>/edit", methods=["GET", "POST"])
@allow("admin")
def edit_branch(branch_id: int) -> ResponseReturnValue:
    """Change a branch's name, regional office, time zone, region, phone or address."""
    branch = get_branch(branch_id, actor=actor())
    offices = list_regional_offices()
    office = next((found.name for found in offices if found.id == branch.regional_office_id), "")
    form = BranchForm(
        name=branch.name,
        regional_office=office,
        time_zone=branch.time_zone,
        region_code=branch.region_code,
        phone=branch.phone,
        address=branch.address,
    )
    form.offer_zones()
    if form.validate_on_submit():
        with transaction():
            services.edit_branch(branch_id=branch_id, details=form.details(), by=signature())
        flash(_("Cabang %(name)s tersimpan.", name=form.name.data))
        return redirect(url_for("transfers.branches"))
    status = 400 if form.errors else 200
    return render_template("transfers/edit_branch.html", form=form, branch=branch, offices=offices), status


@bp.get("/host-bodies")
@allow("admin", "auditor")
def host_bodies() -> ResponseReturnValue:
    """List the host bodies."""
    return render_template("transfers/host_bodies.html", rows=list_host_bodies_with_counts())


@bp.route("/host-bodies/create", methods=["GET", "POST"])
@allow("admin")
def create_host_body() -> ResponseReturnValue:
    """Add a host body."""
    form = NewHostBodyForm()
    if form.validate_on_submit():
        with transaction():
            organisation_services.create_host_body(
                code=form.code.data or "", name=form.name.data or "", by=signature()
            )
        flash(_("Wadah %(name)s tersimpan.", name=form.name.data))
        return redirect(url_for("transfers.host_bodies"))
    status = 400 if form.errors else 200
    return render_template("transfers/edit_host_body.html", form=form, host=None), status


@bp.route("/host-bodies/<int:host_id>/edit", methods=["GET", "POST"])
@allow("admin")
def edit_host_body(host_id: int) -> ResponseReturnValue:
    """Change a host body's name."""
    host = get_host_body(host_id)
    form = HostBodyForm(name=host.name)
    if form.validate_on_submit():
        with transaction():
            organisation_services.edit_host_body(host_id=host_id, name=form.name.data or "", by=signature())
        flash(_("Wadah %(name)s tersimpan.", name=form.name.data))
        return redirect(url_for("transfers.host_bodies"))
    status = 400 if form.errors else 200
    return render_template("transfers/edit_host_body.html", form=form, host=host), status
