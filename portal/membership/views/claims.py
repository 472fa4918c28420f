"""Double claims side by side, and extract rows that disagree with what is stored."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import vault
from portal.database.transaction import transaction
from portal.membership.forms import ConflictForm, ReasonForm
from portal.membership.queries.workbench import (
    PAGE,
    count_conflicts,
    count_disputes,
    list_conflicts,
    list_disputes,
)
from portal.membership.services import conflicts as conflicts_services
from portal.membership.services.deciding import decide_dispute
from portal.membership.views.blueprint import bp
from portal.web.access import actor, allow, may_open, signature
from portal.web.addresses import row_number

STATES = ("open", "accepted", "dismissed")


@bp.get("/disputes")
@allow("supervisor", "validator", "admin", "auditor")
def disputes() -> ResponseReturnValue:
    """Show the double claims, each with everybody who claims the worker."""
    total, skip = count_disputes(actor()), request.args.get("skip", 0, type=row_number)
    return render_template(
        "membership/disputes.html",
        claims=list_disputes(actor(), skip=skip),
        total=total,
        newer=url_for("membership.disputes") if skip else "",
        older=url_for("membership.disputes", skip=skip + PAGE) if skip + PAGE < total else "",
        decides=may_open("membership.decide"),
    )


@bp.post("/disputes/<int:signup_id>/decide")
@allow("validator", "admin")
def decide(signup_id: int) -> ResponseReturnValue:
    """Decide a double claim in favour of one sign-up."""
    form = ReasonForm()
    if not form.validate():
        flash(_("Tulis alasannya dulu; kedua kader membacanya."), "error")
        return redirect(url_for("membership.disputes"))
    with transaction():
        decide_dispute(
            signup_id=signup_id, reason=form.reason.data or "", by=signature(), version=form.version.data
        )
    flash(_("Sengketa diputuskan. Kedua kader melihat alasannya."))
    return redirect(url_for("membership.disputes"))


@bp.get("/extracts/conflicts")
@allow("validator", "admin", "auditor", scope="nation")
def conflicts() -> ResponseReturnValue:
    """Show the extract rows that disagree with stored contributions."""
    status = request.args.get("status", "open")
    status = status if status in STATES else "open"
    skip = request.args.get("skip", 0, type=row_number)
    counts = {code: count_conflicts(code) for code in STATES}
    found = list_conflicts(status=status, skip=skip)
    rows = [(row, vault.unseal(row.name_sealed)) for row in found]
    more = skip + PAGE < counts[status]
    return render_template(
        "membership/conflicts.html",
        rows=rows,
        status=status,
        counts=counts,
        newer=url_for("membership.conflicts", status=status) if skip else "",
        older=url_for("membership.conflicts", status=status, skip=skip + PAGE) if more else "",
        decides=may_open("membership.decide_conflict"),
    )


@bp.post("/extracts/conflicts/<int:conflict_id>/decide")
@allow("validator", "admin", scope="nation")
def decide_conflict(conflict_id: int) -> ResponseReturnValue:
    """Take the newer row, or keep the stored one."""
    form = ConflictForm()
    if not form.validate():
        flash(_("Tulis alasannya dulu."), "error")
        return redirect(url_for("membership.conflicts"))
    with transaction():
        conflicts_services.decide_conflict(
            conflict_id=conflict_id,
            accept=form.decision.data == "accept",
            reason=form.reason.data or "",
            by=signature(),
        )
    flash(_("Keputusan tersimpan."))
    return redirect(url_for("membership.conflicts"))
