"""Reads of frozen statements, their lines and the evidence for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.incentives.models import HostAmount, LineEvidence, PlanVersion, Statement, StatementLine
from portal.incentives.queries.newcomers import FIRST, fee_pack, is_first_contribution
from portal.membership.models import Contribution
from portal.organisation.models import Branch, HostBody
from portal.organisation.queries import in_scope
from portal.points.models import LedgerEntry
from portal.recognition.models import BadgeAward
from portal.signups.models import SignUp

PAGE = 50


@dataclass(frozen=True)
class StatementRow:
    """A statement in a list of the office, with the cadre's present name."""

    id: int
    cadre_code: str
    cadre_name: str
    branch_code: str
    plan_code: str | None
    gross: int
    tax: int
    net: int
    payable: int
    carried_out: int


@dataclass(frozen=True)
class MonthTotals:
    """The totals of a month's statements in an actor's scope, in rupiah."""

    cadres: int
    gross: int
    tax: int
    net: int
    payable: int
    host_amount: int


@dataclass(frozen=True)
class HostTotal:
    """One host body's total for one earned month over a month's statements in scope, in rupiah."""

    host_code: str
    name: str | None
    original_month: str
    cadres: int
    base: int
    amount: int


@dataclass(frozen=True)
class Evidence:
    """One thing a line was computed from: a sign-up, contribution month or ledger entry; names come from the cadre."""

    kind: str
    name: str
    mask: str
    day: date | None
    code: str
    amount: int | None
    number: int | None
    withdrawn: str | None = None


def find_statement(cadre_id: int, month: str) -> Statement | None:
    """Return a cadre's statement of a month, or None."""
    query = select(Statement).where(Statement.cadre_id == cadre_id, Statement.month == month)
    return db.session.execute(query).scalar_one_or_none()


def _in_sight(who: Actor, month: str, *columns: Any) -> Select[Any]:
    """Select from the statements of a month whose branch is in the actor's scope."""
    return (
        select(*columns)
        .select_from(Statement)
        .join(Branch, Branch.code == Statement.branch_code)
        .where(Statement.month == month, in_scope(who, Branch.id))
    )


