"""The workers who signed up, and submitting the report."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.activities.services import drafts as drafts_services
from portal.activities.services.submit import submit_report
from portal.activities.views.blueprint import bp
from portal.activities.views.drafting import (
    MAX_SIGNUPS,
    STEPS,
    DraftView,
    leave_if_sent,
    masked,
    open_draft,
    refuse_other_fields,
    report_of,
)
from portal.activities.views.steps import keep, render
from portal.database.transaction import transaction
from portal.signups.forms import TYPED, WorkerForm
from portal.texts.signups import CONSENT_TEXT, CONSENT_VERSION
from portal.web.access import allow, signature

FIELDS = (*TYPED, "consent", "worker", "act")


@bp.get("/report/<uuid:ref>/signups")
@allow("cadre")
def workers(ref: uuid.UUID) -> ResponseReturnValue:
    """Show the workers typed so far and an empty form, or the one chosen for editing."""
    drafted = open_draft(str(ref))
    chosen = next((each for each in drafted.signups if each["ref"] == request.args.get("worker")), None)
    pending = drafted.body.get("pending") or {}
    form = WorkerForm.of(chosen or pending, today=drafted.today)
    return show(drafted, form, worker=chosen["ref"] if chosen else "")


def show(drafted: DraftView, form: WorkerForm, *, worker: str, status: int = 200) -> ResponseReturnValue:
    """Render the step of the workers."""
    page = render_template(
        "activities/step_signups.html",
        drafted=drafted,
        form=form,
        worker=worker,
        consent_text=CONSENT_TEXT,
        masked=[masked(each) for each in drafted.signups],
        step=STEPS.index("signups") + 1,
        steps=len(STEPS),
    )
    return page, status


@bp.post("/report/<uuid:ref>/signups/save")
@allow("cadre")
def save_worker(ref: uuid.UUID) -> ResponseReturnValue:
    """Keep a worker as typed; a complete one joins the list."""
    refuse_other_fields(FIELDS)
    drafted = open_draft(str(ref))
    form = WorkerForm.of(request.form.to_dict(), today=drafted.today)
    worker, on = request.form.get("worker", ""), request.form.get("act") == "next"
    if form.is_blank and on:
        drafted.body["pending"] = {}
        keep(drafted)
        return redirect(url_for("activities.step", ref=ref, name="check"))
    valid = form.validate()
    if valid and (worker or len(drafted.signups) < MAX_SIGNUPS):
        _put_worker(drafted, form, worker=worker)
    else:
        drafted.body["pending"] = form.typed() if not worker else {}
    kept = keep(drafted)
    if not valid or not kept:
        return show(drafted, form, worker=worker, status=422)
    if on:
        return redirect(url_for("activities.step", ref=ref, name="check"))
    return redirect(url_for("activities.workers", ref=ref))


def _put_worker(drafted: DraftView, form: WorkerForm, *, worker: str) -> None:
    """Put a complete worker into the list, replacing the one that was opened."""
    now = clock.now().isoformat()
    said = form.typed() | {"consent_at": now, "consent_version": CONSENT_VERSION}
    for place, each in enumerate(drafted.signups):
        if each["ref"] == worker:
            drafted.signups[place] = {"ref": worker} | said
            return
    drafted.signups.append({"ref": str(uuid.uuid4())} | said)
    drafted.body["pending"] = {}


@bp.post("/report/<uuid:ref>/signups/<worker>/remove")
@allow("cadre")
def remove_worker(ref: uuid.UUID, worker: str) -> ResponseReturnValue:
    """Remove a worker from the list; a recorded one is taken back when the correction is submitted."""
    leave_if_sent(str(ref))
    with transaction():
        drafts_services.remove_worker(ref=str(ref), worker=worker, by=signature())
    return redirect(url_for("activities.workers", ref=ref))


@bp.post("/report/<uuid:ref>/submit")
@allow("cadre")
def submit(ref: uuid.UUID) -> ResponseReturnValue:
    """Submit the report; pressing twice submits once."""
    refuse_other_fields(())
    drafted = open_draft(str(ref), once_sent=url_for("activities.sent", ref=ref))
    report, problems = report_of(drafted, at=clock.now())
    if report is None:
        return render(drafted, "check", report=None, problems=problems, status=422)
    with transaction():
        submit_report(report=report, by=signature())
    return redirect(url_for("activities.sent", ref=ref))
