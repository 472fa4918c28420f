"""The public page: opened by a link without signing in, and the same for everybody who opens it."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.domain.months import CLOSE_ZONE, local_date
from portal.explainer.queries import find_card
from portal.explainer.views.answers import LANGUAGES, answer, in_language
from portal.explainer.views.blueprint import bp
from portal.explainer.views.counting import count_opening
from portal.explainer.views.sharing import (
    NOBODY,
    other_language,
    picture_address,
    public_address,
    whatsapp_address,
)
from portal.web.access import public
from portal.web.addresses import absolute
from portal.web.caching import for_everybody

KEPT_SECONDS = 300


@bp.get("/<link>")
@public("a worker reads on at home; the page shows a cadre's name and branch, and no other data")
def shared(link: str) -> ResponseReturnValue:
    """Show the explainer to anybody; a link that is nobody's, or of who is no cadre any more, bears no name."""
    card = find_card(link)
    today = local_date(clock.now(), card.zone if card else CLOSE_ZONE)
    preferred = request.accept_languages.best_match(LANGUAGES, default="id") or "id"
    with in_language(preferred):
        answered = answer(today=today)
        address = public_address(answered, link if card else NOBODY)
        page = render_template(
            "explainer/shared.html",
            card=card,
            a=answered,
            address=address,
            whatsapp=whatsapp_address(answered, card, address),
            picture=picture_address(answered),
            og_picture=absolute(picture_address(answered)),
            other_language=other_language(),
        )
    if card is not None:
        count_opening(card.cadre_id, today)
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return for_everybody(response, seconds=KEPT_SECONDS)
