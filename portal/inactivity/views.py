"""The page of inactive cadres: whom the portal proposes to suspend, and the two decisions."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.database.transaction import transaction
from portal.domain.months import local_date, month_of
from portal.inactivity import services
from portal.inactivity.forms import DecisionForm
from portal.inactivity.queries import PAGE, count_proposals, get_terms, list_proposals
from portal.web.access import actor, allow, may_open, signature
from portal.web.addresses import row_number

bp = Blueprint("inactivity", __name__)


@bp.get("/inactive")
@allow("supervisor", "admin", "auditor")
def proposals() -> str:
    """List the cadres whom the portal proposes to suspend, the longest inactive first."""
    total, skip = count_proposals(actor()), request.args.get("skip", 0, type=row_number)
    return render_template(
        "inactivity/proposals.html",
        proposals=list_proposals(actor(), skip=skip),
        total=total,
        newer=url_for("inactivity.proposals") if skip else "",
        older=url_for("inactivity.proposals", skip=skip + PAGE) if skip + PAGE < total else "",
        terms=get_terms(month_of(local_date(clock.now(), actor().zone))),
        decides=may_open("inactivity.suspend_inactive"),
    )


@bp.post("/inactive/<int:proposal_id>/suspend")
@allow("supervisor", "admin")
def suspend_inactive(proposal_id: int) -> ResponseReturnValue:
    """Suspend the cadre of a proposal."""
    return _decide(
        services.suspend_inactive, proposal_id, _("Kader dihentikan sementara. Alasannya tercatat.")
    )


@bp.post("/inactive/<int:proposal_id>/keep")
@allow("supervisor", "admin")
def keep_active(proposal_id: int) -> ResponseReturnValue:
    """Leave the cadre of a proposal active."""
    return _decide(services.keep_active, proposal_id, _("Kader tetap aktif. Alasannya tercatat."))


def _decide(service: Callable[..., None], proposal_id: int, done: str) -> ResponseReturnValue:
    form = DecisionForm()
    if form.validate():
        with transaction():
            service(proposal_id=proposal_id, reason=form.reason.data or "", by=signature())
        flash(done)
    else:
        flash(_("Tulis alasannya dulu, paling sedikit 3 huruf; kader membacanya."), "error")
    return redirect(url_for("inactivity.proposals"))
