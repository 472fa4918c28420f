"""When a session ends or a page grows old in the middle of a form: sign in, come back, send it."""

from contextlib import closing
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit

from flask import Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.exceptions import Unauthorized

from portal import clock, storage
from portal.accounts.forms import LoginForm
from portal.accounts.services.keeping import (
    MAX_FILE_BYTES,
    KeptFile,
    SentForm,
    drop_form,
    find_kept,
    keep_form,
)
from portal.accounts.views.blueprint import bp
from portal.database.transaction import transaction
from portal.texts.labels import refusal
from portal.web.access import actor, allow_everyone_signed_in
from portal.web.addresses import own_path
from portal.web.errors import handle_http
from portal.web.problems import problem_document
from portal.web.typed import Typed, from_own_page, typed, wants_json

FIELD: Final = "kept"


def page_before() -> str:
    """Return the path of the page of ours that the form was on; "/" if the browser does not say."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return "/"
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def _keep(form: Typed, user_id: int) -> str:
    """Keep a form for the person whose session it was, and return the token that finds it."""
    files, lost = [], []
    for field, file in request.files.items(multi=True):
        with closing(file):
            data = file.read(MAX_FILE_BYTES + 1)
        if file.filename and len(data) <= MAX_FILE_BYTES:
            files.append(KeptFile(field, file.filename, file.mimetype, data))
        elif file.filename:
            lost.append((field, file.filename))
    fields = [(name, value) for name, value in form.fields if name != FIELD]
    sent = SentForm(form.action, page_before(), fields, files, lost)
    with transaction():
        token, old = keep_form(sent, user_id=user_id, at=clock.now())
    for name in old:
        storage.delete(name)
    return token


@bp.app_errorhandler(Unauthorized)
def ask_to_sign_in(problem: Unauthorized) -> ResponseReturnValue:
    """Show the sign-in page to a person who sent a form without a session; what they typed is kept for them."""
    if wants_json():
        return problem_document(401, "signed_out", refusal("api.signed_out", {}))
    del problem
    ended: int | None = g.get("ended")
    form = typed()
    login = LoginForm(formdata=None)
    login.next.data = page_before()
    kept = form is not None and ended is not None
    if form is not None and ended is not None:
        login.next.data = url_for("accounts.resume", token=_keep(form, ended))
    return render_template("accounts/login.html", form=login, ended=True, kept=kept), 401


@bp.app_errorhandler(CSRFError)
def ask_again(problem: CSRFError) -> ResponseReturnValue:
    """Keep what was typed on an outdated page of ours; a form from another site is dropped."""
    form = typed() if from_own_page() else None
    if form is None or wants_json():
        return _say_stale() if wants_json() else handle_http(problem)
    if not current_user.is_authenticated and g.get("ended") is not None:
        return ask_to_sign_in(Unauthorized())
    name = actor().name if current_user.is_authenticated else ""
    return render_template("errors/stale.html", typed=form, name=name), 400


def _say_stale() -> Response:
    return problem_document(400, "stale_page", refusal("api.stale_page", {}))


@bp.get("/resume/<token>")
@allow_everyone_signed_in()
def resume(token: str) -> ResponseReturnValue:
    """Show what was typed before the session ended, to the person who typed it: only a click sends it."""
    kept = find_kept(token=token, user_id=actor().user_id, at=clock.now())
    if kept is None:
        return render_template("accounts/not_kept.html"), 404
    form = Typed(kept.action, kept.fields, kept.lost)
    return render_template("accounts/resume.html", kept=kept, form=form, token=token)


@bp.before_app_request
def bring_back_files() -> None:
    """Put the kept files into a form that is sent again, as if they had just been chosen."""
    if request.method != "POST" or FIELD not in request.form:
        return
    fields = MultiDict(request.form.items(multi=True))
    token = fields.pop(FIELD)
    request.form = ImmutableMultiDict(fields.items(multi=True))
    if not current_user.is_authenticated:
        return
    kept = find_kept(token=token, user_id=actor().user_id, at=clock.now())
    if kept is None or urlsplit(kept.action).path != request.path:
        return
    files: MultiDict[str, FileStorage] = MultiDict(request.files.items(multi=True))
    for one in kept.open_files():
        files.add(one.field, _as_chosen(one))
    request.files = ImmutableMultiDict(files.items(multi=True))
    g.resumed = kept.id


def _as_chosen(file: KeptFile) -> FileStorage:
    return FileStorage(BytesIO(file.data), file.name, file.field, file.mimetype, len(file.data))


@bp.after_app_request
def forget_form(response: Response) -> Response:
    """Delete a kept form once it was taken."""
    kept_id = g.pop("resumed", None)
    if kept_id is not None and response.status_code < 400:
        with transaction():
            files = drop_form(kept_id=kept_id)
        for name in files:
            storage.delete(name)
    return response
