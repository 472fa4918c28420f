"""A cadre's account after the bank sent a payment back: what holds payments to it, and saying it is right."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.database.transaction import transaction
from portal.payouts.forms import (
    ConfirmForm,
)
from portal.payouts.queries import refusals as refusals_queries
from portal.payouts.queries.refusals import AccountHold
from portal.payouts.services import confirming as confirming_services
from portal.payouts.views.blueprint import bp
from portal.web.access import actor, allow


@bp.app_template_global()
def find_account_hold(cadre_id: int) -> AccountHold | None:
    """Return what keeps a cadre's verified account from being paid into."""
    return refusals_queries.find_account_hold(cadre_id, at=clock.now())


@bp.get("/profile/account/check")
@allow("cadre")
def check_account() -> str:
    """Show a cadre which payment the bank sent back, and what to do about the account."""
    hold = refusals_queries.find_account_hold(actor().cadre_id or 0, at=clock.now())
    return render_template("payouts/check_account.html", hold=hold)


@bp.post("/profile/account/confirm")
@allow("cadre")
def confirm_own_account() -> ResponseReturnValue:
    """Confirm the cadre's own account although the bank sent a payment back."""
    _confirm(actor().cadre_id or 0)
    return redirect(url_for("cadres.profile"))


@bp.post("/cadres/<int:cadre_id>/confirm-account")
@allow("supervisor", "finance", "admin")
def confirm_account(cadre_id: int) -> ResponseReturnValue:
    """Confirm a cadre's account although the bank sent a payment back."""
    _confirm(cadre_id)
    return redirect(url_for("transfers.cadre", cadre_id=cadre_id))


def _confirm(cadre_id: int) -> None:
    form = ConfirmForm()
    if not form.validate():
        abort(400)
    with transaction():
        confirming_services.confirm_account(
            cadre_id=cadre_id, account_id=form.account_id.data, actor=actor(), at=clock.now()
        )
    flash(_("Rekening dinyatakan benar. Uangnya masuk daftar pencairan berikutnya."))
