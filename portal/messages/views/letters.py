"""The office's letters: to a cadre, to a branch, praise, and what was sent."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.cadres.queries.cadres import get_cadre
from portal.database.transaction import transaction
from portal.messages.forms import LetterForm
from portal.messages.queries.letters import PAGE, list_letters
from portal.messages.services import letters as letters_services
from portal.messages.services.letters import Written
from portal.messages.views.blueprint import bp
from portal.organisation.queries import get_branch, list_branches
from portal.texts.messages import PRAISES
from portal.web.access import actor, allow, signature
from portal.web.addresses import row_number
from portal.web.errors import status_of


@bp.get("/letters")
@allow("supervisor", "admin")
def list_sent() -> str:
    """List what was written in the reader's scope, and to which branches they may write."""
    before = request.args.get("before", type=row_number)
    rows = list_letters(actor(), before=before)
    last = rows[PAGE - 1].id if len(rows) > PAGE else None
    return render_template(
        "messages/letters.html",
        rows=rows[:PAGE],
        branches=list_branches(actor()),
        newer=url_for("messages.list_sent") if before else "",
        older=url_for("messages.list_sent", before=last) if last else "",
    )


def _write(
    send: Callable[..., None], to: dict[str, int], *, name: str, praises: list[str], done: str, back: str
) -> ResponseReturnValue:
    """Show a letter that is being written, or send it: the words stay on the page until they are accepted."""
    form = LetterForm()
    if request.method == "GET":
        chosen = request.args.get("words", -1, type=row_number)
        form.begin(praises[chosen] if 0 <= chosen < len(praises) else "")
    status = 200
    if form.is_submitted():
        status = 422
    if form.validate_on_submit():
        with form.refusals_at("text"), transaction():
            send(**to, written=Written(form.ref.data or "", form.text.data or ""), by=signature())
        if not form.refused:
            flash(done)
            return redirect(back)
        status = status_of(form.refused)
    return render_template("messages/write.html", form=form, name=name, praises=praises, back=back), status


@bp.route("/cadres/<int:cadre_id>/send-letter", methods=["GET", "POST"])
@allow("supervisor", "admin")
def send_letter(cadre_id: int) -> ResponseReturnValue:
    """Write to one cadre."""
    cadre = get_cadre(cadre_id, actor=actor())
    return _write(
        letters_services.send_letter,
        {"cadre_id": cadre.id},
        name=cadre.name,
        praises=[],
        done=_("Pesan untuk %(name)s terkirim.", name=cadre.name),
        back=url_for("transfers.cadre", cadre_id=cadre.id),
    )


@bp.route("/cadres/<int:cadre_id>/send-praise", methods=["GET", "POST"])
@allow("supervisor", "admin")
def send_praise(cadre_id: int) -> ResponseReturnValue:
    """Congratulate one cadre, in own words or suggested ones."""
    cadre = get_cadre(cadre_id, actor=actor())
    return _write(
        letters_services.send_praise,
        {"cadre_id": cadre.id},
        name=cadre.name,
        praises=[one % {"name": cadre.name.split()[0]} for one in PRAISES],
        done=_("Selamat untuk %(name)s terkirim.", name=cadre.name),
        back=url_for("transfers.cadre", cadre_id=cadre.id),
    )


@bp.route("/branches/<int:branch_id>/send-letter", methods=["GET", "POST"])
@allow("supervisor", "admin")
def send_letter_to_branch(branch_id: int) -> ResponseReturnValue:
    """Write to the active cadres of a branch."""
    branch = get_branch(branch_id, actor=actor())
    return _write(
        letters_services.send_branch_letter,
        {"branch_id": branch.id},
        name=_("semua kader aktif cabang %(name)s", name=branch.name),
        praises=[],
        done=_("Pesan untuk cabang %(name)s terkirim.", name=branch.name),
        back=url_for("messages.list_sent"),
    )
