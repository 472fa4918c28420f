"""A cadre's achievements: the level's cloth, the streak's weeks, the badges, what is nearest."""

from flask import render_template

from portal import clock
from portal.domain.months import local_date
from portal.recognition.queries.awards import list_taken_back
from portal.recognition.queries.progress import Progress, get_progress
from portal.recognition.views.blueprint import bp
from portal.recognition.views.woven import cloth_of, months_of, rolls_of
from portal.web.access import actor, allow
from portal.web.phone import kept_on_phone


def own_progress() -> Progress:
    """Return the recognition of the cadre who reads, as of their local day."""
    who = actor()
    return get_progress(who.cadre_id or 0, local_date(clock.now(), who.zone))


@bp.get("/achievements")
@allow("cadre")
@kept_on_phone
def own() -> str:
    """Show the cadre's level, streak and badges."""
    progress = own_progress()
    return render_template(
        "recognition/own.html",
        progress=progress,
        cloth=cloth_of(progress),
        rolls=rolls_of(progress),
        months=months_of(progress),
        taken_back=list_taken_back(progress.cadre_id),
    )
