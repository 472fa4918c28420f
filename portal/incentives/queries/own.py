"""A cadre's own statements, and one of them line by line, in one statement of the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, String, cast, func, select

from portal.database.together import Together, given, instant
from portal.incentives.models import LineEvidence, PlanVersion, Statement, StatementLine
from portal.organisation.models import Branch, HostBody
from portal.points.models import Month

OWN: Final = 24  # the newest statements that are listed


@dataclass(frozen=True)
class ShownStatement:
    """A statement with its lines, the number of things behind each, and the present names of its codes."""

    row: Any
    lines: list[Any]
    evidence: Mapping[int, int]
    names: Mapping[str, str]
    closed_at: datetime | None


@dataclass(frozen=True)
class OwnStatements:
    """A cadre's statements, newest first; the one that is shown, if there is one; and the last closed month."""

    rows: list[Any]
    shown: ShownStatement | None
    last_closed: str | None


_CADRE: Final = given("cadre_id", BigInteger)
_COLUMNS: Final = list(Statement.__table__.columns)
_NEWEST: Final = select(func.max(Statement.month)).where(Statement.cadre_id == _CADRE).scalar_subquery()
_SHOWN: Final = (
    select(*_COLUMNS)
    .where(Statement.cadre_id == _CADRE, Statement.month == func.coalesce(given("month", String), _NEWEST))
    .cte("shown")
)
_EVIDENCE: Final = (
    select(func.count())
    .select_from(LineEvidence)
    .where(LineEvidence.line_id == StatementLine.id)
    .correlate(StatementLine)
    .scalar_subquery()
)
_OWN: Final = Together(
    _SHOWN,
    rows=select(*_COLUMNS).where(Statement.cadre_id == _CADRE).order_by(Statement.month.desc()).limit(OWN),
    shown=select(_SHOWN),
    lines=select(*StatementLine.__table__.columns, _EVIDENCE.label("things"))
    .join(_SHOWN, _SHOWN.c.id == StatementLine.statement_id)
    .order_by(StatementLine.line_no),
    names=select(
        select(Branch.name).where(Branch.code == _SHOWN.c.branch_code).scalar_subquery().label("branch"),
        select(HostBody.name).where(HostBody.code == _SHOWN.c.host_code).scalar_subquery().label("host"),
        select(PlanVersion.document["name"].as_string())
        .where(PlanVersion.code == _SHOWN.c.plan_code, PlanVersion.version == _SHOWN.c.plan_version)
        .scalar_subquery()
        .label("plan"),
        select(Month.closed_at).where(Month.month == _SHOWN.c.month).scalar_subquery().label("closed_at"),
    ).select_from(_SHOWN),
    closed=select(cast(func.max(Month.month), String).label("month")).where(Month.status == "closed"),
)


def read_own(cadre_id: int, month: str | None = None) -> OwnStatements:
    """Read a cadre's statements, and that of a month in full; of the newest if no month is given."""
    found = _OWN.read(cadre_id=cadre_id, month=month)
    shown = _shown(found["shown"][0], found["lines"], found["names"][0]) if found["shown"] else None
    return OwnStatements(found["rows"], shown, found["closed"][0].month)


def _shown(row: Any, lines: list[Any], names: Any) -> ShownStatement:
    return ShownStatement(
        row,
        [line._replace(details=_parsed(line.details)) for line in lines],
        {line.line_no: line.things for line in lines},
        {
            "branch": names.branch or row.branch_code,
            "host": names.host or row.host_code or "",
            "plan": names.plan or row.plan_code or "",
        },
        instant(names.closed_at),
    )


def _parsed(details: Any) -> Any:
    """Return a line's details: SQLite packs JSON within JSON as a text."""
    return json.loads(details) if isinstance(details, str) else details
