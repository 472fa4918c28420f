"""A supervisor's decisions: on one report, or on a batch of unflagged ones."""

from collections import Counter
from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.activities.forms import DecisionForm, PickForm
from portal.activities.services.decide import (
    Decision,
    approve_activities,
    approve_activity,
    reject_activity,
    return_activity,
    withdraw_activity,
)
from portal.activities.views.blueprint import bp
from portal.activities.views.review import show_report
from portal.database.transaction import transaction
from portal.texts.labels import refusal
from portal.texts.marker import N_
from portal.web.access import allow, signature
from portal.web.addresses import row_number

ALREADY = N_("Laporan ini sudah diputus sebelumnya.")


def _back() -> ResponseReturnValue:
    """Return to the page of the queue from which the decision was made."""
    after = request.args.get("after", type=row_number)
    return redirect(url_for("activities.review", show=request.args.get("show") or None, after=after))


@bp.post("/activities/<int:activity_id>/approve")
@allow("supervisor")
def approve(activity_id: int) -> ResponseReturnValue:
    """Approve a report."""
    form = DecisionForm()
    with transaction():
        decision = approve_activity(activity_id=activity_id, by=signature(), version=form.seen())
    if decision.already:
        flash(_("Laporan ini sudah disetujui sebelumnya."))
    elif decision.points:
        flash(_("Laporan disetujui: %(points)s poin.", points=decision.points))
    else:
        flash(_("Laporan disetujui tanpa poin: tiga laporan hari itu sudah mendapat poin."))
    return _back()


def _decline(
    act: str, service: Callable[..., Decision], activity_id: int, done: str, already: str
) -> ResponseReturnValue:
    """Return, reject or withdraw; a form without its reason comes back with what was typed."""
    form = DecisionForm()
    if not form.is_complete(act):
        return show_report(activity_id, failed=act, form=form), 422
    with transaction():
        decision = service(
            activity_id=activity_id,
            code=form.code.data or "",
            reason=form.reason.data or "",
            by=signature(),
            version=form.seen(),
        )
    flash(already if decision.already else done)
    if act == "withdraw":
        return redirect(url_for("activities.show", activity_id=activity_id))
    return _back()


@bp.post("/activities/<int:activity_id>/return")
@allow("supervisor")
def return_(activity_id: int) -> ResponseReturnValue:
    """Send a report back for correction."""
    done, already = _("Laporan dikembalikan. Kader membaca alasannya."), _(ALREADY)
    return _decline("return", return_activity, activity_id, done, already)


@bp.post("/activities/<int:activity_id>/reject")
@allow("supervisor")
def reject(activity_id: int) -> ResponseReturnValue:
    """Reject a report."""
    done, already = _("Laporan ditolak. Kader membaca alasannya."), _(ALREADY)
    return _decline("reject", reject_activity, activity_id, done, already)


@bp.post("/activities/<int:activity_id>/withdraw")
@allow("supervisor")
def withdraw(activity_id: int) -> ResponseReturnValue:
    """Withdraw an approval."""
    done = _("Persetujuan dicabut. Poinnya ditarik kembali.")
    already = _("Persetujuan ini sudah dicabut sebelumnya.")
    return _decline("withdraw", withdraw_activity, activity_id, done, already)


@bp.post("/activities/approve-many")
@allow("supervisor")
def approve_many() -> ResponseReturnValue:
    """Approve the chosen unflagged reports; what could not be approved is listed with its reason."""
    with transaction():
        answers = approve_activities(picked=PickForm().picked(), by=signature())
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


def _list_refused(refused: list[Decision]) -> None:
    """Say how many were left out, once for each reason: a long list would push the page away."""
    for code, count in sorted(Counter(answer.code for answer in refused).items()):
        left_out = ngettext("%(num)s laporan tidak disetujui.", "%(num)s laporan tidak disetujui.", count)
        flash(f"{left_out} {refusal(code, {})}", "error")
