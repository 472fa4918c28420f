"""What a reader chooses about messages, the devices that may ring, and the service worker that rings."""

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.database.transaction import transaction
from portal.domain.messages import CHANNELS, GROUPS, MAIL, PUSH, Preferences, quiet_hours
from portal.messages.channels.push import public_key
from portal.messages.forms import DeviceForm, PreferencesForm
from portal.messages.queries.preferences import get_preferences, list_devices
from portal.messages.services import preferences as preferences_services
from portal.messages.services.planning import get_hours
from portal.messages.views.blueprint import bp
from portal.web import assets
from portal.web.access import actor, allow_everyone_signed_in, public, signature


def _form() -> PreferencesForm:
    """Return the form with what the reader chose before."""
    hours = get_hours(clock.now())
    chosen = get_preferences(actor().user_id)
    begins, ends = quiet_hours(chosen, hours)
    on = {
        channel: [group for group in GROUPS if f"{channel}.{group}" not in chosen.off] for channel in CHANNELS
    }
    form = PreferencesForm(push=on[PUSH], mail=on[MAIL], quiet_from=str(begins), quiet_until=str(ends))
    form.offer(hours.quiet_from, hours.quiet_until)
    return form


def _page(form: PreferencesForm) -> str:
    config = current_app.config["PORTAL"]
    return render_template(
        "messages/preferences.html",
        form=form,
        devices=list_devices(actor().user_id),
        key=public_key(config.push_key),
        has_mail=config.mail is not None,
    )


@bp.get("/messages/preferences")
@allow_everyone_signed_in()
def preferences() -> str:
    """Show what may ring or come by e-mail, and when."""
    return _page(_form())


@bp.post("/messages/preferences/set")
@allow_everyone_signed_in()
def set_preferences() -> ResponseReturnValue:
    """Store what the reader chose."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    wanted = {f"{channel}.{group}" for channel in CHANNELS for group in form[channel].data or ()}
    everything = {f"{channel}.{group}" for channel in CHANNELS for group in GROUPS}
    chosen = Preferences(
        frozenset(everything - wanted), int(form.quiet_from.data), int(form.quiet_until.data)
    )
    with transaction():
        preferences_services.set_preferences(chosen=chosen, by=signature())
    flash(_("Pilihan tersimpan."))
    return redirect(url_for("messages.preferences"))


@bp.post("/messages/devices/add")
@allow_everyone_signed_in()
def add_device() -> ResponseReturnValue:
    """Let this device ring; its browser gave the address and the keys."""
    form = DeviceForm()
    if not form.validate():
        flash(_("Perangkat ini tidak bisa didaftarkan. Coba lagi dari peramban lain."), "error")
        return redirect(url_for("messages.preferences"))
    given = {name: form[name].data or "" for name in ("endpoint", "p256dh", "auth")}
    with transaction():
        preferences_services.add_device(**given, by=signature())
    flash(_("Perangkat ini akan berdering bila ada kabar."))
    return redirect(url_for("messages.preferences"))


@bp.post("/messages/devices/<int:device_id>/remove")
@allow_everyone_signed_in()
def remove_device(device_id: int) -> ResponseReturnValue:
    """Let a device ring no more."""
    with transaction():
        preferences_services.remove_device(device_id=device_id, by=signature())
    flash(_("Perangkat itu tidak berdering lagi."))
    return redirect(url_for("messages.preferences"))


@bp.get("/sw.js")
@public("the service worker holds no data; browsers ask for it by themselves")
def worker() -> ResponseReturnValue:
    """Return the service worker: from the root, so that it may act for every page."""
    script = (assets.BUILT / assets.NAMES["sw.js"]).read_bytes()
    answer = Response(script, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
