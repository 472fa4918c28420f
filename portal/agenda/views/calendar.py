"""A cadre's events for the calendar of a phone, behind an address that only its owner knows."""

from datetime import timedelta

from flask import Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from portal import clock
from portal.agenda.forms import PressForm
from portal.agenda.queries.calendars import find_owner
from portal.agenda.queries.events import Listed, list_branch_events
from portal.agenda.services.calendars import make_calendar as make
from portal.agenda.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.errors import NotFound
from portal.texts.icalendar import Entry, write_calendar
from portal.texts.labels import label
from portal.web.access import allow, public, signature
from portal.web.addresses import absolute

BACK, AHEAD = timedelta(days=30), timedelta(days=180)
_LONGEST = 120  # characters of a token


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="agenda calendar")


def address_of(cadre_id: int, version: int) -> str:
    """Return the address of a cadre's calendar."""
    token = _signer().dumps([cadre_id, version])
    return absolute(url_for("agenda.calendar", token=token))


def _read(token: str) -> tuple[int, int]:
    """Read whose calendar an address names, and which version of it."""
    try:
        cadre_id, version = _signer().loads(token[:_LONGEST])
        return int(cadre_id), int(version)
    except (BadSignature, TypeError, ValueError):
        raise NotFound("agenda.no_calendar") from None


@bp.get("/<token>.ics")
@public(
    "a phone's calendar cannot sign in; the address is signed, can be ended, and shows events of a branch only"
)
def calendar(token: str) -> ResponseReturnValue:
    """Send the branch's published events and the cadre's own of the last 30 and the next 180 days."""
    owner, now = find_owner(*_read(token)), clock.now()
    if owner is None:
        raise NotFound("agenda.no_calendar")
    listed = list_branch_events(owner.branch_id, owner.cadre_id, since=now - BACK, until=now + AHEAD)
    with force_locale("id"):
        text = write_calendar(f"Agenda {owner.branch}", map(_entry, listed))
    answer = Response(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="agenda.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _entry(listed: Listed) -> Entry:
    event = listed.event
    own = [_("Anda ikut.")] if listed.mine else []
    return Entry(
        uid=f"event-{event.id}@portal-kader",
        sequence=event.version,
        changed_at=event.changed_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        title=event.title,
        place=event.place,
        text="\n".join([label("activity_type", event.type), *own, event.notes or ""]).strip(),
        url=absolute(url_for("agenda.event", event_id=event.id)),
        cancelled=event.status == "cancelled",
    )


@bp.post("/make-calendar")
@allow("cadre")
def make_calendar() -> ResponseReturnValue:
    """Make the address of one's calendar; a new one ends the earlier."""
    if PressForm().validate():
        with transaction():
            make(by=signature())
        flash(_("Alamat kalender Anda sudah dibuat. Alamat yang lama, bila ada, tidak berlaku lagi."))
    return redirect(url_for("agenda.own", _anchor="calendar"))
