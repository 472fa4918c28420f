"""The picture to share: a PNG of the answer, kept on disk by what it says."""

from flask import current_app, make_response, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.domain.errors import NotFound
from portal.domain.months import CLOSE_ZONE, local_date
from portal.explainer.pictures import picture_of
from portal.explainer.views.answers import LANGUAGES, answer, in_language
from portal.explainer.views.blueprint import bp
from portal.explainer.views.sharing import figures_of
from portal.web.access import public
from portal.web.caching import for_everybody

KEPT_SECONDS = 3_600


@bp.get("/gambar.png")
@public("the picture of a public page, with figures of the public contribution table")
def picture() -> ResponseReturnValue:
    """Show the answer as a picture of 1200 × 630."""
    today = local_date(clock.now(), CLOSE_ZONE)
    preferred = request.accept_languages.best_match(LANGUAGES, default="id") or "id"
    with in_language(preferred):
        answered = answer(today=today)
        if answered.form.errors:
            raise NotFound("explainer.no_picture")
        figures = figures_of(answered)
    data = picture_of(figures, folder=current_app.config["PORTAL"].instance / "cache" / "explainer")
    response = make_response(data)
    response.mimetype = "image/png"
    return for_everybody(response, seconds=KEPT_SECONDS)
