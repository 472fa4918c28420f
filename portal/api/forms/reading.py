"""From a sent body to a report: read by the pages' own forms, so that both refuse the same in the same words."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from portal.activities.forms import PeopleForm, PlaceForm, TypeForm
from portal.api.forms.reports import ReportBody, SignUpBody
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.names import clean_text
from portal.domain.reports import Device, Report, ReportedSignUp, is_form_taken
from portal.signups.forms import WorkerForm
from portal.texts.labels import Sentence, refusal
from portal.texts.signups import CONSENT_VERSION
from portal.web.problems import FieldError, Refused

FIRST_CONSENT: Final = datetime(2020, 1, 1, tzinfo=UTC)
CONSENT_VERSIONS: Final = frozenset({CONSENT_VERSION})
BUSY_SECONDS: Final = 5
_CONFLICTS: Final = frozenset({"activities.conflict", "activities.already_sent"})
_BUSY: Final = frozenset({"activities.busy", "signups.busy"})
# The field that a refusal of the rulebook is about; of a sign-up's field the part within it.
_FIELDS: Final = {
    "activities.in_future": "held_on",
    "activities.before_programme": "held_on",
    "activities.attendance": "attendance",
    "activities.unknown_type": "type",
    "place.unknown_village": "village_code",
    "signups.not_removable": "removed",
}
_FIELDS_OF_SIGNUPS: Final = {
    "signups.own_nik": "nik",
    "signups.already_yours": "nik",
    "signups.own_phone": "phone",
    "signups.birth_date": "birth_date",
    "signups.consent_missing": "consent_version",
    "signups.name_missing": "name",
    "nik": "nik",
    "phone": "phone",
    "pack": "programmes",
}


def read_report(ref: str, body: ReportBody, *, today: date, at: datetime) -> Report:
    """Make the report of a body; Refused with an error for each field that does not fit."""
    forms = _forms_of(body, today=today)
    workers = [WorkerForm.of(_typed_worker(each), today=today) for each in body.signups]
    errors = [error for form in forms.values() for error in errors_of(form)]
    for number, (worker, sent) in enumerate(zip(workers, body.signups, strict=True)):
        errors += errors_of(worker, f"signups/{number}/", renamed={"consent": "consent_version"})
        errors += _errors_of_consent(sent, f"signups/{number}/", at=at)
    errors += [*_errors_of_refs(body), *_errors_of_form(body, today=today)]
    if errors:
        raise Refused(422, RuleBroken("api.fields"), errors=errors)
    place, people = forms["place"].data, forms["people"].data
    return Report(
        ref=ref,
        type=forms["type"].data["type"],
        held_on=place["held_on"],
        village_code=place["village_code"],
        place=clean_text(place["place"], limit=120),
        attendance=int(people["attendance"]),
        notes=clean_text(people["notes"] or "", limit=2000, lines=True) or None,
        signups=tuple(
            _signup(worker, sent, held_on=place["held_on"], at=at)
            for worker, sent in zip(workers, body.signups, strict=True)
        ),
        removed=tuple(sorted(body.removed)),
        corrects=body.corrects,
    )


def device_of(body: ReportBody) -> Device | None:
    """Return what the phone says of itself."""
    if body.device is None:
        return None
    said = body.device
    seconds = None if said.seconds_spent is None else int(said.seconds_spent)
    return Device(int((said.clock_offset_ms or 0) / 60_000), seconds)


def _forms_of(body: ReportBody, *, today: date) -> dict[str, Any]:
    said = body.model_dump(include={"type", "held_on", "village_code", "place", "attendance", "notes"})
    typed = {name: str(value) for name, value in said.items() if value is not None}
    return {
        "type": TypeForm.of(typed),
        "place": PlaceForm.of(typed, today=today),
        "people": PeopleForm.of(typed),
    }


def _typed_worker(sent: SignUpBody) -> dict[str, Any]:
    """Return a sign-up as the page's form would send it: consent is given by its version and its instant."""
    return sent.model_dump() | {"consent": "y" if sent.consent_version and sent.consent_at else ""}


def errors_of(form: Any, prefix: str = "", *, renamed: Mapping[str, str] | None = None) -> list[FieldError]:
    """List what a form finds, the first finding of each field."""
    if form.validate():
        return []
    names = dict(renamed or {})
    return [
        _error(f"{prefix}{names.get(name, name)}", errors[0])
        for name, errors in form.errors.items()
        if errors
    ]


def _error(field: str, text: Any) -> FieldError:
    code = text.code if isinstance(text, Sentence) else "field.form"
    return FieldError(field, code, str(text))


def _said(field: str, code: str) -> FieldError:
    return FieldError(field, code, refusal(code, {}))


def _errors_of_consent(sent: SignUpBody, prefix: str, *, at: datetime) -> Iterator[FieldError]:
    """Find a text that nobody was shown, and an instant that cannot be; a fast clock is no fault."""
    if sent.consent_version and sent.consent_version not in CONSENT_VERSIONS:
        yield _said(f"{prefix}consent_version", "report.consent_unknown")
    if sent.consent_at is not None and not FIRST_CONSENT.year <= sent.consent_at.year <= at.year + 1:
        yield _said(f"{prefix}consent_at", "field.form")


def _errors_of_refs(body: ReportBody) -> Iterator[FieldError]:
    refs = [each.ref for each in body.signups]
    for number, ref in enumerate(refs):
        if ref in refs[:number]:
            yield _said(f"signups/{number}/ref", "field.twice")


def _errors_of_form(body: ReportBody, *, today: date) -> Iterator[FieldError]:
    version = body.device.form if body.device is not None else None
    if version is not None and not is_form_taken(version, today):
        yield _said("device/form", "report.form_too_old")


def _signup(worker: WorkerForm, sent: SignUpBody, *, held_on: date, at: datetime) -> ReportedSignUp:
    assert sent.consent_at is not None  # noqa: S101 - without it the form has refused
    return ReportedSignUp(
        ref=sent.ref,
        name=worker.name.data or "",
        nik=worker.nik.data or "",
        birth_date=worker.birth_date.data,
        programmes=worker.programmes.data,
        reported_on=held_on,
        phone=(worker.phone.data or "").strip() or None,
        occupation=(worker.occupation.data or "").strip() or None,
        consent_version=sent.consent_version,
        consent_at=min(sent.consent_at, at),
    )


def refused_report(broken: RuleBroken, body: ReportBody) -> Refused:
    """Say to a program what the rulebook refuses: a conflict, who may not report, or the field at fault."""
    if broken.code in _CONFLICTS:
        return Refused(409, broken)
    if broken.code in _BUSY:
        return Refused(503, broken, wait=BUSY_SECONDS)
    if isinstance(broken, NotAllowed) or broken.code.startswith("cadre."):
        return Refused(403, broken)
    field = _field_of(broken, body)
    error = FieldError(field, broken.code, refusal(broken.code, broken.values))
    return Refused(422, broken, errors=[error] if field else [])


def _field_of(broken: RuleBroken, body: ReportBody) -> str:
    refs = [each.ref for each in body.signups]
    ref = broken.values.get("signup")
    if ref not in refs:
        return _FIELDS.get(broken.code, "")
    kind = broken.code.partition(".")[0]
    part = _FIELDS_OF_SIGNUPS.get(broken.code) or _FIELDS_OF_SIGNUPS.get(kind, "ref")
    return f"signups/{refs.index(str(ref))}/{part}"
