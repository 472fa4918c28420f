"""The decisions of a supervisor: one report, or a batch of clean ones."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.access import actor, allow
from portal.activities.forms import DecisionForm
from portal.activities.services import (
    Decided,
    Decision,
    approve_activity,
    approve_batch,
    reject_activity,
    return_activity,
    withdraw_activity,
)
from portal.activities.views.blueprint import bp
from portal.transaction import transaction
from portal.wording import refusal

LISTED = 8


def _back() -> ResponseReturnValue:
    return redirect(url_for("activities.review", show=request.args.get("show") or None))


@bp.post("/activities/<int:activity_id>/approve")
@allow("supervisor")
def approve(activity_id: int) -> ResponseReturnValue:
    """Approve a report."""
    form = DecisionForm()
    with transaction():
        decision = approve_activity(
            activity_id=activity_id, actor=actor(), at=clock.now(), version=form.seen()
        )
    if decision.already:
        flash(_("Laporan ini sudah disetujui sebelumnya."))
    elif decision.points:
        flash(_("Laporan disetujui: %(points)s poin.", points=decision.points))
    else:
        flash(_("Laporan disetujui tanpa poin: tiga laporan hari itu sudah mendapat poin."))
    return _back()


def _said(decision: Decision, text: str) -> ResponseReturnValue:
    """Say what became of a report."""
    flash(_("Laporan ini sudah diputus sebelumnya.") if decision.already else text)
    return _back()


@bp.post("/activities/<int:activity_id>/return")
@allow("supervisor")
def return_(activity_id: int) -> ResponseReturnValue:
    """Send a report back for correction."""
    form = DecisionForm()
    with transaction():
        decision = return_activity(
            activity_id=activity_id,
            code=form.code.data or "",
            reason=form.reason.data or "",
            actor=actor(),
            at=clock.now(),
            version=form.seen(),
        )
    return _said(decision, _("Laporan dikembalikan. Kader membaca alasannya."))


@bp.post("/activities/<int:activity_id>/reject")
@allow("supervisor")
def reject(activity_id: int) -> ResponseReturnValue:
    """Reject a report."""
    form = DecisionForm()
    with transaction():
        decision = reject_activity(
            activity_id=activity_id,
            code=form.code.data or "",
            reason=form.reason.data or "",
            actor=actor(),
            at=clock.now(),
            version=form.seen(),
        )
    return _said(decision, _("Laporan ditolak. Kader membaca alasannya."))


@bp.post("/activities/<int:activity_id>/withdraw")
@allow("supervisor")
def withdraw(activity_id: int) -> ResponseReturnValue:
    """Take an approval back."""
    form = DecisionForm()
    with transaction():
        decision = withdraw_activity(
            activity_id=activity_id,
            code=form.code.data or "",
            reason=form.reason.data or "",
            actor=actor(),
            at=clock.now(),
            version=form.seen(),
        )
    flash(
        _("Persetujuan ini sudah dicabut sebelumnya.")
        if decision.already
        else _("Persetujuan dicabut. Poinnya ditarik kembali.")
    )
    return redirect(url_for("activities.show", activity_id=activity_id))


def _picked() -> list[tuple[int, int]]:
    """Read the checkboxes: id and version seen; anything else is left out."""
    pairs = [value.partition(":") for value in request.form.getlist("pick")]
    return [
        (int(key), int(version))
        for key, _colon, version in pairs
        if key.isascii()
        and key.isdigit()
        and version.isascii()
        and version.isdigit()
        and len(key + version) < 19
    ]


@bp.post("/activities/approve_batch")
@allow("supervisor")
def approve_many() -> ResponseReturnValue:
    """Approve the chosen clean reports; what could not be approved is listed with its reason."""
    with transaction():
        answers = approve_batch(picked=_picked(), actor=actor(), at=clock.now())
    done = [answer for answer in answers if not answer.code]
    if not answers:
        flash(_("Belum ada laporan yang dipilih. Centang dulu laporannya."), "error")
    if done:
        points = sum(answer.points for answer in done)
        flash(
            ngettext(
                "%(num)s laporan disetujui, %(points)s poin.",
                "%(num)s laporan disetujui, %(points)s poin.",
                len(done),
                points=points,
            )
        )
    _list_refused([answer for answer in answers if answer.code])
    return _back()


def _list_refused(refused: list[Decided]) -> None:
    """Name those that were left out, with the reason."""
    for answer in refused[:LISTED]:
        reason = refusal(answer.code, {})
        flash(_("Laporan %(id)s tidak disetujui: %(reason)s", id=answer.activity_id, reason=reason), "error")
    if len(refused) > LISTED:
        flash(_("dan %(n)s laporan lain.", n=len(refused) - LISTED), "error")
