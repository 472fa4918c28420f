"""Plans: read by everybody who handles money, assigned by an admin, loaded and approved by two."""

import json
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.database.transaction import transaction
from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import CLOSE_ZONE, local_date, month_of, next_month
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
from portal.web.access import actor, allow
from portal.web.errors import status_of


def _nationwide() -> Actor:
    """Return the admin behind the request; refuse one without nationwide scope."""
    who = actor()
    if who.scope != "nation":
        raise NotAllowed("plans.nation_only")
    return who


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
@allow("admin")
def assign_plan(code: str) -> ResponseReturnValue:
    """Give a branch a plan from a month on; before that, show what it would have cost."""
    who = _nationwide()
    versions = list_versions(code)
    form = AssignForm(request.form if request.method == "POST" else request.args or None)
    form.offer([(branch.id, branch.name) for branch in list_branches(who)])
    if not form.from_month.data:
        form.from_month.data = next_month(_current())
    status = 200
    if request.method == "POST" and not form.validate_on_submit():
        status = 422
    elif request.method == "POST":
        try:
            return _assigned(code, form, who)
        except RuleBroken as broken:
            form.refuse("from_month", broken)
            status = status_of(broken)
    asked = request.method == "GET" and bool(request.args.get("branch"))
    return _assign_page(versions[0].document["name"], code, form, asked=asked), status


def _assigned(code: str, form: AssignForm, who: Actor) -> ResponseReturnValue:
    """Assign the plan to the chosen branches."""
    with transaction():
        changed = plans_services.assign_plan(
            branch_id=form.branch_id,
            code=code,
            from_month=form.from_month.data or "",
            actor=who,
            at=clock.now(),
        )
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
@allow("admin", "finance", "auditor")
def simulate_plan(code: str, version: int) -> str:
    """Show what a version, approved or not, would have cost compared with what is in force now."""
    who = _nationwide()
    row = get_plan_version(code, version)
    form = BranchForm(request.args)
    form.offer([(branch.id, branch.name) for branch in list_branches(who)])
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


def _no_number(text: str) -> None:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(text)


@bp.post("/plans/load")
@allow("admin")
def load_plan() -> ResponseReturnValue:
    """Store a version of a plan that somebody else will approve."""
    who, form = _nationwide(), LoadForm()
    if not form.validate_on_submit():
        return _plans(form), 422
    try:
        code, version = _loaded(form.document.data or "", who)
    except RuleBroken as broken:
        form.refuse("document", broken)
        return _plans(form), status_of(broken)
    flash(_("%(code)s versi %(version)s tersimpan dan menunggu persetujuan.", code=code, version=version))
    return redirect(url_for("incentives.plan", code=code))


def _loaded(text: str, who: Actor) -> tuple[str, int]:
    """Read a document and store it; return its code and version."""
    try:
        document = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as problem:
        place = f"{problem.lineno}:{problem.colno}"
        said = _("bukan JSON yang benar, periksa tanda kutip, koma dan kurung di dekatnya")
        raise RuleBroken("plans.schema", {"place": place, "problem": said}) from problem
    except (RecursionError, ValueError) as problem:  # endless nesting, endless numbers, NaN
        said = _("isinya tidak bisa dibaca sebagai dokumen ketentuan")
        raise RuleBroken("plans.schema", {"place": "1:1", "problem": said}) from problem
    with transaction():
        stored = plans_services.load_plan(document=document, actor=who, at=clock.now())
        return stored.code, stored.version


@bp.post("/plans/<code>/<int(max=2147483647):version>/approve")
@allow("admin")
def approve_plan(code: str, version: int) -> ResponseReturnValue:
    """Approve a version that somebody else loaded."""
    who, form = _nationwide(), ApproveForm()
    if form.validate_on_submit():
        with transaction():
            plans_services.approve_plan(code=code, version=version, actor=who, at=clock.now())
        flash(_("%(code)s versi %(version)s disetujui.", code=code, version=version))
    return redirect(url_for("incentives.plan", code=code))
