"""Pages of cadres: the list in scope, one cadre, and adding one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access import actor, allow
from portal.addresses import is_phone
from portal.domain.months import add_months, month_of
from portal.domain.states import possible_acts, states_of
from portal.people import queries, services
from portal.people.forms import CadreForm, CertifyForm, MoveForm, SearchForm
from portal.people.queries.cadres import ACCOUNT_STATES, PAGE
from portal.people.views.blueprint import bp
from portal.people.views.paths import read_key
from portal.transaction import transaction


def choices() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return the branches in scope and the host bodies as a form's choices."""
    return (
        [(branch.id, f"{branch.code} {branch.name}") for branch in queries.list_branches(actor())],
        [(host.id, f"{host.code} {host.name}") for host in queries.list_host_bodies()],
    )


def _filter() -> queries.CadreFilter:
    """Read the filter from the address; what is no choice is no filter."""
    args = request.args
    status, account = args.get("status", ""), args.get("account", "")
    branch = args.get("branch", "")
    return queries.CadreFilter(
        words=args.get("q", "")[:100],
        status=status if status in states_of("cadre") else "",
        branch_id=int(branch) if branch.isascii() and branch.isdigit() and len(branch) < 15 else None,
        account=account if account in ACCOUNT_STATES else "",
    )


@bp.get("/cadres")
@allow("supervisor", "admin", "finance", "auditor")
def cadres() -> ResponseReturnValue:
    """List the cadres in scope, found by name, code, status or state of the account."""
    who, wanted = actor(), _filter()
    key = read_key(request.args.get("name"), request.args.get("after"))
    rows = queries.list_cadres(who, wanted, after=key)
    kept: dict[str, Any] = {
        "q": wanted.words or None,
        "status": wanted.status or None,
        "branch": wanted.branch_id,
        "account": wanted.account or None,
    }
    older = ""
    if len(rows) > PAGE:
        last = rows[PAGE - 1][0]
        older = url_for("people.cadres", **kept, name=last.name, after=last.id)
    return render_template(
        "people/cadres.html",
        rows=rows[:PAGE],
        wanted=wanted,
        kept=kept,
        total=queries.count_cadres(who, wanted),
        branches=queries.list_branches(who),
        states=states_of("cadre"),
        older=older,
        first=url_for("people.cadres", **kept) if key else "",
        may_create=who.role in {"supervisor", "admin"},
    )


@bp.post("/cadres/find")
@allow("supervisor", "admin", "finance", "auditor")
def find_cadre() -> ResponseReturnValue:
    """Look for cadres; with a phone number straight to the cadre, so that no address holds it (rules.md 9.1)."""
    form = SearchForm()
    words = (form.q.data or "") if form.validate() else ""
    if not is_phone(words):
        kept: dict[str, Any] = {
            name: request.form.get(name, "")[:20] or None for name in ("status", "branch", "account")
        }
        return redirect(url_for("people.cadres", q=words or None, **kept))
    found = queries.find_cadre_by_phone(words, actor=actor())
    if found is None:
        flash(_("Tidak ada kader yang cocok"), "error")
        return redirect(url_for("people.cadres"))
    return redirect(url_for("people.cadre", cadre_id=found.id))


@bp.route("/cadres/create", methods=["GET", "POST"])
@allow("supervisor", "admin")
def create_cadre() -> ResponseReturnValue:
    """Add a candidate; the first password is shown once."""
    form = CadreForm()
    form.offer(*choices())
    if form.validate_on_submit():
        with transaction():
            cadre, password = services.create_cadre(
                new=services.NewCadre(
                    code=form.code.data or "",
                    name=form.name.data or "",
                    branch_id=form.branch_id.data,
                    host_body_id=form.host_body_id.data or None,
                    email=form.email.data,
                    phone=form.phone.data,
                    joined_on=form.joined_on.data,
                ),
                actor=actor(),
                at=clock.now(),
            )
        back = url_for("people.cadre", cadre_id=cadre.id)
        return render_template("people/first_password.html", name=cadre.name, password=password, back=back)
    return render_template("people/create_cadre.html", form=form), 400 if form.errors else 200


def _months() -> list[str]:
    """Return the months from which a transfer may hold: the open ones and the next three."""
    today = month_of(clock.now().date())
    first = max(queries.first_open_month(), add_months(today, -6))
    found, month = [], first
    while month <= add_months(today, 3):
        found.append(month)
        month = add_months(month, 1)
    return found


@bp.get("/cadres/<int:cadre_id>")
@allow("supervisor", "admin", "finance", "auditor")
def cadre(cadre_id: int) -> ResponseReturnValue:
    """Show a cadre: status, certificate, transfers, bank account."""
    who = actor()
    found = queries.get_cadre(cadre_id, actor=who)
    account = queries.find_account(found.id)
    move = MoveForm(
        branch_id=found.branch_id, host_body_id=found.host_body_id or 0, npwp_valid=found.npwp_valid
    )
    move.offer(*choices())
    return render_template(
        "people/cadre.html",
        cadre=found,
        branch=queries.get_branch(found.branch_id),
        acts=possible_acts("cadre", found.status) if who.role in {"supervisor", "admin"} else (),
        account=account,
        account_verified=queries.is_verified(account),
        shared=queries.count_cadres_with_account(account) if account else 0,
        may_verify=account is not None
        and account.verified_by is None
        and who.role in {"supervisor", "finance", "admin"}
        and account.entered_by != who.user_id,
        may_enter=who.role in {"finance", "admin"},
        may_reveal=[number for number, roles in services.MAY_REVEAL.items() if who.role in roles],
        terms=queries.list_terms_with_names(found.id),
        numbers=queries.masks_of(found.id),
        certify=CertifyForm(certified_on=found.certified_on),
        move=move,
        months=_months(),
        may_move=who.role == "admin",
    )


def back_to(cadre_id: int) -> ResponseReturnValue:
    """Return to the page of a cadre."""
    return redirect(url_for("people.cadre", cadre_id=cadre_id))
