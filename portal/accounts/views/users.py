"""Pages of accounts, for admins."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.forms import ReasonForm, RoleForm, UserForm, UserSearchForm
from portal.accounts.queries.requests import count_open_requests
from portal.accounts.queries.users import (
    PAGE,
    UserFilter,
    count_users,
    find_user_by_phone,
    get_user,
    list_users,
)
from portal.accounts.services import users as users_services
from portal.accounts.services.requests import Done, add_or_ask, assign_or_ask, reset_or_ask
from portal.accounts.services.users import NewPerson, RoleAssignment
from portal.accounts.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.actors import STAFF
from portal.organisation.queries import list_branches, list_regional_offices
from portal.web.access import actor, allow, signature
from portal.web.addresses import is_phone, read_key


def offer_places(form: RoleForm) -> RoleForm:
    """Fill a form's lists of branches and regional offices."""
    form.offer(
        [(branch.id, f"{branch.code} {branch.name}") for branch in list_branches(actor())],
        [(office.id, office.name) for office in list_regional_offices()],
    )
    return form


def _assignment(form: RoleForm) -> RoleAssignment:
    return RoleAssignment(
        role=form.role.data or "",
        scope=form.scope.data or "",
        branch_id=form.branch_id.data or None,
        regional_office_id=form.regional_office_id.data or None,
    )


def _asked() -> ResponseReturnValue:
    """Say that a second admin has to confirm it."""
    flash(_("Permintaan tercatat. Admin lain perlu menyetujuinya sebelum ada yang berubah."))
    return redirect(url_for("accounts.requests"))


@bp.get("/users")
@allow("admin")
def users() -> ResponseReturnValue:
    """List the accounts, found by name, e-mail address or role."""
    role = request.args.get("role", "")
    wanted = UserFilter(words=request.args.get("q", "")[:100], role=role if role in (*STAFF, "cadre") else "")
    key = read_key(request.args.get("name"), request.args.get("after"))
    rows = list_users(actor(), wanted, after=key)
    older = ""
    if len(rows) > PAGE:
        last = rows[PAGE - 1][0]
        older = url_for("accounts.users", q=wanted.words, role=wanted.role, name=last.name, after=last.id)
    return render_template(
        "accounts/users.html",
        rows=rows[:PAGE],
        wanted=wanted,
        roles=(*STAFF, "cadre"),
        total=count_users(actor(), wanted),
        older=older,
        first=url_for("accounts.users", q=wanted.words, role=wanted.role) if key else "",
        waiting=count_open_requests(actor()),
    )


@bp.post("/users/find")
@allow("admin")
def find_user() -> ResponseReturnValue:
    """Search for accounts; a phone number leads straight to its account, so that no address contains it."""
    form = UserSearchForm()
    words = (form.q.data or "") if form.validate() else ""
    if not is_phone(words):
        return redirect(url_for("accounts.users", q=words or None, **form.kept()))
    found = find_user_by_phone(words, actor=actor())
    if found is None:
        flash(_("Tidak ada akun yang cocok"), "error")
        return redirect(url_for("accounts.users"))
    return redirect(url_for("cadres.user", user_id=found.id))


@bp.route("/users/add", methods=["GET", "POST"])
@allow("admin")
def add_user() -> ResponseReturnValue:
    """Add a staff account; its first password is shown once. Finance and admin take a second admin."""
    form = UserForm()
    offer_places(form)
    if form.validate_on_submit():
        with transaction():
            done = add_or_ask(
                person=NewPerson(form.name.data or "", form.email.data, form.phone.data),
                assignment=_assignment(form),
                by=signature(),
            )
        if not isinstance(done, Done):
            return _asked()
        return render_template(
            "accounts/first_password.html",
            name=done.user.name,
            password=done.secret,
            back=url_for("cadres.user", user_id=done.user.id),
        )
    return render_template("accounts/add_user.html", form=form), 400 if form.errors else 200


@bp.post("/users/<int:user_id>/assign-role")
@allow("admin")
def assign_role(user_id: int) -> ResponseReturnValue:
    """Give an account another role or scope; for finance or admin a second admin has to confirm it."""
    get_user(user_id, actor=actor())
    form = offer_places(RoleForm())
    if not form.validate():
        flash(_("Pilih peran dan wilayah kerja dari daftar."), "error")
        return redirect(url_for("cadres.user", user_id=user_id))
    with transaction():
        done = assign_or_ask(
            user_id=user_id, assignment=_assignment(form), by=signature(), version_seen=form.seen()
        )
    if not isinstance(done, Done):
        return _asked()
    flash(_("Peran sudah diganti dan berlaku mulai sekarang. Orangnya perlu masuk lagi."))
    return redirect(url_for("cadres.user", user_id=user_id))


@bp.post("/users/<int:user_id>/disable")
@allow("admin")
def disable_user(user_id: int) -> ResponseReturnValue:
    """Disable an account."""
    get_user(user_id, actor=actor())
    form = ReasonForm()
    if not form.validate():
        flash(_("Tulis alasannya, paling sedikit 3 huruf."), "error")
        return redirect(url_for("cadres.user", user_id=user_id))
    with transaction():
        users_services.disable_user(user_id=user_id, reason=form.reason.data or "", by=signature())
    flash(_("Akun ditutup. Semua perangkatnya sudah dikeluarkan."))
    return redirect(url_for("cadres.user", user_id=user_id))


@bp.post("/users/<int:user_id>/enable")
@allow("admin")
def enable_user(user_id: int) -> ResponseReturnValue:
    """Enable a disabled account again."""
    with transaction():
        users_services.enable_user(user_id=user_id, by=signature())
    flash(_("Akun dibuka lagi."))
    return redirect(url_for("cadres.user", user_id=user_id))


@bp.post("/users/<int:user_id>/reset")
@allow("admin")
def reset_user(user_id: int) -> ResponseReturnValue:
    """Make a one-time code, shown once, with which the person sets a new password."""
    with transaction():
        done = reset_or_ask(user_id=user_id, by=signature())
    if not isinstance(done, Done):
        return _asked()
    back = url_for("cadres.user", user_id=user_id)
    return render_template("accounts/reset_code.html", name=done.user.name, code=done.secret, back=back)
