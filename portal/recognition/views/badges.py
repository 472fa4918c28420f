"""All badges of a cadre, and one of them with what it stands on."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.domain.errors import NotFound
from portal.recognition.queries.awards import find_award, list_evidence, list_taken_back
from portal.recognition.views.blueprint import bp
from portal.recognition.views.own import own_progress
from portal.web.access import actor, allow
from portal.web.phone import kept_on_phone


@bp.get("/achievements/badges")
@allow("cadre")
@kept_on_phone
def badges() -> str:
    """Show all badges: earned, taken back, and those to come with condition and distance."""
    progress = own_progress()
    taken = list_taken_back(progress.cadre_id)
    gone = {one.badge.code for one in taken}
    return render_template(
        "recognition/badges.html",
        progress=progress,
        taken_back=taken,
        coming=[one for one in (*progress.nearest, *progress.others) if one.badge.code not in gone],
    )


@bp.get("/achievements/badges/<code>")
@allow("cadre")
def badge(code: str) -> ResponseReturnValue:
    """Show one badge: its condition, how far the cadre is, or the rows that it stands on."""
    award = find_award(actor().cadre_id or 0, code)
    if award is not None:
        rows = list_evidence(actor().cadre_id or 0, award.evidence)
        return render_template("recognition/badge.html", award=award, badge=award.badge, rows=rows)
    progress = own_progress()
    found = [one for one in (*progress.nearest, *progress.others) if one.badge.code == code]
    if not found:
        raise NotFound("recognition.no_such_badge", {"code": code})
    return render_template("recognition/badge.html", award=None, badge=found[0].badge, toward=found[0])
