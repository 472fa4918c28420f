"""A cadre's own participants: who is protected, who needs a reminder, what became of each sign-up."""

from urllib.parse import quote

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.membership.queries.own import (
    PAGE,
    STATES,
    count_participants,
    find_newest_as_of,
    list_own_signups,
    list_participants,
)
from portal.membership.views.blueprint import bp
from portal.texts.formats import bulan
from portal.web.access import actor, allow
from portal.web.addresses import month_asked, row_number


def _reminder(phone: str, name: str, month: str | None) -> str:
    """Return the address that opens WhatsApp with a reminder, ready to send."""
    paid = bulan(month) if month else "–"
    text = _(
        "Halo %(name)s, iuran BPJS Ketenagakerjaan Anda terakhir untuk %(month)s. "
        "Bayar bulan ini supaya tetap terlindungi. Perlu bantuan? Balas pesan ini.",
        name=name,
        month=paid,
    )
    return f"https://wa.me/{phone.removeprefix('+')}?text={quote(text)}"


@bp.get("/participants")
@allow("cadre")
def participants() -> ResponseReturnValue:
    """Show the cadre's participants of one status, and their sign-ups that are not participants yet."""
    cadre_id = actor().cadre_id or 0
    counts = count_participants(cadre_id)
    status = request.args.get("status", "")
    if status not in STATES:
        status = next((state for state in STATES if counts[state]), "active")
    after = request.args.get("after", 0, type=row_number)
    month = month_asked("month")
    people = list_participants(cadre_id, status=status, after=after)
    rows = [
        (one, _reminder(one.phone, one.name, one.last_paid_month) if one.phone else None)
        for one in people[:PAGE]
    ]
    return render_template(
        "membership/participants.html",
        counts=counts,
        status=status,
        rows=rows,
        older=people[PAGE - 1].id if len(people) > PAGE else None,
        after=after,
        month=month,
        signups=list_own_signups(cadre_id, month=month),
        as_of=find_newest_as_of(),
    )
