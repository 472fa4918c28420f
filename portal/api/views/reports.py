"""Handing in a report: once, however often it is sent."""

import uuid

from portal import clock
from portal.activities.services.submit import Receipt, submit_report
from portal.api.document import describe
from portal.api.forms.reading import device_of, read_report, refused_report
from portal.api.forms.reports import ReceiptAnswer, ReportBody
from portal.api.forms.shapes import Problem
from portal.api.views.blueprint import bp
from portal.cadres.queries.terms import today_for
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.signups.queries import list_by_activity
from portal.web.access import actor, allow


@bp.put("/activities/<uuid:ref>")
@allow("cadre", program="report")
@describe("reports", answers={200: ReceiptAnswer, 201: ReceiptAnswer, 409: Problem})
def put_activity(ref: uuid.UUID, json: ReportBody) -> tuple[ReceiptAnswer, int]:
    """Hand in a report with its sign-ups: 201 if it is new, 200 with the same receipt if it is stored already.

    Other content under the same number is a conflict (409), unless it corrects the returned version that it names.
    """
    who, at = actor(), clock.now()
    report = read_report(str(ref), json, today=today_for(who.cadre_id or 0, at), at=at)
    try:
        with transaction():
            receipt = submit_report(report=report, by=Signature(who, at), device=device_of(json))
    except RuleBroken as broken:
        raise refused_report(broken, json) from None
    return _receipt(receipt, corrects=report.corrects), 200 if receipt.repeated else 201


def _receipt(receipt: Receipt, *, corrects: int | None) -> ReceiptAnswer:
    """Write the receipt: what was received, not what became of it, so that it is the same at each repetition."""
    return ReceiptAnswer(
        ref=receipt.ref,
        status="submitted",
        version=(corrects or 0) + 1,
        received_at=receipt.received_at,
        activity_id=receipt.activity_id,
        number=str(receipt.activity_id),
        signups=[row.ref for row in list_by_activity(receipt.ref) if row.reject_code != "removed_by_cadre"],
    )
