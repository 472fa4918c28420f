"""What all bodies and answers have in common: strict types, no unknown fields, problem documents."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from portal.domain.months import MONTH_PATTERN

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
Ref = Annotated[str, Field(pattern=UUID, json_schema_extra={"format": "uuid"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Month = Annotated[str, Field(pattern=f"^{MONTH_PATTERN}$", examples=["2026-11"])]


class Body(BaseModel):
    """What a program sends: a number is no text, and a field that nobody knows is refused."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Answer(BaseModel):
    """What a program gets: instants in UTC, dates and months as local ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldProblem(Answer):
    """What is wrong with a field."""

    field: str = Field(description="The way to it through the body, for example signups/0/nik.")
    code: str
    detail: str


class Problem(Answer):
    """A problem document (RFC 9457) in the reader's language; `code` is what a program goes by."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem]
