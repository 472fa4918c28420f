"""Greeting a cadre who has long been silent: the number is opened for it, and a text stands ready."""

from urllib.parse import quote

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.cadres.queries.cadres import get_cadre
from portal.cadres.services.cadres import reveal_number
from portal.database.transaction import transaction
from portal.home.views.blueprint import bp
from portal.web.access import actor, allow, signature

# The purpose that the portal states by itself, as the audit trail keeps it.
GREETING = "menyapa kader yang lama diam"


@bp.post("/silent/<int:cadre_id>/reveal-phone")
@allow("supervisor", "admin")
def reveal_phone(cadre_id: int) -> ResponseReturnValue:
    """Open a cadre's number by an audited act, with a text for WhatsApp: the office sends it from the own phone."""
    who = actor()
    with transaction():
        phone = reveal_number(cadre_id=cadre_id, number="phone", purpose=GREETING, by=signature())
    cadre = get_cadre(cadre_id, actor=who)
    with force_locale("id"):
        message = _(
            "Halo %(name)s, apa kabar? Saya %(who)s dari BPJS Ketenagakerjaan. Sudah lama tidak ada laporan "
            "dari Anda. Ada kesulitan yang bisa kami bantu?",
            name=cadre.name.title(),
            who=who.name,
        )
    return render_template(
        "home/greet.html",
        cadre=cadre,
        phone=phone,
        message=message,
        purpose=GREETING,
        link=f"https://wa.me/{phone.removeprefix('+')}?text={quote(message)}",
    )
