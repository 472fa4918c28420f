"""Drafts of points rules: written by one admin, approved or refused by another, taken back by the author."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.database.transaction import transaction
from portal.domain.months import CLOSE_ZONE, local_date, month_of, next_month
from portal.domain.points_rules import earliest_month
from portal.organisation.queries import parameter
from portal.points.queries import get_rule_draft, newest_rule, rule_before
from portal.points.services import rules as rules_services
from portal.scoring.forms import DecideForm, RefuseForm, RuleForm
from portal.scoring.views.blueprint import bp
from portal.scoring.views.rules import changes_of, parts_of
from portal.texts.formats import bulan
from portal.web.access import actor, allow, signature
from portal.web.errors import status_of


@bp.route("/rules/draft", methods=["GET", "POST"])
@allow("admin", scope="nation")
def draft_rule() -> ResponseReturnValue:
    """Write the next version of the rules: another admin will decide on it."""
    before = newest_rule()
    if request.method == "GET":
        return _form_page(RuleForm.of(before.document, _earliest(before.valid_from))), 200
    form = RuleForm()
    if not form.validate():
        return _form_page(form), 422
    with form.refusals_at("month", "points_rules."), transaction():
        stored = rules_services.draft_rule(
            ref=form.ref.data or "",
            month=form.month.data or "",
            document=form.document_after(before.document),
            reason=form.reason.data or "",
            by=signature(),
        )
        number = stored.id
    if form.refused is not None:
        return _form_page(form), status_of(form.refused)
    flash(_("Tersimpan. Admin lain menyetujuinya; kader diberi tahu setelah itu."))
    return redirect(url_for("scoring.draft", draft_id=number))


def _earliest(newest: date) -> str:
    """Return the first month for which cadres would know in time, after the newest version has begun."""
    today = local_date(clock.now(), CLOSE_ZONE)
    days = int(parameter("rule_notice_days", month=month_of(today)))
    return max(earliest_month(today, days), next_month(month_of(newest)))


def _form_page(form: RuleForm) -> str:
    before = newest_rule()
    return render_template(
        "scoring/draft_form.html", form=form, before=before, earliest=_earliest(before.valid_from)
    )


@bp.get("/rules/drafts/<int:draft_id>")
@allow("admin", "auditor", scope="nation")
def draft(draft_id: int) -> str:
    """Show a draft: what it changes, who wrote it, what was decided."""
    return show_draft(draft_id, RefuseForm(formdata=None))


def show_draft(draft_id: int, form: RefuseForm) -> str:
    """Render a draft with the form of a refusal."""
    row = get_rule_draft(draft_id)
    before = rule_before(row.valid_from, row.version)
    return render_template(
        "scoring/draft.html",
        row=row,
        before=before,
        changes=changes_of(before.document, row.document),
        parts=parts_of(row.document),
        mine=row.written_by == actor().user_id,
        form=form,
    )


@bp.post("/rules/drafts/<int:draft_id>/approve")
@allow("admin", scope="nation")
def approve_rule(draft_id: int) -> ResponseReturnValue:
    """Approve another admin's draft: it becomes a version, and the cadres are told."""
    if DecideForm().validate():
        with transaction():
            stored = rules_services.approve_rule(draft_id=draft_id, by=signature())
            month = month_of(stored.valid_from)
        flash(_("Disetujui. Berlaku mulai %(month)s; semua kader aktif diberi tahu.", month=bulan(month)))
    return redirect(url_for("scoring.draft", draft_id=draft_id))


@bp.post("/rules/drafts/<int:draft_id>/refuse")
@allow("admin", scope="nation")
def refuse_rule(draft_id: int) -> ResponseReturnValue:
    """Refuse another admin's draft with a reason."""
    form = RefuseForm()
    if not form.validate():
        return show_draft(draft_id, form), 422
    with transaction():
        rules_services.refuse_rule(draft_id=draft_id, reason=form.reason.data or "", by=signature())
    flash(_("Ditolak."))
    return redirect(url_for("scoring.draft", draft_id=draft_id))


@bp.post("/rules/drafts/<int:draft_id>/withdraw")
@allow("admin", scope="nation")
def withdraw_rule(draft_id: int) -> ResponseReturnValue:
    """Take back the own draft."""
    if DecideForm().validate():
        with transaction():
            rules_services.withdraw_rule(draft_id=draft_id, by=signature())
        flash(_("Rancangan ditarik."))
    return redirect(url_for("scoring.draft", draft_id=draft_id))
