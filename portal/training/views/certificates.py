"""Certificates: the own one with its papers, and the public page that anybody may check."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.services.certificates import read_terms
from portal.database.transaction import transaction
from portal.domain.months import local_date, month_of
from portal.domain.training import certificate_state
from portal.training.forms import ShownForm
from portal.training.queries.certificates import find_public, list_certificates
from portal.training.services import certificates as certificates_services
from portal.training.views.blueprint import bp
from portal.training.views.papers import public_address
from portal.web.access import actor, allow, public, signature
from portal.web.caching import for_everybody

LANGUAGES = ("id", "en")
KEPT_SECONDS = 60
MAX_CODE = 16


@bp.get("/certificate")
@allow("cadre")
def certificate() -> ResponseReturnValue:
    """Show the own certificate, its papers, and what its public page shows."""
    return _show(ShownForm(), 200)


def _show(form: ShownForm, status: int) -> ResponseReturnValue:
    who = actor()
    held = list_certificates(who.cadre_id or 0)
    cadre = get_cadre(who.cadre_id or 0)
    today = local_date(clock.now(), who.zone)
    newest = held[0] if held else None
    state = None
    if newest is not None:
        grace = int(read_terms().grace_days.held_in(month_of(newest.issued_on)))
        state = certificate_state(until=newest.valid_until, grace_days=grace, today=today)
        form.shows.data = form.shows.data or newest.shows
    return render_template(
        "training/certificate.html",
        cadre=cadre,
        held=newest,
        earlier=held[1:],
        state=state,
        address=public_address(newest) if newest else "",
        form=form,
    ), status


@bp.post("/certificate/set-shown")
@allow("cadre")
def set_shown() -> ResponseReturnValue:
    """Choose what the public page shows."""
    form = ShownForm()
    if not form.validate():
        return _show(form, 400)
    with transaction():
        certificates_services.set_shown(shows=form.shows.data or "", by=signature())
    flash(_("Pilihan tersimpan."))
    return redirect(url_for("training.certificate"))


@bp.get("/c")
@public("anybody may check a certificate; the page only asks for its code")
def check_certificate() -> ResponseReturnValue:
    """Ask for the code of a certificate."""
    code = _clean(request.args.get("code", ""))
    if code:
        return redirect(url_for("training.public_certificate", code=code))
    return _for_anybody("training/check.html", 200, asked="")


@bp.get("/c/<code>")
@public("anybody may check a certificate; the page shows name or initials, branch, course, date and validity")
def public_certificate(code: str) -> ResponseReturnValue:
    """Show what anybody may see of a certificate; unknown and turned off look the same."""
    clean = _clean(code)
    found = find_public(clean)
    if found is None:
        return _for_anybody("training/check.html", 404, asked=clean)
    today = local_date(clock.now(), found.zone)
    return _for_anybody(
        "training/public.html", 200, found=found, code=clean, valid=today <= found.valid_until
    )


def _clean(code: str) -> str:
    """Return a code as it is stored: capital letters and digits with the dash in the middle."""
    signs = "".join(sign for sign in code.upper() if sign.isascii() and sign.isalnum())[:MAX_CODE]
    return f"{signs[:5]}-{signs[5:]}" if signs else ""


def _for_anybody(template: str, status: int, **values: object) -> ResponseReturnValue:
    preferred = request.accept_languages.best_match(LANGUAGES, default="id") or "id"
    with force_locale(preferred):
        answer = make_response(render_template(template, **values), status)
    answer.headers["X-Robots-Tag"] = "noindex"
    return for_everybody(answer, seconds=KEPT_SECONDS)
