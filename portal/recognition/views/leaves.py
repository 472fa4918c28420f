"""Leave: a cadre asks for it and withdraws it, the branch decides."""

from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.database.transaction import transaction
from portal.domain.months import local_date
from portal.recognition.forms import DecideForm, LeaveForm, WithdrawForm
from portal.recognition.queries.leaves import count_asked, list_asked, list_leaves
from portal.recognition.services import leaves as leaves_services
from portal.recognition.views.blueprint import bp
from portal.web.access import actor, allow, signature


def _today() -> date:
    return local_date(clock.now(), actor().zone)


@bp.get("/achievements/leave")
@allow("cadre")
def leave() -> ResponseReturnValue:
    """Show the own leaves, and the form that asks for one."""
    return _show(LeaveForm(data={"first_day": _today(), "last_day": _today()}), 200)


def _show(form: LeaveForm, status: int) -> ResponseReturnValue:
    found = list_leaves(actor().cadre_id or 0)
    return render_template("recognition/leave.html", form=form, leaves=found, today=_today()), status


@bp.post("/achievements/leave/ask")
@allow("cadre")
def ask_leave() -> ResponseReturnValue:
    """Ask for leave."""
    form = LeaveForm()
    if not form.validate() or form.first_day.data is None or form.last_day.data is None:
        return _show(form, 400)
    with form.refusals_at("last_day", "recognition."), transaction():
        leaves_services.ask_leave(
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            reason=form.reason.data or "",
            by=signature(),
        )
    if form.refused is not None:
        return _show(form, 400)
    flash(_("Cuti diminta. Pembina cabang memutuskannya."))
    return redirect(url_for("recognition.leave"))


@bp.post("/achievements/leave/<int:leave_id>/withdraw")
@allow("cadre")
def withdraw_leave(leave_id: int) -> ResponseReturnValue:
    """Withdraw the own leave."""
    if WithdrawForm().validate():
        with transaction():
            leaves_services.withdraw_leave(leave_id=leave_id, by=signature())
        flash(_("Cuti dibatalkan."))
    return redirect(url_for("recognition.leave"))


@bp.get("/leaves")
@allow("supervisor", "admin")
def leaves() -> ResponseReturnValue:
    """List the leaves in scope that wait for a decision."""
    who = actor()
    return render_template("recognition/leaves.html", asked=list_asked(who), total=count_asked(who))


@bp.post("/leaves/<int:leave_id>/decide")
@allow("supervisor", "admin")
def decide_leave(leave_id: int) -> ResponseReturnValue:
    """Approve or refuse a leave."""
    form = DecideForm()
    if not form.validate():
        flash(_("Setujui, atau tulis alasan menolaknya."), "error")
        return redirect(url_for("recognition.leaves"))
    approve = form.decision.data == "approve"
    with transaction():
        leaves_services.decide_leave(
            leave_id=leave_id, approve=approve, reason=form.reason.data or "", by=signature()
        )
    flash(_("Cuti disetujui. Minggunya tidak memutus runtun.") if approve else _("Cuti tidak disetujui."))
    return redirect(url_for("recognition.leaves"))
