"""Closing an event: first who gets an activity and who does not, then the act."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.agenda.forms import CloseForm
from portal.agenda.queries.events import get_listed
from portal.agenda.queries.people import list_outcomes
from portal.agenda.services import closing
from portal.agenda.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.agenda import day_of, may_close
from portal.web.access import actor, allow, signature


@bp.route("/manage/<int:event_id>/close", methods=["GET", "POST"])
@allow("supervisor")
def close(event_id: int) -> ResponseReturnValue:
    """Show what closing gives whom, and close the event."""
    listed = get_listed(event_id, actor=actor())
    event, form = listed.event, CloseForm()
    if form.validate_on_submit():
        with transaction():
            done = closing.close_event(event_id=event_id, came=form.came.data, by=signature())
        text = ngettext(
            "Acara ditutup: %(num)s kader mendapat kegiatan.", "Acara ditutup: %(num)s kader mendapat kegiatan.",
            done.rewarded,
        )  # fmt: skip
        flash(_("Acara ini sudah ditutup sebelumnya.") if done.already else text)
        return redirect(url_for("agenda.managed", event_id=event_id))
    outcomes = list_outcomes(event, day_of(event.starts_at, listed.zone))
    page = render_template(
        "agenda/close.html",
        listed=listed,
        event=event,
        form=form,
        earning=[one for one in outcomes if one.obstacle is None],
        others=[one for one in outcomes if one.obstacle is not None],
        held_on=day_of(event.starts_at, listed.zone),
        closable=may_close(event.status, event.ends_at, clock.now()),
    )
    return page, (400 if form.errors else 200)
