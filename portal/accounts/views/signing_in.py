"""Pages to sign in and out, and to set a password."""

import secrets
from threading import BoundedSemaphore

from flask import abort, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from portal import clock
from portal.accounts.forms import ChangePasswordForm, LoginForm, ResetPasswordForm
from portal.accounts.queries.users import get_user
from portal.accounts.services import signing_in as signing_in_services
from portal.accounts.services.passwords import password_fits
from portal.accounts.services.signing_in import sign_in, sign_out
from portal.accounts.services.throttle import (
    TooManyTries,
    begin_attempt,
    begin_own_attempt,
    count_wrong_code,
)
from portal.accounts.views.blueprint import bp
from portal.accounts.views.devices import read_device, remember_device
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.passwords import MAX_LENGTH
from portal.web.access import actor, allow_everyone_signed_in, public, signature
from portal.web.addresses import own_path
from portal.web.problems import asked_by_program, of_rule

_pausing = BoundedSemaphore(2)


def _device() -> dict[str, str]:
    """Return what a session row stores about the device."""
    return {"address": request.remote_addr or "", "device": request.user_agent.string}


def _begin(token: str, *, remembered: bool) -> None:
    """Start a new cookie for a new session: only language and theme are carried over.

    It ends with the browser unless the person wants to be remembered here.
    """
    kept = {name: session[name] for name in ("locale", "theme") if name in session}
    session.clear()
    session.update(kept)
    session.permanent = remembered
    session["_user_id"], session["_fresh"] = token, True
    # From the start, so that pages asked for at the same moment do not each make one: the last would win.
    session["csrf_token"] = secrets.token_hex(20)
    g.pop("_login_user", None)  # makes Flask-Login load the person again


def _refuse_endless(*passwords: str | None) -> None:
    """Refuse an overlong text before it costs a hash."""
    if any(len(password or "") > MAX_LENGTH for password in passwords):
        abort(413)


@bp.app_errorhandler(TooManyTries)
def ask_to_wait(problem: TooManyTries) -> ResponseReturnValue:
    """Say how long to wait."""
    if asked_by_program():
        return of_rule(problem, 429, wait=problem.seconds)
    answer = make_response(render_template("accounts/too_many.html", minutes=problem.values["minutes"]), 429)
    answer.headers["Retry-After"] = str(problem.seconds)
    return answer


def _pause(seconds: float) -> None:
    """Delay a stranger while passwords are being tried everywhere, but never with more than a few threads at once."""
    if seconds and _pausing.acquire(blocking=False):
        try:
            clock.pause(seconds)
        finally:
            _pausing.release()


@bp.route("/login", methods=["GET", "POST"])
@public("who is not signed in signs in here")
def login() -> ResponseReturnValue:
    """Sign in by phone number or e-mail address and password."""
    form = LoginForm()
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(own_path(request.args.get("next")))
        form.next.data = own_path(request.args.get("next"))
        return render_template("accounts/login.html", form=form, ended=g.get("ended") is not None)
    _refuse_endless(form.password.data)
    if not form.validate():
        return render_template("accounts/login.html", form=form), 400
    now = clock.now()
    with transaction():
        attempt = begin_attempt(
            identifier=form.identifier.data or "",
            address=request.remote_addr or "",
            at=now,
            device=read_device(),
        )
        user_id, stored = (attempt.user.id if attempt.user else 0), attempt.password_hash
    # Outside any transaction: the delay and the hash take time, and nobody else should wait for them.
    _pause(attempt.delay)
    if not password_fits(form.password.data or "", stored):
        form.password.errors = [_("Nomor atau kata sandi belum cocok. Periksa lagi, lalu coba sekali lagi.")]
        return render_template("accounts/login.html", form=form), 401
    remembered = bool(form.remember.data)
    with transaction():
        token = sign_in(user_id=user_id, attempt_id=attempt.id, at=now, remembered=remembered, **_device())
    _begin(token, remembered=remembered)
    return remember_device(make_response(redirect(own_path(form.next.data))), user_id=user_id, at=now)


@bp.post("/logout")
@allow_everyone_signed_in(first_password=True)
def logout() -> ResponseReturnValue:
    """Sign out on this device."""
    with transaction():
        sign_out(by=signature())
    logout_user()
    session.clear()
    return redirect(url_for("accounts.login"))


@bp.route("/password/change", methods=["GET", "POST"])
@allow_everyone_signed_in(first_password=True)
def change_password() -> ResponseReturnValue:
    """Change one's password; the first password has to be changed before anything else."""
    form = ChangePasswordForm()
    if request.method == "POST":
        _refuse_endless(form.present.data, form.password.data)
    if form.validate_on_submit():
        user = get_user(actor().user_id)
        now = clock.now()
        with transaction():
            attempt = begin_own_attempt(user_id=actor().user_id, at=now)
        if not password_fits(form.present.data or "", user.password_hash):
            form.present.errors = [_("Kata sandi sekarang belum cocok. Coba ketik lagi.")]
        elif form.present.data == form.password.data:
            form.password.errors = [_("Kata sandi baru sama dengan yang lama. Pilih yang lain.")]
        else:
            remembered, user_id = bool(session.permanent), user.id
            with form.refusals_at("password"), transaction():
                token = signing_in_services.change_password(
                    password=form.password.data or "",
                    attempt_id=attempt.id,
                    by=Signature(actor(), now),
                    remembered=remembered,
                    **_device(),
                )
            if not form.refused:
                _begin(token, remembered=remembered)
                flash(_("Kata sandi sudah diganti. Perangkat lain sudah dikeluarkan."))
                return remember_device(make_response(redirect("/")), user_id=user_id, at=now)
    status = 400 if form.errors else 200
    return render_template("accounts/change_password.html", form=form), status


@bp.route("/password/reset", methods=["GET", "POST"])
@public("who forgot the password has a code from the office and no session")
def reset_password() -> ResponseReturnValue:
    """Set a new password with the one-time code that an admin made."""
    form = ResetPasswordForm()
    if request.method == "POST":
        _refuse_endless(form.password.data)
    if form.validate_on_submit():
        now = clock.now()
        with form.refusals_at("code"), form.refusals_at("password", "password."), transaction():
            user_id = signing_in_services.reset_password(
                identifier=form.identifier.data or "",
                code=form.code.data or "",
                password=form.password.data or "",
                at=now,
            ).id
        if not form.refused:
            flash(_("Kata sandi baru tersimpan. Silakan masuk."))
            return remember_device(
                make_response(redirect(url_for("accounts.login"))), user_id=user_id, at=now
            )
        if form.code.errors:
            with transaction():
                count_wrong_code(address=request.remote_addr or "", at=now)
    status = 400 if form.errors else 200
    return render_template("accounts/reset_password.html", form=form), status
