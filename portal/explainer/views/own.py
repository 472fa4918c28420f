"""The page a cadre turns towards a worker, with the own link below; supervisors may look at it too."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from portal import clock
from portal.domain.months import local_date
from portal.explainer.queries import count_openings, find_own_card
from portal.explainer.views.answers import answer, in_language
from portal.explainer.views.blueprint import bp
from portal.explainer.views.sharing import (
    NOBODY,
    other_language,
    picture_address,
    public_address,
    whatsapp_address,
    whatsapp_text,
)
from portal.web.access import actor, allow
from portal.web.phone import kept_on_phone


@bp.get("")
@allow("cadre", "supervisor")
@kept_on_phone
def own() -> ResponseReturnValue:
    """Show the explainer, its calculator, and to a cadre the own link with how often it was opened."""
    who = actor()
    today = local_date(clock.now(), who.zone)
    card, link = find_own_card(who.cadre_id or 0) or (None, NOBODY)
    with in_language(str(get_locale())):
        answered = answer(today=today)
        address = public_address(answered, link)
        return render_template(
            "explainer/own.html",
            card=card,
            a=answered,
            address=address,
            text=whatsapp_text(answered, card, address),
            whatsapp=whatsapp_address(answered, card, address),
            picture=picture_address(answered),
            openings=count_openings(card.cadre_id, today=today) if card else None,
            other_language=other_language(),
        )
