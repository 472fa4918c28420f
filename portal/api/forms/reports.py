"""The shapes of a report, of its photos, and of their receipts."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, ConfigDict, Field

from portal.api.forms.shapes import Answer, Body, Day, Ref
from portal.domain.points import ACTIVITY_TYPES, PACKS

MAX_SIGNUPS = 50
MOST = 2**31 - 1

EXAMPLE: dict[str, Any] = {
    "type": "market_visit",
    "held_on": "2026-11-20",
    "village_code": "1671071005",
    "place": "Pasar 10 Ulu",
    "attendance": 24,
    "notes": None,
    "signups": [
        {
            "ref": "7b1c8f4e-52c1-4c8f-9a53-0d6f2f9f6a11",
            "name": "Siti Aminah",
            "nik": "1671074507850001",
            "birth_date": "1985-07-05",
            "phone": "081277441903",
            "occupation": "Pedagang",
            "programmes": "JKK,JKM",
            "consent_version": "2026-11",
            "consent_at": "2026-11-20T03:10:00Z",
        }
    ],
}


class SignUpBody(Body):
    """A worker who signed up, as typed. Empty fields are answered like empty fields of the page's form."""

    ref: Ref = Field(description="Made by the client, for ever the same for this worker.")
    name: str | None = None
    nik: str | None = Field(None, description="16 digits, as a text.")
    birth_date: Day | None = None
    phone: str | None = None
    occupation: str | None = None
    programmes: str | None = Field(None, description=" or ".join(PACKS))
    consent_version: str | None = Field(
        None, description="The version of the text that the worker agreed to."
    )
    consent_at: AwareDatetime | None = None


class DeviceBody(Body):
    """What the phone says of itself: no part of the report, so that it may differ when the report is sent again."""

    clock_offset_ms: float | None = Field(
        None, allow_inf_nan=False, ge=-1e15, le=1e15, description="Server's clock minus phone's."
    )
    saved_at: AwareDatetime | None = None
    seconds_spent: float | None = Field(None, allow_inf_nan=False, ge=0, le=1e9)
    form: str | None = Field(None, description="The version of the form on which it was written.")


class ReportBody(Body):
    """An activity with its sign-ups. The same body again gives the same receipt."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    type: str | None = Field(None, description=", ".join(ACTIVITY_TYPES))
    held_on: Day | None = Field(None, description="A local date, not in the future.")
    village_code: str | None = Field(None, description="10 digits of the Kemendagri list.")
    place: str | None = None
    attendance: int | None = Field(None, ge=-MOST, le=MOST)
    notes: str | None = None
    signups: list[SignUpBody] = Field(default_factory=list, max_length=MAX_SIGNUPS)
    removed: list[Ref] = Field(
        default_factory=list,
        max_length=MAX_SIGNUPS,
        description="Sign-ups of the returned report that this correction takes back.",
    )
    corrects: int | None = Field(None, ge=1, le=MOST, description="The version of the returned report.")
    device: DeviceBody | None = None


class ReceiptAnswer(Answer):
    """What the server has stored: the same at each repetition."""

    ref: str
    status: str = Field(description="As it was received: submitted.")
    version: int
    received_at: datetime
    activity_id: int
    number: str = Field(description="What people call the report by.")
    signups: list[str]


class PhotoAnswer(Answer):
    """A photo as it is stored: the same at each repetition."""

    id: str
    report: str
    sha256: str = Field(description="Of the bytes that were sent.")
    width: int
    height: int
    received_at: datetime
