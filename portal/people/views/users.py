"""Pages of accounts, for admins."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access import actor, allow
from portal.addresses import is_phone
from portal.domain.actors import STAFF
from portal.domain.people import needs_second_admin
from portal.people import queries, services
from portal.people.forms import EmptyForm, ReasonForm, RoleForm, SearchForm, UserForm
from portal.people.queries.users import PAGE
from portal.people.views.blueprint import bp
from portal.people.views.paths import read_key
from portal.transaction import transaction


def _offer(form: RoleForm) -> RoleForm:
    """Fill a form's lists of branches and regional offices."""
    form.offer(
        [(branch.id, f"{branch.code} {branch.name}") for branch in queries.list_branches(actor())],
        [(office.id, office.name) for office in queries.list_regional_offices()],
    )
    return form


def _place(form: RoleForm) -> services.Place:
    return services.Place(
        role=form.role.data or "",
        scope=form.scope.data or "",
        branch_id=form.branch_id.data or None,
        regional_office_id=form.regional_office_id.data or None,
    )


def _asked() -> ResponseReturnValue:
    """Say that a second admin has to confirm it."""
    flash(_("Permintaan tercatat. Admin lain perlu menyetujuinya sebelum ada yang berubah."))
    return redirect(url_for("people.requests"))


@bp.get("/users")
@allow("admin")
def users() -> ResponseReturnValue:
    """List the accounts, found by name, e-mail address or role."""
    role = request.args.get("role", "")
    wanted = queries.UserFilter(
        words=request.args.get("q", "")[:100], role=role if role in (*STAFF, "cadre") else ""
    )
    key = read_key(request.args.get("name"), request.args.get("after"))
    rows = queries.list_users(actor(), wanted, after=key)
    older = ""
    if len(rows) > PAGE:
        last = rows[PAGE - 1][0]
        older = url_for("people.users", q=wanted.words, role=wanted.role, name=last.name, after=last.id)
    return render_template(
        "people/users.html",
        rows=rows[:PAGE],
        wanted=wanted,
        roles=(*STAFF, "cadre"),
        total=queries.count_users(actor(), wanted),
        older=older,
        first=url_for("people.users", q=wanted.words, role=wanted.role) if key else "",
        waiting=queries.count_open_requests(actor()),
    )


@bp.post("/users/find")
@allow("admin")
def find_user() -> ResponseReturnValue:
    """Look for accounts; with a phone number straight to the account, so that no address holds it."""
    form = SearchForm()
    words = (form.q.data or "") if form.validate() else ""
    if not is_phone(words):
        return redirect(
            url_for("people.users", q=words or None, role=request.form.get("role", "")[:20] or None)
        )
    found = queries.find_user_by_phone(words, actor=actor())
    if found is None:
        flash(_("Tidak ada akun yang cocok"), "error")
        return redirect(url_for("people.users"))
    return redirect(url_for("people.user", user_id=found.id))


@bp.route("/users/add", methods=["GET", "POST"])
@allow("admin")
def add_user() -> ResponseReturnValue:
    """Add an account of the staff; its first password is shown once. Finance and admin take a second admin."""
    form = UserForm()
    _offer(form)
    if form.validate_on_submit():
        given: dict[str, Any] = {
            "name": form.name.data or "",
            "email": form.email.data,
            "phone": form.phone.data,
        }
        if needs_second_admin(form.role.data or "", actor_role=actor().role):
            with transaction():
                services.ask_account(**given, place=_place(form), actor=actor(), at=clock.now())
            return _asked()
        with transaction():
            user, password = services.add_user(**given, place=_place(form), actor=actor(), at=clock.now())
        back = url_for("people.user", user_id=user.id)
        return render_template("people/first_password.html", name=user.name, password=password, back=back)
    return render_template("people/add_user.html", form=form), 400 if form.errors else 200


@bp.get("/users/<int:user_id>")
@allow("admin")
def user(user_id: int) -> ResponseReturnValue:
    """Show an account."""
    found = queries.get_user(user_id, actor=actor())
    form = _offer(
        RoleForm(
            role=found.role,
            scope=found.scope,
            branch_id=found.branch_id or 0,
            regional_office_id=found.regional_office_id or 0,
            version=str(found.version),
        ),
    )
    return render_template(
        "people/user.html",
        user=found,
        form=form,
        phone=queries.phone_mask(user_id),
        cadre=queries.find_cadre_by_user(user_id),
        devices=queries.list_sessions(user_id, at=clock.now()),
        own=user_id == actor().user_id,
        two_admins=needs_second_admin(found.role, actor_role=actor().role),
    )


@bp.post("/users/<int:user_id>/assign-role")
@allow("admin")
def assign_role(user_id: int) -> ResponseReturnValue:
    """Give an account another role or scope; to finance or admin a second admin has to confirm it."""
    queries.get_user(user_id, actor=actor())
    form = _offer(RoleForm())
    if not form.validate():
        flash(_("Pilih peran dan wilayah kerja dari daftar."), "error")
        return redirect(url_for("people.user", user_id=user_id))
    seen = form.version.data or ""
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    given: dict[str, Any] = {"user_id": user_id, "place": _place(form), "actor": actor(), "at": clock.now()}
    if needs_second_admin(form.role.data or "", actor_role=actor().role):
        with transaction():
            services.ask_role(**given, version_seen=version)
        return _asked()
    with transaction():
        services.assign_role(**given, version_seen=version)
    flash(_("Peran sudah diganti dan berlaku mulai sekarang. Orangnya perlu masuk lagi."))
    return redirect(url_for("people.user", user_id=user_id))


@bp.post("/users/<int:user_id>/disable")
@allow("admin")
def disable_user(user_id: int) -> ResponseReturnValue:
    """Shut an account."""
    queries.get_user(user_id, actor=actor())
    form = ReasonForm()
    if not form.validate():
        flash(_("Tulis alasannya, paling sedikit 3 huruf."), "error")
        return redirect(url_for("people.user", user_id=user_id))
    with transaction():
        services.disable_user(user_id=user_id, reason=form.reason.data or "", actor=actor(), at=clock.now())
    flash(_("Akun ditutup. Semua perangkatnya sudah dikeluarkan."))
    return redirect(url_for("people.user", user_id=user_id))


@bp.post("/users/<int:user_id>/enable")
@allow("admin")
def enable_user(user_id: int) -> ResponseReturnValue:
    """Open a shut account again."""
    EmptyForm()
    with transaction():
        services.enable_user(user_id=user_id, actor=actor(), at=clock.now())
    flash(_("Akun dibuka lagi."))
    return redirect(url_for("people.user", user_id=user_id))


@bp.post("/users/<int:user_id>/reset")
@allow("admin")
def reset_user(user_id: int) -> ResponseReturnValue:
    """Start a reset: a one-time code, shown once, with which the person sets a new password."""
    EmptyForm()
    found = queries.get_user(user_id, actor=actor())
    if needs_second_admin(found.role, actor_role=actor().role):
        with transaction():
            services.ask_reset(user_id=user_id, actor=actor(), at=clock.now())
        return _asked()
    with transaction():
        code = services.start_reset(user_id=user_id, actor=actor(), at=clock.now())
    found = queries.get_user(user_id, actor=actor())
    back = url_for("people.user", user_id=user_id)
    return render_template("people/reset_code.html", name=found.name, code=code, back=back)
