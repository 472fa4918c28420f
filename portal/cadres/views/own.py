"""Pages of the cadre's own profile: board name and bank account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.queries.sessions import list_sessions
from portal.accounts.queries.users import get_user, phone_mask
from portal.cadres.forms import AccountForm, AliasForm
from portal.cadres.queries.bank_accounts import find_account, is_verified
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.services import cadres as cadres_services
from portal.cadres.services.bank_accounts import enter_account
from portal.cadres.views.blueprint import bp
from portal.database.transaction import transaction
from portal.organisation.queries import get_branch, get_host_body
from portal.web.access import actor, allow, allow_everyone_signed_in, signature


@bp.get("/profile")
@allow_everyone_signed_in()
def profile() -> ResponseReturnValue:
    """Show the cadre's own profile."""
    who = actor()
    cadre = get_cadre(who.cadre_id, actor=who) if who.cadre_id else None
    account = find_account(cadre.id) if cadre else None
    return render_template(
        "cadres/profile.html",
        user=get_user(who.user_id),
        cadre=cadre,
        branch=get_branch(cadre.branch_id) if cadre else None,
        host=get_host_body(cadre.host_body_id) if cadre and cadre.host_body_id else None,
        account=account,
        account_verified=is_verified(account),
        alias_form=AliasForm(alias=cadre.alias) if cadre else None,
        phone=phone_mask(who.user_id),
        devices=len(list_sessions(who.user_id, at=clock.now())),
    )


@bp.post("/profile/alias/set")
@allow("cadre")
def set_alias() -> ResponseReturnValue:
    """Set the name that boards show."""
    form = AliasForm()
    if not form.validate():
        flash(_("Nama di papan 2 sampai 40 huruf."), "error")
        return redirect(url_for("cadres.profile"))
    with transaction():
        cadre = cadres_services.set_alias(alias=form.alias.data or "", by=signature())
        shown = cadre.alias or cadre.name
    flash(_("Papan peringkat menampilkan Anda sebagai %(name)s.", name=shown))
    return redirect(url_for("cadres.profile"))


@bp.route("/profile/account/enter", methods=["GET", "POST"])
@allow("cadre")
def enter_own_account() -> ResponseReturnValue:
    """Enter the cadre's own bank account; the office verifies it."""
    who = actor()
    account = find_account(who.cadre_id or 0)
    form = AccountForm(bank_code=account.bank_code, holder=account.holder) if account else AccountForm()
    form.offer_banks(account.bank_code if account else None)
    if form.validate_on_submit():
        with transaction():
            enter_account(
                cadre_id=who.cadre_id or 0,
                bank_code=form.bank_code.data or "",
                account=form.account.data or "",
                holder=form.holder.data or "",
                by=signature(),
            )
        flash(_("Rekening tersimpan. Tunjukkan buku tabungan ke kantor cabang agar diperiksa."))
        return redirect(url_for("cadres.profile"))
    status = 400 if form.errors else 200
    return render_template("cadres/enter_own_account.html", form=form, account=account), status
