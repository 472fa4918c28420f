"""A draft as the pages use it: what was typed, its steps, and the report made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from portal import clock
from portal.activities.forms import PeopleForm, PlaceForm, Step, TypeForm
from portal.activities.queries.drafts import find_draft, list_photos
from portal.activities.queries.reports import find_activity_by_ref
from portal.activities.services.drafts import read_draft
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.queries.terms import today_for
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.months import local_date
from portal.domain.names import clean_text
from portal.domain.nik import check_nik, mask, nik_parts, strip_separators
from portal.domain.reports import Report, ReportedSignUp, Standing, obstacle_to_submit
from portal.organisation.queries import get_branch
from portal.places.queries import district_of_nik, place_line
from portal.signups.forms import WorkerForm
from portal.signups.queries import list_by_activity
from portal.texts.signups import CONSENT_VERSION
from portal.web.access import actor

STEPS = ("type", "place", "people", "photos", "signups", "check")
MAX_SIGNUPS = 50

Body = dict[str, Any]


@dataclass
class DraftView:
    """What a page needs of the report being written."""

    ref: str
    body: Body
    today: date
    stored: bool
    recorded: list[Any] = field(default_factory=list)

    @property
    def corrects(self) -> int | None:
        """Return the version of the returned report that is being corrected."""
        return self.body.get("corrects")

    @property
    def signups(self) -> list[Body]:
        """Return the sign-ups typed so far."""
        found: list[Body] = self.body.setdefault("signups", [])
        return found

    @property
    def removed(self) -> list[str]:
        """Return the refs of recorded sign-ups that the correction takes back."""
        found: list[str] = self.body.setdefault("removed", [])
        return found


def cadre_id() -> int:
    """Return the signed-in cadre; nobody else writes reports."""
    found = actor().cadre_id
    if found is None:
        raise NotFound("activities.no_such")
    return found


def obstacle() -> str | None:
    """Say why the signed-in cadre may not report now: the status or the certificate; None if they may."""
    cadre = get_cadre(cadre_id())
    standing = Standing(cadre.status, cadre.certified_on, cadre.submits_until)
    return obstacle_to_submit(standing, local_date(clock.now(), actor().zone))


def leave_if_sent(ref: str, *, to: str = "") -> None:
    """Redirect if this ref was submitted already: after the Back button, an old tab or a second press.

    A second press of the last button leads where the first one led, `to`; everything else to the report, saying that
    an old page was not stored.
    """
    own = cadre_id()
    activity = find_activity_by_ref(ref)
    if activity is None or (activity.cadre_id == own and find_draft(ref, cadre_id=own) is not None):
        return
    if activity.cadre_id != own:
        raise NotFound("activities.no_such")
    if to:
        abort(redirect(to))
    if request.method == "POST":
        flash(_("Laporan ini sudah terkirim. Isian dari halaman lama tidak disimpan."))
    abort(redirect(url_for("activities.show", activity_id=activity.id)))


def open_draft(ref: str, *, once_sent: str = "") -> DraftView:
    """Return the draft of a ref, or a blank one that is not stored; a submitted one redirects (leave_if_sent)."""
    leave_if_sent(ref, to=once_sent)
    own = cadre_id()
    draft = find_draft(ref, cadre_id=own)
    today = today_for(own, clock.now())
    activity = find_activity_by_ref(ref)
    body = read_draft(draft) if draft is not None else {}
    recorded = (
        [row for row in list_by_activity(ref) if row.reject_code != "removed_by_cadre"] if activity else []
    )
    return DraftView(ref, body, today, draft is not None, recorded)


def form_of(step: str, typed: Body, *, today: date) -> Step:
    """Fill the form of one of the first three steps."""
    if step == "type":
        return TypeForm.of(typed)  # type: ignore[no-any-return] # each class makes itself
    if step == "place":
        return PlaceForm.of(typed, today=today)  # type: ignore[no-any-return] # as above
    return PeopleForm.of(typed)  # type: ignore[no-any-return] # as above


def refuse_other_fields(allowed: Iterable[str], *, many: Iterable[str] = ()) -> None:
    """Answer 400 to a field that no page of ours sends, or that is sent twice."""
    known, repeated = {*allowed, *many, "csrf_token"}, set(many)
    for name in request.form:
        if name not in known or (len(request.form.getlist(name)) > 1 and name not in repeated):
            abort(400)
    if request.args and any(
        sum(letter.isdigit() for letter in value) > 12 for value in request.args.values()
    ):
        abort(400)


def village_region() -> str | None:
    """Return the region in which villages are searched: that of the cadre's branch."""
    branch_id = actor().branch_id
    return get_branch(branch_id).region_code if branch_id is not None else None


