"""The page of one cadre with its terms, and moving the cadre."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.cadres.forms import CertifyForm
from portal.cadres.queries.bank_accounts import count_cadres_with_account, find_account, is_verified
from portal.cadres.queries.cadres import get_cadre, masks_of
from portal.cadres.queries.terms import list_terms_with_names
from portal.cadres.services.cadres import MAY_REVEAL
from portal.cadres.views.acts import incomplete
from portal.cadres.views.cadres import back_to, choices
from portal.database.transaction import transaction
from portal.domain.months import add_months, month_of
from portal.domain.states import possible_acts
from portal.organisation.queries import get_branch
from portal.transfers.forms import MoveForm
from portal.transfers.queries import first_open_month
from portal.transfers.services import terms as terms_services
from portal.transfers.services.terms import TermChange
from portal.transfers.views.blueprint import bp
from portal.web.access import actor, allow, may_open, signature


def _months() -> list[str]:
    """Return the months from which a transfer may hold: the open ones and the next three."""
    today = month_of(clock.now().date())
    first = max(first_open_month(), add_months(today, -6))
    found, month = [], first
    while month <= add_months(today, 3):
        found.append(month)
        month = add_months(month, 1)
    return found


@bp.get("/cadres/<int:cadre_id>")
@allow("supervisor", "admin", "finance", "auditor")
def cadre(cadre_id: int) -> ResponseReturnValue:
    """Show a cadre: status, certificate, transfers, bank account."""
    who = actor()
    found = get_cadre(cadre_id, actor=who)
    account = find_account(found.id)
    move = MoveForm(
        branch_id=found.branch_id, host_body_id=found.host_body_id or 0, npwp_valid=found.npwp_valid
    )
    move.offer(*choices())
    return render_template(
        "transfers/cadre.html",
        cadre=found,
        branch=get_branch(found.branch_id),
        acts=_acts(found.status),
        account=account,
        account_verified=is_verified(account),
        shared=count_cadres_with_account(account) if account else 0,
        may_verify=account is not None
        and account.verified_by is None
        and may_open("cadres.verify_account")
        and account.entered_by != who.user_id,
        may_enter=may_open("cadres.enter_account"),
        may_reveal=[number for number, roles in MAY_REVEAL.items() if who.role in roles],
        terms=list_terms_with_names(found.id),
        numbers=masks_of(found.id),
        certify=CertifyForm(certified_on=found.certified_on),
        move=move,
        months=_months(),
        may_move=may_open("transfers.move_cadre"),
    )


def _acts(status: str) -> list[str]:
    """List the changes of status that the page offers; a candidate is activated on a page of training."""
    possible = possible_acts("cadre", status) if may_open("cadres.change_status") else ()
    return [act for act in possible if act != "activate"]


@bp.post("/cadres/<int:cadre_id>/move")
@allow("admin")
def move_cadre(cadre_id: int) -> ResponseReturnValue:
    """Change a cadre's branch, host body or NPWP status from the first day of an open month."""
    get_cadre(cadre_id, actor=actor())
    form = MoveForm()
    form.offer(*choices())
    if not form.validate():
        return incomplete(cadre_id)
    with transaction():
        terms_services.move_cadre(
            cadre_id=cadre_id,
            from_month=form.from_month.data or "",
            change=TermChange(
                branch_id=form.branch_id.data,
                host_body_id=form.host_body_id.data or None,
                no_host=not form.host_body_id.data,
                npwp_valid=form.npwp_valid.data,
            ),
            reason=form.reason.data or "",
            by=signature(),
        )
    flash(_("Perubahan tersimpan."))
    return back_to(cadre_id)
