"""Pages about oneself: profile, devices, alias, bank account, language and theme."""

from flask import flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock
from portal.access import actor, allow, allow_everyone_signed_in, public
from portal.people import queries, services
from portal.people.forms import AccountForm, AliasForm, EmptyForm, PreferencesForm
from portal.people.views.blueprint import bp
from portal.people.views.devices import remember_device
from portal.people.views.paths import own_path
from portal.transaction import transaction

_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
             ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def device_name(agent: str) -> str:
    """Return the words by which somebody recognises a device: the browser and the system."""
    system = next((name for name in _SYSTEMS if name in agent), "")
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    if browser and system:
        return str(_("%(browser)s di %(system)s", browser=browser, system=system))
    return browser or system or str(_("Perangkat lain"))


@bp.get("/profile")
@allow_everyone_signed_in()
def profile() -> ResponseReturnValue:
    """Show the own profile."""
    who = actor()
    cadre = queries.get_cadre(who.cadre_id, actor=who) if who.cadre_id else None
    account = queries.find_account(cadre.id) if cadre else None
    return render_template(
        "people/profile.html",
        user=queries.get_user(who.user_id),
        cadre=cadre,
        branch=queries.get_branch(cadre.branch_id) if cadre else None,
        host=queries.get_host_body(cadre.host_body_id) if cadre and cadre.host_body_id else None,
        account=account,
        account_verified=queries.is_verified(account),
        alias_form=AliasForm(alias=cadre.alias) if cadre else None,
        phone=queries.phone_mask(who.user_id),
        devices=len(queries.list_sessions(who.user_id, at=clock.now())),
    )


@bp.post("/profile/alias/set")
@allow("cadre")
def set_alias() -> ResponseReturnValue:
    """Set the name that boards show."""
    form = AliasForm()
    if not form.validate():
        flash(_("Nama di papan paling banyak 40 huruf."), "error")
        return redirect(url_for("people.profile"))
    with transaction():
        services.set_alias(alias=form.alias.data or "", actor=actor(), at=clock.now())
    flash(_("Nama di papan peringkat tersimpan."))
    return redirect(url_for("people.profile"))


@bp.route("/profile/account/enter", methods=["GET", "POST"])
@allow("cadre")
def enter_own_account() -> ResponseReturnValue:
    """Enter the own bank account; somebody at the office verifies it."""
    who = actor()
    account = queries.find_account(who.cadre_id or 0)
    form = AccountForm(bank_code=account.bank_code, holder=account.holder) if account else AccountForm()
    form.offer_banks(account.bank_code if account else None)
    if form.validate_on_submit():
        with transaction():
            services.enter_account(
                cadre_id=who.cadre_id or 0,
                bank_code=form.bank_code.data or "",
                account=form.account.data or "",
                holder=form.holder.data or "",
                actor=who,
                at=clock.now(),
            )
        flash(_("Rekening tersimpan. Tunjukkan buku tabungan ke kantor cabang agar diperiksa."))
        return redirect(url_for("people.profile"))
    status = 400 if form.errors else 200
    return render_template("people/enter_own_account.html", form=form, account=account), status


@bp.get("/sessions")
@allow_everyone_signed_in()
def sessions() -> ResponseReturnValue:
    """List the devices one is signed in on."""
    who = actor()
    found = queries.list_sessions(who.user_id, at=clock.now())
    rows = [(row, device_name(row.device), row.id == who.session_id) for row in found]
    return render_template("people/sessions.html", rows=rows, zone=who.zone)


@bp.post("/sessions/<int:session_id>/revoke")
@allow_everyone_signed_in()
def revoke_session(session_id: int) -> ResponseReturnValue:
    """Sign out one of the own devices."""
    EmptyForm()
    with transaction():
        services.revoke_session(session_id=session_id, actor=actor(), at=clock.now())
    flash(_("Perangkat itu sudah dikeluarkan."))
    return redirect(url_for("people.sessions"))


@bp.post("/sessions/revoke")
@allow_everyone_signed_in()
def revoke_other_sessions() -> ResponseReturnValue:
    """Sign out all other own devices."""
    EmptyForm()
    now = clock.now()
    with transaction():
        closed = services.revoke_other_sessions(actor=actor(), at=now)
    flash(ngettext("%(num)s perangkat lain dikeluarkan.", "%(num)s perangkat lain dikeluarkan.", closed))
    return remember_device(
        make_response(redirect(url_for("people.sessions"))), user_id=actor().user_id, at=now
    )


@bp.post("/preferences/update")
@public("language and theme are chosen before signing in too")
def update_preferences() -> ResponseReturnValue:
    """Keep language and theme, in the cookie and for who is signed in."""
    form = PreferencesForm()
    if form.validate():
        locale, theme = form.locale.data or None, form.theme.data or None
        if locale in services.LOCALES:
            session["locale"] = locale
        if theme in services.THEMES:
            session["theme"] = theme
        if current_user.is_authenticated:
            with transaction():
                services.update_preferences(locale=locale, theme=theme, actor=actor())
    return redirect(own_path(form.next.data, signing_in=False))
