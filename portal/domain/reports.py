"""A report as submitted: the activity with the workers who signed up at it; who may submit one."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from portal.domain.errors import RuleBroken

# The versions of the form, each with the day on which the next one replaced it; a phone may hold an older one for a
# while, and what was written on it is still taken.
FORM_VERSION = "2026-12"
FORMS_REPLACED: dict[str, date | None] = {FORM_VERSION: None}
FORMS_TAKEN_FOR = timedelta(days=90)

_REF = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class ReportedSignUp:
    """A worker whose sign-up a cadre reports, as typed; `reported_on` is the local date it happened.

    `consent_version` names the text that was agreed to at `consent_at` (rules.md 9.2).
    """

    ref: str
    name: str
    nik: str
    birth_date: date
    programmes: str
    reported_on: date
    phone: str | None = None
    occupation: str | None = None
    kpj: str | None = None
    consent_version: str | None = None
    consent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """An activity with its sign-ups.

    `corrects` is the version of the returned report that this one corrects (None: a new report); `removed` are the
    refs of sign-ups that the correction takes back; `photos` are the ids of its photos.
    """

    ref: str
    type: str
    held_on: date
    village_code: str | None = None
    place: str | None = None
    attendance: int | None = None
    notes: str | None = None
    photos: tuple[str, ...] = ()
    signups: tuple[ReportedSignUp, ...] = ()
    removed: tuple[str, ...] = ()
    corrects: int | None = None

    def canonical(self) -> str:
        """Write everything that was reported as one text: the same request again gives the same text."""
        said = asdict(self)
        for signup in said["signups"]:
            signup.pop("consent_at")  # a repeated request carries another time
        return json.dumps(said, sort_keys=True, default=str)


def check_ref(ref: str) -> str:
    """Return a UUID made by the client in lower case; raise RuleBroken("report.bad_ref") for anything else."""
    lowered = ref.strip().lower()
    if not _REF.fullmatch(lowered):
        raise RuleBroken("report.bad_ref")
    return lowered


@dataclass(frozen=True, slots=True)
class Device:
    """What the phone says of itself: how many minutes its clock is off, how many seconds the form was open.

    It is no part of what was reported: the same report sent again may say something else here.
    """

    clock_minutes: int = 0
    seconds: int | None = None


def is_form_taken(version: str, today: date) -> bool:
    """Tell whether a report that was written on this version of the form is still taken."""
    if version not in FORMS_REPLACED:
        return False
    replaced = FORMS_REPLACED[version]
    return replaced is None or today <= replaced + FORMS_TAKEN_FOR


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a cadre may submit: the state, and the certificate (rules.md 2 and 10.3).

    `certified_on`: its day, None without one. `submits_until`: the last day on which one may submit under it, None if
    none is known.
    """

    state: str
    certified_on: date | None
    submits_until: date | None = None


def obstacle_to_submit(standing: Standing, today: date) -> str | None:
    """Say why a cadre may not submit on a day: the state, "uncertified" or "certificate_over"; None if they may."""
    if standing.state != "active":
        return standing.state
    if standing.certified_on is None:
        return "uncertified"
    over = standing.submits_until is not None and today > standing.submits_until
    return "certificate_over" if over else None


def check_may_submit(standing: Standing, today: date) -> None:
    """Raise RuleBroken "cadre.not_active" (state), "cadre.not_certified" or "cadre.certificate_over" (day)."""
    obstacle = obstacle_to_submit(standing, today)
    if obstacle == "uncertified":
        raise RuleBroken("cadre.not_certified")
    if obstacle == "certificate_over":
        raise RuleBroken("cadre.certificate_over", {"day": standing.submits_until})
    if obstacle is not None:
        raise RuleBroken("cadre.not_active", {"state": obstacle})
