"""What a cadre hides from other cadres."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.database.transaction import transaction
from portal.recognition.forms import ChoicesForm
from portal.recognition.queries.choices import get_choices
from portal.recognition.services import choosing
from portal.recognition.services.choosing import NewChoices
from portal.recognition.views.blueprint import bp
from portal.web.access import actor, allow, signature


@bp.get("/achievements/choices")
@allow("cadre")
def choices() -> ResponseReturnValue:
    """Show the own choices."""
    held = get_choices(actor().cadre_id or 0)
    return _show(ChoicesForm(obj=held, data={"public": held.public_code is not None}), 200)


def _show(form: ChoicesForm, status: int) -> ResponseReturnValue:
    return render_template("recognition/choices.html", form=form), status


@bp.post("/achievements/choices/set")
@allow("cadre")
def set_choices() -> ResponseReturnValue:
    """Store the own choices."""
    form = ChoicesForm()
    if not form.validate():
        return _show(form, 400)
    chosen = NewChoices(
        hide_level=bool(form.hide_level.data),
        hide_streak=bool(form.hide_streak.data),
        hide_badges=bool(form.hide_badges.data),
        hide_league=bool(form.hide_league.data),
        public=bool(form.public.data),
        name_shown=form.name_shown.data or "",
    )
    with form.refusals_at("name_shown", "recognition."), transaction():
        choosing.set_choices(chosen=chosen, by=signature())
    if form.refused is not None:
        return _show(form, 400)
    flash(_("Pilihan tersimpan. Poin, peringkat dan uang Anda tidak berubah."))
    return redirect(url_for("recognition.choices"))
