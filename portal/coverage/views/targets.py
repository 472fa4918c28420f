"""Targets of the month: how many new villages each cadre of a branch shall visit."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.coverage.forms import MOST, TargetForm
from portal.coverage.queries.targets import PAGE, count_active, list_targets
from portal.coverage.services import targets as services
from portal.coverage.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.months import add_months, local_date, month_of
from portal.organisation.queries import get_branch
from portal.web.access import actor, allow, signature
from portal.web.addresses import month_asked, row_number


@bp.get("/coverage/branches/<int:branch_id>/targets")
@allow("supervisor", "admin")
def targets(branch_id: int) -> str:
    """List the active cadres of a branch with their targets of this month or the next one."""
    branch = get_branch(branch_id, actor=actor())
    now = month_of(local_date(clock.now(), branch.time_zone))
    months = (now, add_months(now, 1))
    month = month_asked("month")
    month = month if month in months else now
    skip = request.args.get("skip", 0, type=row_number)
    total = count_active(branch_id)
    first = url_for("coverage.targets", branch_id=branch_id, month=month)
    return render_template(
        "coverage/targets.html",
        branch=branch,
        months=months,
        month=month,
        rows=list_targets(branch_id, month, skip=skip),
        total=total,
        most=MOST,
        newer=first if skip else "",
        older=f"{first}&skip={skip + PAGE}" if skip + PAGE < total else "",
    )


@bp.post("/coverage/branches/<int:branch_id>/<month:month>/set-targets")
@allow("supervisor", "admin")
def set_targets(branch_id: int, month: str) -> ResponseReturnValue:
    """Set one target for all active cadres of a branch."""
    form = TargetForm()
    if not form.validate_on_submit():
        flash(_("Isi sasaran dengan angka 0 sampai %(most)s.", most=MOST), "error")
        return redirect(url_for("coverage.targets", branch_id=branch_id, month=month))
    with transaction():
        count = services.set_targets(
            branch_id=branch_id, month=month, villages=form.villages.data or 0, by=signature()
        )
    flash(ngettext("Sasaran %(num)s kader tersimpan.", "Sasaran %(num)s kader tersimpan.", count))
    return redirect(url_for("coverage.targets", branch_id=branch_id, month=month))


@bp.post("/coverage/cadres/<int:cadre_id>/<month:month>/set-target")
@allow("supervisor", "admin")
def set_target(cadre_id: int, month: str) -> ResponseReturnValue:
    """Set the target of one cadre."""
    cadre = get_cadre(cadre_id, actor=actor())
    branch_id, name, form = cadre.branch_id, cadre.name, TargetForm()
    if not form.validate_on_submit():
        flash(_("Isi sasaran dengan angka 0 sampai %(most)s.", most=MOST), "error")
        return redirect(url_for("coverage.targets", branch_id=branch_id, month=month))
    with transaction():
        services.set_target(cadre_id=cadre_id, month=month, villages=form.villages.data or 0, by=signature())
    flash(_("Sasaran %(name)s tersimpan.", name=name))
    return redirect(url_for("coverage.targets", branch_id=branch_id, month=month))
