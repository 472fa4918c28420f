"""Pages of sign-ups: the list in scope, one of them, and showing a NIK."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.cadres.queries.cadres import get_cadre
from portal.database.transaction import transaction
from portal.signups import queries
from portal.signups.forms import RevealForm
from portal.signups.services.report import reveal_nik
from portal.web.access import actor, allow, may_open, signature
from portal.web.addresses import month_asked

bp = Blueprint("signups", __name__)

READERS = ("supervisor", "validator", "admin", "auditor")


@bp.get("/signups")
@allow(*READERS)
def index() -> ResponseReturnValue:
    """List the sign-ups in scope by group, newest first."""
    group = request.args.get("group", "open")
    group = group if group in queries.GROUPS else "open"
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    month = month_asked("month") if group == "validated" else ""
    rows = list(queries.list_signups(actor(), group=group, month=month, before=before))
    counts = queries.count_groups(actor())
    page, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    return render_template(
        "signups/index.html",
        rows=page,
        group=group,
        month=month,
        counts=counts,
        total=queries.count_confirmed(actor(), month) if month else counts[group],
        older=url_for("signups.index", group=group, month=month or None, before=page[-1][0].id)
        if more
        else "",
        newer=url_for("signups.index", group=group, month=month or None) if before is not None else "",
    )


@bp.get("/signups/<int:signup_id>")
@allow(*READERS)
def show(signup_id: int) -> ResponseReturnValue:
    """Show one sign-up: what was reported, its status, who else claims the worker."""
    return _page(signup_id, nik=None)


def _page(signup_id: int, *, nik: str | None) -> ResponseReturnValue:
    signup = queries.get_signup(signup_id, actor=actor())
    return render_template(
        "signups/show.html",
        signup=signup,
        cadre=get_cadre(signup.cadre_id),
        rivals=queries.list_rivals(signup, actor=actor()),
        may_reveal=may_open("signups.reveal"),
        nik=nik,
    )


@bp.post("/signups/<int:signup_id>/reveal")
@allow("validator", "admin")
def reveal(signup_id: int) -> ResponseReturnValue:
    """Show a full NIK once, for a stated purpose; this is in the audit trail."""
    form = RevealForm()
    with transaction():
        nik = reveal_nik(signup_id=signup_id, purpose=form.purpose.data or "", by=signature())
    return _page(signup_id, nik=nik)
