"""The shape of who is calling."""

from datetime import datetime

from pydantic import Field

from portal.api.forms.shapes import Answer, Month


class UserAnswer(Answer):
    """The account."""

    id: int
    name: str
    role: str
    scope: str
    locale: str


class CadreAnswer(Answer):
    """The cadre whose account it is; `obstacle` says why they may not report now."""

    id: int
    code: str
    name: str
    status: str
    obstacle: str | None


class BranchAnswer(Answer):
    """A branch."""

    id: int
    code: str
    name: str
    region_code: str | None


class LimitsAnswer(Answer):
    """How much may be sent at once."""

    report_bytes: int
    photo_bytes: int
    photos: int
    signups: int
    photo_hours: int = Field(description="Hours after a report in which its photos may still follow.")


class MeAnswer(Answer):
    """Who is calling, and what a program needs to know before it sends anything."""

    user: UserAnswer
    cadre: CadreAnswer | None
    branch: BranchAnswer | None
    zone: str
    month: Month = Field(description="The present month in that zone.")
    csrf_token: str | None = Field(
        description="For a browser's session: goes with each change as X-CSRF-Token."
    )
    server_time: datetime
    form_version: str
    consent_version: str
    limits: LimitsAnswer