def get_statement(who: Actor, month: str, cadre_code: str) -> Statement:
    """Return the statement of a cadre in the actor's scope; NotFound for any other."""
    found: Statement | None = db.session.execute(
        _in_sight(who, month, Statement).where(Statement.cadre_code == cadre_code),
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("incentives.no_statement", {"month": month})
    return found


def list_statements(who: Actor, month: str, *, after: str = "", limit: int = PAGE) -> list[StatementRow]:
    """List the statements of a month in scope by cadre code, after a given code."""
    query = (
        _in_sight(
            who,
            month,
            Statement.id,
            Statement.cadre_code,
            Cadre.name,
            Statement.branch_code,
            Statement.plan_code,
            Statement.gross,
            Statement.tax,
            Statement.net,
            Statement.payable,
            Statement.carried_out,
        )
        .join(Cadre, Cadre.id == Statement.cadre_id)
        .order_by(Statement.cadre_code)
        .limit(limit)
    )
    if after:
        query = query.where(Statement.cadre_code > after)
    return [StatementRow(*row) for row in db.session.execute(query)]


def total_statements(who: Actor, month: str) -> MonthTotals:
    """Add up the statements of a month in scope."""
    sums = (Statement.gross, Statement.tax, Statement.net, Statement.payable, Statement.host_amount)
    row = db.session.execute(
        _in_sight(
            who,
            month,
            func.count(),
            *(cast(func.coalesce(func.sum(column), 0), BigInteger) for column in sums),
        ),
    ).one()
    return MonthTotals(*row)


def total_hosts(who: Actor, month: str) -> list[HostTotal]:
    """Add up the host amounts of a month in scope, per host body and earned month."""
    row, same = (
        HostAmount,
        (HostAmount.cadre_id == Statement.cadre_id) & (HostAmount.month == Statement.month),
    )
    sums = (cast(func.sum(column), BigInteger) for column in (row.base, row.amount))
    keys = (row.host_code, HostBody.name, row.original_month)
    query = (
        _in_sight(who, month, *keys, func.count(), *sums)
        .join(row, same)
        .outerjoin(HostBody, HostBody.code == row.host_code)
        .group_by(*keys)
        .order_by(row.host_code, row.original_month)
    )
    return [HostTotal(*found) for found in db.session.execute(query)]


def name_codes(row: Statement) -> dict[str, str]:
    """Return the present names of a statement's branch, host body and plan; a code without one is its own name."""
    version = (PlanVersion.code == row.plan_code) & (PlanVersion.version == row.plan_version)
    queries = {
        "branch": select(Branch.name).where(Branch.code == row.branch_code),
        "host": select(HostBody.name).where(HostBody.code == row.host_code),
        "plan": select(PlanVersion.document).where(version),
    }
    found = db.session.execute(
        select(*(query.scalar_subquery().label(name) for name, query in queries.items()))
    ).one()
    return {
        "branch": found.branch or row.branch_code,
        "host": found.host or row.host_code or "",
        "plan": found.plan["name"] if found.plan else row.plan_code or "",
    }


def list_lines(statement_id: int) -> list[StatementLine]:
    """List a statement's lines in order."""
    query = select(StatementLine).where(StatementLine.statement_id == statement_id)
    return list(db.session.execute(query.order_by(StatementLine.line_no)).scalars())


def list_host_amounts(cadre_id: int, month: str) -> list[Any]:
    """List what was posted for a cadre's host body in a month: original_month, code, name, base, amount."""
    return list(
        db.session.execute(
            select(
                HostAmount.original_month,
                HostAmount.host_code,
                HostBody.name,
                HostAmount.base,
                HostAmount.amount,
            )
            .outerjoin(HostBody, HostBody.code == HostAmount.host_code)
            .where(HostAmount.cadre_id == cadre_id, HostAmount.month == month)
            .order_by(HostAmount.original_month),
        ).all(),
    )


def count_evidence(line_ids: Collection[int]) -> dict[int, int]:
    """Count the evidence of some lines."""
    rows = db.session.execute(
        select(LineEvidence.line_id, func.count())
        .where(LineEvidence.line_id.in_(line_ids))
        .group_by(LineEvidence.line_id),
    )
    return {row[0]: row[1] for row in rows}


def list_evidence(line_id: int, *, limit: int = 500) -> list[Evidence]:
    """List the evidence of a line: sign-ups, then contribution months, then ledger entries, then badges."""
    kinds = (_signups, _contributions, _entries, _badges)
    return [each for kind in kinds for each in kind(line_id, limit)]


def _evidence_rows(kind: str, line_id: int, limit: int, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(LineEvidence)
        .where(LineEvidence.line_id == line_id, LineEvidence.kind == kind)
        .limit(limit)
    )


def _signups(line_id: int, limit: int) -> list[Evidence]:
    columns = (SignUp.name, SignUp.nik_mask, SignUp.earned_on, fee_pack().label("pack"), SignUp.withdrawn)
    query = _evidence_rows("signup", line_id, limit, *columns).join(SignUp, SignUp.id == LineEvidence.ref_id)
    query = query.outerjoin(FIRST, is_first_contribution())
    return [
        Evidence("signup", row.name, row.nik_mask, row.earned_on, row.pack or "", None, None, row.withdrawn)
        for row in db.session.execute(query.order_by(SignUp.earned_on, SignUp.id))
    ]


def _contributions(line_id: int, limit: int) -> list[Evidence]:
    columns = (
        SignUp.name,
        SignUp.nik_mask,
        Contribution.paid_on,
        Contribution.blth,
        Contribution.amount,
        Contribution.number,
    )
    query = (
        _evidence_rows("contribution", line_id, limit, *columns)
        .join(Contribution, Contribution.id == LineEvidence.ref_id)
        .outerjoin(SignUp, SignUp.id == Contribution.signup_id)
    )
    return [
        Evidence(
            "contribution", row.name or "", row.nik_mask or "", row.paid_on, row.blth, row.amount, row.number
        )
        for row in db.session.execute(query.order_by(Contribution.paid_on, Contribution.id))
    ]


def _entries(line_id: int, limit: int) -> list[Evidence]:
    columns = (LedgerEntry.kind, LedgerEntry.source, LedgerEntry.earned_on, LedgerEntry.points)
    query = _evidence_rows("entry", line_id, limit, *columns).join(
        LedgerEntry, LedgerEntry.id == LineEvidence.ref_id
    )
    return [
        Evidence("entry", row.kind, "", row.earned_on, row.source, None, row.points)
        for row in db.session.execute(query.order_by(LedgerEntry.earned_on, LedgerEntry.id))
    ]


def _badges(line_id: int, limit: int) -> list[Evidence]:
    columns = (BadgeAward.code, BadgeAward.awarded_on, BadgeAward.taken_back_at)
    query = _evidence_rows("badge", line_id, limit, *columns).join(
        BadgeAward, BadgeAward.id == LineEvidence.ref_id
    )
    return [
        Evidence("badge", row.code, "", row.awarded_on, row.code, None, None, row.taken_back_at and "fraud")
        for row in db.session.execute(query.order_by(BadgeAward.id))
    ]
