"""Pages of cadres: the list in scope, and adding one."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.cadres.forms import CadreForm, CadreSearchForm
from portal.cadres.queries.cadres import (
    ACCOUNT_STATES,
    PAGE,
    CadreFilter,
    count_cadres,
    find_cadre_by_phone,
    list_cadres,
)
from portal.cadres.services import cadres as cadres_services
from portal.cadres.services.cadres import NewCadre
from portal.cadres.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.months import local_date, month_of
from portal.domain.states import states_of
from portal.organisation.queries import list_branches, list_host_bodies, parameter
from portal.web.access import actor, allow, may_open, signature
from portal.web.addresses import is_phone, read_key


def choices() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return the branches in scope and the host bodies as a form's choices."""
    return (
        [(branch.id, f"{branch.code} {branch.name}") for branch in list_branches(actor())],
        [(host.id, f"{host.code} {host.name}") for host in list_host_bodies()],
    )


def _ends_soon() -> date:
    """Return the last day of certificates of which one hears that they end."""
    today = local_date(clock.now(), actor().zone)
    return today + timedelta(days=int(parameter("certificate_grace_days", month=month_of(today))))


def _filter() -> CadreFilter:
    """Read the filter from the address; an unknown choice is ignored."""
    args = request.args
    status, account = args.get("status", ""), args.get("account", "")
    branch = args.get("branch", "")
    return CadreFilter(
        words=args.get("q", "")[:100],
        status=status if status in states_of("cadre") else "",
        branch_id=int(branch) if branch.isascii() and branch.isdigit() and len(branch) < 15 else None,
        account=account if account in ACCOUNT_STATES else "",
        ends_by=_ends_soon() if args.get("certificate") == "ending" else None,
    )


@bp.get("/cadres")
@allow("supervisor", "admin", "finance", "auditor")
def cadres() -> ResponseReturnValue:
    """List the cadres in scope, found by name, code, status or state of the account."""
    who, wanted = actor(), _filter()
    key = read_key(request.args.get("name"), request.args.get("after"))
    rows = list_cadres(who, wanted, after=key)
    kept: dict[str, Any] = {
        "q": wanted.words or None,
        "status": wanted.status or None,
        "branch": wanted.branch_id,
        "account": wanted.account or None,
        "certificate": "ending" if wanted.ends_by else None,
    }
    older = ""
    if len(rows) > PAGE:
        last = rows[PAGE - 1][0]
        older = url_for("cadres.cadres", **kept, name=last.name, after=last.id)
    return render_template(
        "cadres/cadres.html",
        rows=rows[:PAGE],
        wanted=wanted,
        kept=kept,
        total=count_cadres(who, wanted),
        branches=list_branches(who),
        states=states_of("cadre"),
        older=older,
        first=url_for("cadres.cadres", **kept) if key else "",
        may_create=may_open("cadres.create_cadre"),
    )


@bp.post("/cadres/find")
@allow("supervisor", "admin", "finance", "auditor")
def find_cadre() -> ResponseReturnValue:
    """Search for cadres; a phone number leads straight to its cadre, so that no address contains it (rules.md 9.1)."""
    form = CadreSearchForm()
    words = (form.q.data or "") if form.validate() else ""
    if not is_phone(words):
        return redirect(url_for("cadres.cadres", q=words or None, **form.kept()))
    found = find_cadre_by_phone(words, actor=actor())
    if found is None:
        flash(_("Tidak ada kader yang cocok"), "error")
        return redirect(url_for("cadres.cadres"))
    return redirect(url_for("transfers.cadre", cadre_id=found.id))


@bp.route("/cadres/create", methods=["GET", "POST"])
@allow("supervisor", "admin")
def create_cadre() -> ResponseReturnValue:
    """Add a candidate; the first password is shown once."""
    form = CadreForm()
    form.offer(*choices())
    if form.validate_on_submit():
        with transaction():
            cadre, password = cadres_services.create_cadre(
                new=NewCadre(
                    code=form.code.data or "",
                    name=form.name.data or "",
                    branch_id=form.branch_id.data,
                    host_body_id=form.host_body_id.data or None,
                    email=form.email.data,
                    phone=form.phone.data,
                    joined_on=form.joined_on.data,
                ),
                by=signature(),
            )
        back = url_for("transfers.cadre", cadre_id=cadre.id)
        return render_template("accounts/first_password.html", name=cadre.name, password=password, back=back)
    return render_template("cadres/create_cadre.html", form=form), 400 if form.errors else 200


def back_to(cadre_id: int) -> ResponseReturnValue:
    """Return to the page of a cadre."""
    return redirect(url_for("transfers.cadre", cadre_id=cadre_id))
