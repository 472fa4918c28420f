"""Plans: read by everybody who handles money, assigned by an admin, loaded and approved by two."""

import json
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.database.transaction import in_transaction, transaction
from portal.domain.months import CLOSE_ZONE, local_date, month_of, next_month
from portal.domain.plans import parse_document
from portal.incentives.computation import simulations as simulations_module
from portal.incentives.forms import ApproveForm, AssignForm, BranchForm, LoadForm
from portal.incentives.queries.plans import (
    find_plan_in_force,
    get_plan_version,
    list_assigned,
    list_assignments,
    list_plans,
    list_versions,
)
from portal.incentives.services import plans as plans_services
from portal.incentives.views.blueprint import bp
from portal.organisation.queries import list_branches
from portal.points.queries import last_closed_month, oldest_open_month
from portal.web.access import actor, allow, signature
from portal.web.errors import status_of


def _current() -> str:
    return month_of(local_date(clock.now(), CLOSE_ZONE))


@bp.get("/plans")
@allow("admin", "finance", "auditor")
def plans() -> str:
    """Show all plans, and which branch has which."""
    return _plans(LoadForm(formdata=None))


def _plans(form: LoadForm) -> str:
    month = oldest_open_month() or _current()
    return render_template(
        "incentives/plans.html",
        plans=list_plans(),
        assigned=list_assigned(month, actor=actor()),
        month=month,
        form=form,
    )


@bp.get("/plans/<code>")
@allow("admin", "finance", "auditor")
def plan(code: str) -> str:
    """Show the versions of a plan with their amounts, and the branches that have it."""
    versions = list_versions(code)
    return render_template(
        "incentives/plan.html",
        code=code,
        versions=versions,
        documents={row.version: json.dumps(row.document, indent=2, ensure_ascii=False) for row in versions},
        assignments=list_assignments(code),
        form=ApproveForm(formdata=None),
    )


@bp.route("/plans/<code>/assign", methods=["GET", "POST"])
@allow("admin", scope="nation")
@in_transaction
def assign_plan(code: str) -> ResponseReturnValue:
    """Give a branch a plan from a month on; before that, show what it would have cost."""
    versions = list_versions(code)
    form = AssignForm() if request.method == "POST" else AssignForm(request.args or None)
    form.offer([(branch.id, branch.name) for branch in list_branches(actor())])
    if not form.from_month.data:
        form.from_month.data = next_month(_current())
    name = versions[0].document["name"]
    if request.method == "GET":
        return _assign_page(name, code, form, asked=bool(request.args.get("branch")))
    if not form.validate_on_submit():
        return _assign_page(name, code, form, asked=False), 422
    with form.refusals_at("from_month"), transaction():
        changed = plans_services.assign_plan(
            branch_id=form.branch_id, code=code, from_month=form.from_month.data or "", by=signature()
        )
    if form.refused:
        return _assign_page(name, code, form, asked=False), status_of(form.refused)
    flash(
        ngettext(
            "%(num)s cabang kini memakai ketentuan ini.",
            "%(num)s cabang kini memakai ketentuan ini.",
            changed,
        )
        if changed
        else _("Tidak ada yang berubah: ketentuannya sudah sama."),
    )
    return redirect(url_for("incentives.plan", code=code))


def _assign_page(name: str, code: str, form: AssignForm, *, asked: bool) -> str:
    """Render the form; if the cost was asked for, for the version that would hold from the typed month."""
    cost, version = None, None
    if asked and form.is_readable():
        version = find_plan_in_force(code, form.from_month.data or "")
        cost = _cost(code, version.version, form.branch_id, form.from_month.data) if version else None
    return render_template(
        "incentives/assign.html",
        code=code,
        name=name,
        form=form,
        cost=cost,
        missing=asked and not form.errors and version is None,
    )


@bp.get("/plans/<code>/<int(max=2147483647):version>/simulate")
@allow("admin", "finance", "auditor", scope="nation")
@in_transaction
def simulate_plan(code: str, version: int) -> str:
    """Show what a version, approved or not, would have cost compared with what is in force now."""
    row = get_plan_version(code, version)
    form = BranchForm(request.args)
    form.offer([(branch.id, branch.name) for branch in list_branches(actor())])
    return render_template(
        "incentives/simulate.html",
        row=row,
        form=form,
        cost=_cost(code, version, form.branch_id),
    )


def _cost(code: str, version: int, branch_id: int | None, in_force: str | None = None) -> Any:
    """Compute the newest closed month under a version, compared with the plans of a month, else the present ones."""
    month = last_closed_month() or _current()
    return simulations_module.simulate_plan(
        code, month, version=version, branch_id=branch_id, in_force=in_force or _current()
    )


@bp.post("/plans/load")
@allow("admin", scope="nation")
def load_plan() -> ResponseReturnValue:
    """Store a version of a plan that somebody else will approve."""
    form = LoadForm()
    if not form.validate_on_submit():
        return _plans(form), 422
    with form.refusals_at("document"), transaction():
        stored = plans_services.load_plan(document=parse_document(form.document.data or ""), by=signature())
        code, version = stored.code, stored.version
    if form.refused:
        return _plans(form), status_of(form.refused)
    flash(_("%(code)s versi %(version)s tersimpan dan menunggu persetujuan.", code=code, version=version))
    return redirect(url_for("incentives.plan", code=code))


@bp.post("/plans/<code>/<int(max=2147483647):version>/approve")
@allow("admin", scope="nation")
def approve_plan(code: str, version: int) -> ResponseReturnValue:
    """Approve a version that somebody else loaded."""
    form = ApproveForm()
    if form.validate_on_submit():
        with transaction():
            plans_services.approve_plan(code=code, version=version, by=signature())
        flash(_("%(code)s versi %(version)s disetujui.", code=code, version=version))
    return redirect(url_for("incentives.plan", code=code))