def report_of(drafted: DraftView, *, at: datetime) -> tuple[Report | None, list[tuple[str, str]]]:
    """Make the report of a draft; None with the list of (step, what is missing) if it is incomplete."""
    forms = {step: form_of(step, drafted.body, today=drafted.today) for step in STEPS[:3]}
    workers = [WorkerForm.of(typed, today=drafted.today) for typed in drafted.signups]
    problems = _missing_in_steps(forms) + _missing_of_workers(workers)
    if (drafted.body.get("pending") or {}).get("name"):
        problems.append(("signups", ""))
    if problems:
        return None, problems
    place, people = forms["place"].data, forms["people"].data
    held_on = place["held_on"]
    return Report(
        ref=drafted.ref,
        type=forms["type"].data["type"],
        held_on=held_on,
        village_code=place["village_code"],
        place=clean_text(place["place"], limit=120),
        attendance=int(people["attendance"]),
        notes=clean_text(people["notes"] or "", limit=2000, lines=True) or None,
        photos=tuple(photo.id for photo in list_photos(drafted.ref, cadre_id=cadre_id())),
        signups=tuple(
            _reported(worker, typed, held_on=held_on, at=at)
            for worker, typed in zip(workers, drafted.signups, strict=True)
        ),
        removed=tuple(drafted.removed),
        corrects=drafted.corrects,
    ), []


def _missing_in_steps(forms: Mapping[str, Step]) -> list[tuple[str, str]]:
    """List what is missing in the first three steps."""
    return [
        (step, str(error))
        for step, form in forms.items()
        if not form.validate()
        for errors in form.errors.values()
        for error in errors
    ]


def _missing_of_workers(workers: Iterable[WorkerForm]) -> list[tuple[str, str]]:
    """List the first thing that is missing of each worker."""
    return [
        ("signups", str(next(iter(worker.errors.values()))[0])) for worker in workers if not worker.validate()
    ]


def _reported(worker: WorkerForm, typed: Body, *, held_on: date, at: datetime) -> ReportedSignUp:
    """Make the domain's sign-up of a validated form."""
    consented = typed.get("consent_at")
    return ReportedSignUp(
        ref=typed["ref"],
        name=worker.name.data or "",
        nik=worker.nik.data or "",
        birth_date=worker.birth_date.data,
        programmes=worker.programmes.data,
        reported_on=held_on,
        phone=(worker.phone.data or "").strip() or None,
        occupation=(worker.occupation.data or "").strip() or None,
        consent_version=typed.get("consent_version") or CONSENT_VERSION,
        consent_at=datetime.fromisoformat(consented) if consented else at,
    )


def day_of(typed: object) -> date | None:
    """Read a typed day; None if it is malformed."""
    form = PlaceForm.of({"held_on": str(typed or "")}, today=date.max)
    day: date | None = form.held_on.data
    return day


def masked(typed: Body) -> Body:
    """Return what lists show of a typed worker: the NIK's first 4 and last 2 digits, and what the NIK says."""
    nik = strip_separators(str(typed.get("nik") or ""))
    shown = mask(nik, first=4, last=2)
    return {
        "ref": typed["ref"],
        "name": typed["name"],
        "nik": shown,
        "programmes": typed.get("programmes"),
        "parts": _read_back(nik, str(typed.get("birth_date") or "")),
    }


def _read_back(nik: str, birth_date: str) -> Body | None:
    """Say in words what a NIK tells: district, birth date (the typed one or not) and sex; None if malformed."""
    try:
        check_nik(nik, birth_date=None)
    except RuleBroken:
        return None
    parts = nik_parts(nik)
    district = district_of_nik(nik[:6])
    born = parts.birth_date
    typed = birth_date.strip()
    agrees = born is not None and typed in {born.isoformat(), f"{born:%d/%m/%Y}"}
    return {
        "place": place_line(district.code) if district else "",
        "born": born,
        "agrees": agrees,
        "sex": parts.sex,
    }
