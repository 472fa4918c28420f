"""One sign-up after the other: work lists, the case with its candidates, and the decisions on it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access import actor, allow
from portal.addresses import row_number
from portal.membership import queries, services
from portal.membership.forms import (
    MatchForm,
    ReasonForm,
    RejectForm,
    RevealForm,
    VersionForm,
    WithdrawForm,
)
from portal.membership.queries.workbench import PAGE
from portal.membership.views.blueprint import bp
from portal.signups import services as signups
from portal.transaction import transaction

READERS = ("validator", "admin", "auditor")
DECIDERS = ("validator", "admin")


@bp.get("/extracts/signups")
@allow(*READERS)
def signups_list() -> ResponseReturnValue:
    """List sign-ups by what has to be done with them."""
    group = request.args.get("group", "")
    group = group if group in queries.GROUPS else "held"
    after = request.args.get("after", 0, type=row_number)
    rows = queries.list_group(actor(), group=group, after=after)
    return render_template(
        "membership/signups.html",
        group=group,
        groups=queries.count_groups(actor()),
        rows=rows[:PAGE],
        older=rows[PAGE - 1].SignUp.id if len(rows) > PAGE else None,
        after=after,
    )


def _case(signup_id: int, *, nik: str | None = None) -> str:
    signup, cadre, branch = queries.get_case(signup_id, actor=actor())
    open_case = signup.status in {"reported", "matched", "expired"}
    return render_template(
        "membership/case.html",
        signup=signup,
        cadre=cadre,
        branch=branch,
        candidates=queries.list_candidates_of(signup),
        history=queries.list_history_of(signup),
        open_case=open_case,
        decides=actor().role in DECIDERS,
        nik=nik,
        reject=RejectForm(),
        withdraw=WithdrawForm(),
        reveal=RevealForm(),
    )


@bp.get("/extracts/signups/<int:signup_id>")
@allow(*READERS)
def case(signup_id: int) -> ResponseReturnValue:
    """Show a sign-up beside who of the extract it may be."""
    return _case(signup_id)


def _back(signup_id: int) -> ResponseReturnValue:
    return redirect(url_for("membership.case", signup_id=signup_id))


@bp.post("/extracts/signups/<int:signup_id>/validate")
@allow(*DECIDERS)
def validate(signup_id: int) -> ResponseReturnValue:
    """Confirm one match."""
    form = VersionForm()
    with transaction():
        services.validate_match(signup_id=signup_id, actor=actor(), at=clock.now(), version=form.version.data)
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
    """Let a service decide on a sign-up for the reason in the form; `values` are what else it needs.

    `if_true` is said instead where the service answers True.
    """
    if form.validate():
        with transaction():
            answer = service(
                signup_id=signup_id,
                reason=form.reason.data or "",
                actor=actor(),
                at=clock.now(),
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
        services.match_by_hand,
        said,
        signup_id,
        if_true=_("Cocok dan disahkan."),
        participant_id=form.participant_id.data or 0,
    )


@bp.post("/extracts/signups/<int:signup_id>/unmatch")
@allow(*DECIDERS)
def unmatch(signup_id: int) -> ResponseReturnValue:
    """Say that a match is not this worker."""
    form = ReasonForm()
    said = _("Kecocokan dibatalkan. Pendaftaran menunggu keputusan petugas.")
    return _decide(form, signups.unmatch_signup, said, signup_id)


@bp.post("/extracts/signups/<int:signup_id>/reject")
@allow(*DECIDERS)
def reject(signup_id: int) -> ResponseReturnValue:
    """Reject an open sign-up with a reason."""
    form = RejectForm()
    said = _("Pendaftaran ditolak. Kader melihat alasannya.")
    return _decide(form, signups.reject_signup, said, signup_id, code=form.code.data)


@bp.post("/extracts/signups/<int:signup_id>/link")
@allow(*DECIDERS)
def link(signup_id: int) -> ResponseReturnValue:
    """Choose who of the extract an imported sign-up is."""
    form = MatchForm()
    said = _("Tersimpan. Iurannya dihitung untuk pendaftaran ini.")
    return _decide(
        form, services.link_history_by_hand, said, signup_id, participant_id=form.participant_id.data or 0
    )


@bp.post("/extracts/signups/<int:signup_id>/keep")
@allow(*DECIDERS)
def keep(signup_id: int) -> ResponseReturnValue:
    """Let an imported sign-up stand although the extract says otherwise."""
    form = ReasonForm()
    said = _("Pendaftaran riwayat tetap berlaku.")
    return _decide(form, services.keep_history, said, signup_id)


@bp.post("/extracts/signups/<int:signup_id>/withdraw")
@allow(*DECIDERS)
def withdraw(signup_id: int) -> ResponseReturnValue:
    """Withdraw a validated sign-up: wrong match or fraud."""
    form = WithdrawForm()
    said = _("Pengesahan dibatalkan. Poin dan iurannya tidak lagi dihitung.")
    return _decide(form, services.withdraw_validation, said, signup_id, kind=form.kind.data)


@bp.post("/extracts/signups/<int:signup_id>/reveal-nik")
@allow(*DECIDERS)
def reveal_nik(signup_id: int) -> ResponseReturnValue:
    """Show the whole NIK once, for a stated purpose."""
    queries.get_case(signup_id, actor=actor())
    form = RevealForm()
    if not form.validate():
        flash(_("Tulis untuk apa NIK lengkap diperlukan."), "error")
        return _back(signup_id)
    with transaction():
        nik = signups.reveal_nik(
            signup_id=signup_id, purpose=form.purpose.data or "", actor=actor(), at=clock.now()
        )
    return _case(signup_id, nik=nik)
