"""Double claims side by side, and extract rows that disagree with what is stored."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access import actor, allow
from portal.membership import queries, services
from portal.membership.forms import ConflictForm, ReasonForm
from portal.membership.views.blueprint import bp, nationwide
from portal.transaction import transaction

DECISIONS = {"accept": True, "dismiss": False}


@bp.get("/disputes")
@allow("supervisor", "validator", "admin", "auditor")
def disputes() -> ResponseReturnValue:
    """Show the double claims, each with all that claim the worker."""
    return render_template(
        "membership/disputes.html",
        claims=queries.list_disputes(actor()),
        decides=actor().role in {"validator", "admin"},
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
        services.decide_dispute(
            signup_id=signup_id,
            reason=form.reason.data or "",
            actor=actor(),
            at=clock.now(),
            version=form.version.data,
        )
    flash(_("Sengketa diputuskan. Kedua kader melihat alasannya."))
    return redirect(url_for("membership.disputes"))


@bp.get("/extracts/conflicts")
@allow("validator", "admin", "auditor")
def conflicts() -> ResponseReturnValue:
    """Show the extract rows that disagree with stored contributions."""
    nationwide()
    status = request.args.get("status", "open")
    status = status if status in {"open", "accepted", "dismissed"} else "open"
    rows = [(row, queries.open_name(row.name_sealed)) for row in queries.list_conflicts(status=status)]
    return render_template(
        "membership/conflicts.html",
        rows=rows,
        status=status,
        decides=actor().role in {"validator", "admin"},
    )


@bp.post("/extracts/conflicts/<int:conflict_id>/decide")
@allow("validator", "admin")
def decide_conflict(conflict_id: int) -> ResponseReturnValue:
    """Take the newer row, or keep the stored one."""
    who, form = nationwide(), ConflictForm()
    if not form.validate() or form.decision.data not in DECISIONS:
        flash(_("Tulis alasannya dulu."), "error")
        return redirect(url_for("membership.conflicts"))
    with transaction():
        services.decide_conflict(
            conflict_id=conflict_id,
            accept=DECISIONS[form.decision.data],
            reason=form.reason.data or "",
            actor=who,
            at=clock.now(),
        )
    flash(_("Keputusan tersimpan."))
    return redirect(url_for("membership.conflicts"))
