"""The auditor's page: computes everything again and shows what differs."""

from flask import Blueprint, render_template, request

from portal import clock
from portal.database.transaction import long_act
from portal.verification.queries import CHECKS, list_findings
from portal.verification.queries.findings import see_one_moment
from portal.web.access import allow

bp = Blueprint("verification", __name__)


@bp.get("/verify")
@allow("auditor", "admin")
@long_act
def verify() -> str:
    """Show the checks; with ?run=1 run them, which changes nothing."""
    if request.args.get("run") != "1":
        return render_template("verification/verify.html", checks=CHECKS, findings=None)
    see_one_moment()
    findings = list_findings()
    return render_template("verification/verify.html", checks=CHECKS, findings=findings, at=clock.now())
