"""The shapes of statements and months; amounts are whole rupiah."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from portal.api.forms.shapes import Answer, Month


class EvidenceAnswer(Answer):
    """One thing behind a line: sign-up, contribution month, badge or ledger entry; numbers of people are masked."""

    kind: str
    name: str
    mask: str
    day: date | None
    code: str
    amount: int | None
    number: int | None
    withdrawn: str | None


class LineAnswer(Answer):
    """One line of a statement; of an open month without evidence."""

    line_no: int
    component: str
    original_month: Month
    band: str
    base: int | None
    rate: str
    count: int | None
    amount: int
    explanation: str = Field(description="In plain English, as in the export.")
    evidence: list[EvidenceAnswer]


class StatementAnswer(Answer):
    """The caller's own month: frozen if it is closed, else what it would bring as known now."""

    month: Month
    closed: bool
    status: str = Field(description="open, carried, payable, held, in_batch, paid or failed.")
    plan: str | None
    points: int | None
    gross: int
    tax: int
    net: int
    carried_in: int
    carried_out: int | None
    payable: int | None
    lines: list[LineAnswer]


class MonthAnswer(Answer):
    """A month: what keeps an open one from closing, and the digest of a closed one."""

    month: Month
    status: str
    blocker: str | None
    closes_at: datetime
    closed_at: datetime | None
    digest: str | None
    previous_digest: str | None
    summary: dict[str, Any] | None


class MonthsAnswer(Answer):
    """The months, newest first."""

    items: list[MonthAnswer]
    next: str | None
