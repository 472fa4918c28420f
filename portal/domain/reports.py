"""A report as submitted: the activity with the workers who signed up at it; who may submit one."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime

from portal.domain.errors import RuleBroken

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


def may_submit(*, cadre_state: str, certified: bool) -> bool:
    """Tell whether a cadre may submit: only active and certified ones (rules.md 2)."""
    return cadre_state == "active" and certified


def obstacle_to_submit(*, cadre_state: str, certified: bool) -> str | None:
    """Say why a cadre may not submit: the state, or "uncertified"; None if they may."""
    if may_submit(cadre_state=cadre_state, certified=certified):
        return None
    return cadre_state if cadre_state != "active" else "uncertified"


def check_may_submit(*, cadre_state: str, certified: bool) -> None:
    """Raise RuleBroken "cadre.not_active" (state) or "cadre.not_certified"."""
    if cadre_state != "active":
        raise RuleBroken("cadre.not_active", {"state": cadre_state})
    if not certified:
        raise RuleBroken("cadre.not_certified")
