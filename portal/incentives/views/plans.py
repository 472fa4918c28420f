"""Plans: read by whoever handles money, assigned by an admin, loaded and approved by two."""

import json
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.access import actor, allow
from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import CLOSE_ZONE, local_date, month_of, next_month
from portal.incentives import queries, services
from portal.incentives.forms import ApproveForm, AssignForm, LoadForm
from portal.incentives.views.blueprint import bp
from portal.people.queries import list_branches
from portal.points.queries import last_closed_month, oldest_open_month
from portal.transaction import transaction


def _nationwide() -> Actor:
    """Return the admin behind the request; plans are the nation's business."""
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
    month = oldest_open_month() or _current()
    return render_template(
        "incentives/plans.html",
        plans=queries.list_plans(),
        assigned=queries.list_assigned(month),
        month=month,
        form=LoadForm(formdata=None),
    )


@bp.get("/plans/<code>")
@allow("admin", "finance", "auditor")
def plan(code: str) -> str:
    """Show the versions of a plan with their amounts, and the branches that have it."""
    versions = queries.list_versions(code)
    return render_template(
        "incentives/plan.html",
        code=code,
        versions=versions,
        documents={row.version: json.dumps(row.document, indent=2, ensure_ascii=False) for row in versions},
        assignments=queries.list_assignments(code),
        form=ApproveForm(formdata=None),
    )


@bp.route("/plans/<code>/assign", methods=["GET", "POST"])
@allow("admin")
def assign_plan(code: str) -> ResponseReturnValue:
    """Give a branch a plan from a month on; before that, show what it would have cost."""
    who = _nationwide()
    versions = queries.list_versions(code)
    form = AssignForm(request.form if request.method == "POST" else request.args or None)
    form.offer([(branch.id, branch.name) for branch in list_branches(who)])
    if not form.from_month.data:
        form.from_month.data = next_month(_current())
    if request.method == "POST" and form.validate_on_submit():
        with transaction():
            changed = services.assign_plan(
                branch_id=form.branch_id,
                code=code,
                from_month=form.from_month.data,
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
    return render_template(
        "incentives/assign.html",
        code=code,
        name=versions[0].document["name"],
        form=form,
        simulation=_simulation(code, form) if request.args.get("branch") and form.chosen() else None,
        sample=last_closed_month() or _current(),
    )


def _simulation(code: str, form: AssignForm) -> Any:
    """Compute the newest closed month under the plan; nothing if the plan did not hold then."""
    month = last_closed_month() or _current()
    try:
        return queries.simulate_plan(code, month, branch_id=form.branch_id)
    except RuleBroken:
        return None


def _no_number(text: str) -> None:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(text)


@bp.post("/plans/load")
@allow("admin")
def load_plan() -> ResponseReturnValue:
    """Store a version of a plan that somebody else will approve."""
    who, form = _nationwide(), LoadForm()
    if not form.validate_on_submit():
        flash(_("Tempel dokumen ketentuannya dulu."), "error")
        return redirect(url_for("incentives.plans"))
    try:
        document = json.loads(form.document.data, parse_constant=_no_number)
    except json.JSONDecodeError as problem:
        place = f"{problem.lineno}:{problem.colno}"
        raise RuleBroken("plans.schema", {"place": place, "problem": problem.msg}) from problem
    except (RecursionError, ValueError) as problem:  # nested without end, endless numbers, NaN
        raise RuleBroken("plans.schema", {"place": "1:1", "problem": "not a document"}) from problem
    with transaction():
        stored = services.load_plan(document=document, actor=who, at=clock.now())
        code, version = stored.code, stored.version
    flash(_("%(code)s versi %(version)s tersimpan dan menunggu persetujuan.", code=code, version=version))
    return redirect(url_for("incentives.plan", code=code))


@bp.post("/plans/<code>/<int(max=2147483647):version>/approve")
@allow("admin")
def approve_plan(code: str, version: int) -> ResponseReturnValue:
    """Approve a version that somebody else loaded."""
    who, form = _nationwide(), ApproveForm()
    if form.validate_on_submit():
        with transaction():
            services.approve_plan(code=code, version=version, actor=who, at=clock.now())
        flash(_("%(code)s versi %(version)s disetujui.", code=code, version=version))
    return redirect(url_for("incentives.plan", code=code))
