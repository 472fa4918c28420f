"""Acts on a cadre: status, certificate, bank account, showing a full number, a greeting."""

from urllib.parse import quote

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.cadres.forms import AccountForm, CertifyForm, GreetForm, RevealForm, StatusForm, VerifyForm
from portal.cadres.queries.bank_accounts import find_account
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.services import bank_accounts as bank_accounts_services
from portal.cadres.services import cadres as cadres_services
from portal.cadres.views.blueprint import bp
from portal.cadres.views.cadres import back_to
from portal.database.transaction import transaction
from portal.organisation.queries import get_branch
from portal.web.access import actor, allow, signature


def incomplete(cadre_id: int) -> ResponseReturnValue:
    """Go back to the cadre's page and ask for what is missing."""
    flash(_("Isian belum lengkap. Lengkapi, lalu kirim lagi."), "error")
    return back_to(cadre_id)


@bp.post("/cadres/<int:cadre_id>/change-status")
@allow("supervisor", "admin")
def change_status(cadre_id: int) -> ResponseReturnValue:
    """Change a cadre's status as the table of states allows."""
    get_cadre(cadre_id, actor=actor())
    form = StatusForm()
    if not form.validate():
        return incomplete(cadre_id)
    with transaction():
        cadres_services.change_status(
            cadre_id=cadre_id,
            act=form.act.data or "",
            reason=form.reason.data or "",
            version_seen=form.version.data or 0,
            by=signature(),
        )
    flash(_("Status kader sudah diganti."))
    return back_to(cadre_id)


@bp.post("/cadres/<int:cadre_id>/certify")
@allow("supervisor", "admin")
def certify_cadre(cadre_id: int) -> ResponseReturnValue:
    """Record the day of the certificate."""
    get_cadre(cadre_id, actor=actor())
    form = CertifyForm()
    if not form.validate() or form.certified_on.data is None:
        return incomplete(cadre_id)
    with transaction():
        cadres_services.certify_cadre(cadre_id=cadre_id, certified_on=form.certified_on.data, by=signature())
    flash(_("Tanggal lulus pelatihan tersimpan."))
    return back_to(cadre_id)


@bp.route("/cadres/<int:cadre_id>/enter-account", methods=["GET", "POST"])
@allow("finance", "admin")
def enter_account(cadre_id: int) -> ResponseReturnValue:
    """Enter a cadre's bank account; another person verifies it."""
    cadre = get_cadre(cadre_id, actor=actor())
    account = find_account(cadre.id)
    form = AccountForm(bank_code=account.bank_code, holder=account.holder) if account else AccountForm()
    form.offer_banks(account.bank_code if account else None)
    if form.validate_on_submit():
        with transaction():
            bank_accounts_services.enter_account(
                cadre_id=cadre_id,
                bank_code=form.bank_code.data or "",
                account=form.account.data or "",
                holder=form.holder.data or "",
                by=signature(),
            )
        flash(_("Rekening tersimpan. Orang lain perlu memeriksanya."))
        return back_to(cadre_id)
    status = 400 if form.errors else 200
    return render_template("cadres/enter_account.html", form=form, cadre=cadre, account=account), status


@bp.post("/cadres/<int:cadre_id>/verify-account")
@allow("supervisor", "finance", "admin")
def verify_account(cadre_id: int) -> ResponseReturnValue:
    """Record that the account was checked against the passbook."""
    get_cadre(cadre_id, actor=actor())
    form = VerifyForm()
    if not form.validate():
        return incomplete(cadre_id)
    with transaction():
        bank_accounts_services.verify_account(
            cadre_id=cadre_id, account_id=form.account_id.data or 0, by=signature()
        )
    flash(_("Rekening sudah diperiksa dan bisa dipakai untuk pencairan."))
    return back_to(cadre_id)


@bp.post("/cadres/<int:cadre_id>/reveal")
@allow("supervisor", "finance", "admin")
def reveal_number(cadre_id: int) -> ResponseReturnValue:
    """Show a NIK, phone or account number in full, once, for a stated purpose."""
    cadre = get_cadre(cadre_id, actor=actor())
    form = RevealForm()
    if not form.validate():
        flash(_("Tulis untuk keperluan apa, paling sedikit 5 huruf."), "error")
        return back_to(cadre_id)
    with transaction():
        number = cadres_services.reveal_number(
            cadre_id=cadre_id, number=form.number.data or "", purpose=form.purpose.data or "", by=signature()
        )
    return render_template(
        "cadres/revealed.html",
        cadre=get_cadre(cadre_id, actor=actor()),
        kind=form.number.data,
        number=number,
        purpose=form.purpose.data,
        back=url_for("transfers.cadre", cadre_id=cadre.id),
    )


@bp.post("/cadres/<int:cadre_id>/greet")
@allow("supervisor", "admin")
def greet_cadre(cadre_id: int) -> ResponseReturnValue:
    """Open WhatsApp with a greeting for a cadre who has been silent: who greets sends it from the own phone."""
    cadre = get_cadre(cadre_id, actor=actor())
    if not GreetForm().validate():
        return incomplete(cadre_id)
    with transaction():
        phone = cadres_services.greet_cadre(cadre_id=cadre_id, by=signature())
    message = _(
        "Halo %(name)s, apa kabar? Sudah lama belum ada laporan. "
        "Ada yang sulit, atau ada yang bisa kami bantu? %(sender)s, BPJS Ketenagakerjaan %(branch)s",
        name=cadre.name.split()[0],
        sender=actor().name,
        branch=get_branch(cadre.branch_id).name,
    )
    return render_template(
        "cadres/greet_cadre.html",
        cadre=cadre,
        phone=phone,
        message=message,
        link=f"https://wa.me/{phone.removeprefix('+')}?text={quote(message)}",
    )
