"""Pages of one's own account: devices, language and theme."""

from flask import flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock
from portal.accounts.forms import PreferencesForm
from portal.accounts.queries.sessions import list_sessions
from portal.accounts.services import signing_in as signing_in_services
from portal.accounts.services import users as users_services
from portal.accounts.services.users import LOCALES, THEMES
from portal.accounts.views.blueprint import bp
from portal.accounts.views.devices import remember_device
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.web.access import actor, allow_everyone_signed_in, public, signature
from portal.web.addresses import own_path

_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
             ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def device_name(agent: str) -> str:
    """Return words by which a person recognises a device: the browser and the system."""
    system = next((name for name in _SYSTEMS if name in agent), "")
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    if browser and system:
        return str(_("%(browser)s di %(system)s", browser=browser, system=system))
    return browser or system or str(_("Perangkat lain"))


@bp.get("/sessions")
@allow_everyone_signed_in()
def sessions() -> ResponseReturnValue:
    """List the devices on which the person is signed in."""
    who = actor()
    found = list_sessions(who.user_id, at=clock.now())
    rows = [(row, device_name(row.device), row.id == who.session_id) for row in found]
    return render_template("accounts/sessions.html", rows=rows, zone=who.zone)


@bp.post("/sessions/<int:session_id>/revoke")
@allow_everyone_signed_in()
def revoke_session(session_id: int) -> ResponseReturnValue:
    """Sign out one of the person's devices."""
    with transaction():
        signing_in_services.revoke_session(session_id=session_id, by=signature())
    flash(_("Perangkat itu sudah dikeluarkan."))
    return redirect(url_for("accounts.sessions"))


@bp.post("/sessions/revoke")
@allow_everyone_signed_in()
def revoke_other_sessions() -> ResponseReturnValue:
    """Sign out all of the person's other devices."""
    now = clock.now()
    with transaction():
        closed = signing_in_services.revoke_other_sessions(by=Signature(actor(), now))
    flash(ngettext("%(num)s perangkat lain dikeluarkan.", "%(num)s perangkat lain dikeluarkan.", closed))
    return remember_device(
        make_response(redirect(url_for("accounts.sessions"))), user_id=actor().user_id, at=now
    )


@bp.post("/preferences/update")
@public("language and theme are chosen before signing in too")
def update_preferences() -> ResponseReturnValue:
    """Keep language and theme, in the cookie and, for people who are signed in, in the account."""
    form = PreferencesForm()
    if form.validate():
        locale, theme = form.locale.data or None, form.theme.data or None
        if locale in LOCALES:
            session["locale"] = locale
        if theme in THEMES:
            session["theme"] = theme
        if current_user.is_authenticated:
            with transaction():
                users_services.update_preferences(locale=locale, theme=theme, actor=actor())
    return redirect(own_path(form.next.data, signing_in=False))
