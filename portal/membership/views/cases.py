"""One sign-up at a time: work lists, the case with its candidates, and the decisions on it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.database.transaction import transaction
from portal.domain.errors import RuleBroken
from portal.membership.forms import MatchForm, ReasonForm, RejectForm, RevealForm, VersionForm, WithdrawForm
from portal.membership.queries.workbench import (
    GROUPS,
    PAGE,
    count_groups,
    get_case,
    list_candidates_of,
    list_group,
    list_history_of,
)
from portal.membership.services.deciding import match_by_hand, validate_match, withdraw_validation
from portal.membership.services.history import keep_history, link_history_by_hand
from portal.membership.views.blueprint import bp
from portal.signups.services import report as report_services
from portal.signups.services.decide import reject_signup, unmatch_signup
from portal.web.access import actor, allow, may_open, signature
from portal.web.addresses import row_number

READERS = ("validator", "admin", "auditor")
DECIDERS = ("validator", "admin")


@bp.get("/extracts/signups")
@allow(*READERS)
def signups_list() -> ResponseReturnValue:
    """List sign-ups by what has to be done with them."""
    group = request.args.get("group", "")
    group = group if group in GROUPS else "held"
    after = request.args.get("after", 0, type=row_number)
    rows = list_group(actor(), group=group, after=after)
    return render_template(
        "membership/signups.html",
        group=group,
        groups=count_groups(actor()),
        rows=rows[:PAGE],
        older=rows[PAGE - 1].SignUp.id if len(rows) > PAGE else None,
        after=after,
    )


def _case(signup_id: int, *, nik: str | None = None) -> str:
    signup, cadre, branch = get_case(signup_id, actor=actor())
    open_case = signup.status in {"reported", "matched", "expired"}
    return render_template(
        "membership/case.html",
        signup=signup,
        cadre=cadre,
        branch=branch,
        candidates=list_candidates_of(signup),
        history=list_history_of(signup),
        open_case=open_case,
        decides=may_open("membership.match"),
        nik=nik,
        reject=RejectForm(),
        withdraw=WithdrawForm(),
        reveal=RevealForm(),
    )


@bp.get("/extracts/signups/<int:signup_id>")
@allow(*READERS)
def case(signup_id: int) -> ResponseReturnValue:
    """Show a sign-up beside the participants it may be."""
    return _case(signup_id)


def _back(signup_id: int) -> ResponseReturnValue:
    return redirect(url_for("membership.case", signup_id=signup_id))


@bp.post("/extracts/signups/<int:signup_id>/validate")
@allow(*DECIDERS)
def validate(signup_id: int) -> ResponseReturnValue:
    """Confirm one match."""
    form = VersionForm()
    if not form.validate():
        raise RuleBroken("signups.changed_meanwhile")
    with transaction():
        validate_match(signup_id=signup_id, by=signature(), version=form.version.data)
    flash(_("Pendaftaran disahkan."))
    return _back(signup_id)


def _decide(
    form: ReasonForm,
    service: Callable[..., bool | None],
    said: str,
    signup_id: int,
    *,
    if_true: str = "",
    **values: object,
) -> ResponseReturnValue:
    """Call a service that decides on a sign-up with the form's reason; `values` are its other arguments.

    `if_true` is the message if the service returns True.
    """
    if form.validate():
        with transaction():
            answer = service(
                signup_id=signup_id,
                reason=form.reason.data or "",
                by=signature(),
                version=form.version.data,
                **values,
            )
        flash(if_true if answer and if_true else said)
    else:
        flash(_("Tulis alasannya dulu; kader membacanya."), "error")
    return _back(signup_id)


@bp.post("/extracts/signups/<int:signup_id>/match")
@allow(*DECIDERS)
def match(signup_id: int) -> ResponseReturnValue:
    """Choose the participant of a sign-up by hand."""
    form = MatchForm()
    said = _("Cocok. Disahkan begitu ada iuran yang dibayar.")
    return _decide(
        form,
        match_by_hand,
        said,
        signup_id,
        if_true=_("Cocok dan disahkan."),
        participant_id=form.participant_id.data or 0,
    )


@bp.post("/extracts/signups/<int:signup_id>/unmatch")
@allow(*DECIDERS)
def unmatch(signup_id: int) -> ResponseReturnValue:
    """Record that a match is not this worker."""
    form = ReasonForm()
    said = _("Kecocokan dibatalkan. Pendaftaran menunggu keputusan petugas.")
    return _decide(form, unmatch_signup, said, signup_id)


@bp.post("/extracts/signups/<int:signup_id>/reject")
@allow(*DECIDERS)
def reject(signup_id: int) -> ResponseReturnValue:
    """Reject an open sign-up with a reason."""
    form = RejectForm()
    said = _("Pendaftaran ditolak. Kader melihat alasannya.")
    return _decide(form, reject_signup, said, signup_id, code=form.code.data)


@bp.post("/extracts/signups/<int:signup_id>/link")
@allow(*DECIDERS)
def link(signup_id: int) -> ResponseReturnValue:
    """Choose the participant of an imported sign-up."""
    form = MatchForm()
    said = _("Tersimpan. Iurannya dihitung untuk pendaftaran ini.")
    return _decide(form, link_history_by_hand, said, signup_id, participant_id=form.participant_id.data or 0)


@bp.post("/extracts/signups/<int:signup_id>/keep")
@allow(*DECIDERS)
def keep(signup_id: int) -> ResponseReturnValue:
    """Keep an imported sign-up although the extract contradicts it."""
    form = ReasonForm()
    said = _("Pendaftaran riwayat tetap berlaku.")
    return _decide(form, keep_history, said, signup_id)


@bp.post("/extracts/signups/<int:signup_id>/withdraw")
@allow(*DECIDERS)
def withdraw(signup_id: int) -> ResponseReturnValue:
    """Withdraw a validated sign-up: wrong match or fraud."""
    form = WithdrawForm()
    said = _("Pengesahan dibatalkan. Poin dan iurannya tidak lagi dihitung.")
    return _decide(form, withdraw_validation, said, signup_id, kind=form.kind.data)


@bp.post("/extracts/signups/<int:signup_id>/reveal-nik")
@allow(*DECIDERS)
def reveal_nik(signup_id: int) -> ResponseReturnValue:
    """Show the full NIK once, for a stated purpose."""
    get_case(signup_id, actor=actor())
    form = RevealForm()
    if not form.validate():
        flash(_("Tulis untuk apa NIK lengkap diperlukan."), "error")
        return _back(signup_id)
    with transaction():
        nik = report_services.reveal_nik(signup_id=signup_id, purpose=form.purpose.data or "", by=signature())
    return _case(signup_id, nik=nik)
