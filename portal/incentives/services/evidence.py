"""The evidence of each line of a closed month: sign-ups, contributions, ledger entries; set-based."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, insert, literal, or_, select

from portal.database.bulk import batches, fill
from portal.database.extensions import db
from portal.domain.points import PACKS, pack_band
from portal.incentives.computation.computing import MonthContext
from portal.incentives.models import LineEvidence, StatementLine
from portal.incentives.queries.facts import retention_month
from portal.incentives.queries.newcomers import FIRST, earning_signups, fee_pack, is_first_contribution
from portal.incentives.queries.plans import get_plan
from portal.incentives.queries.recognition import list_recognised
from portal.incentives.queries.rosters import AT_ONCE, terms_of
from portal.membership.models import Contribution
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp

_LINE = StatementLine


def record_evidence(context: MonthContext) -> None:
    """Record what all lines of a month were computed from."""
    month = context.month
    behind = (_LINE.plan_code, _LINE.plan_version, _LINE.component, _LINE.band)
    rows = db.session.execute(select(*behind).where(_LINE.month == month).distinct()).all()
    if context.needs.coverage:
        _record_recognised(context)
    for code, version, component, band in rows:
        if component == "contribution_share" and context.needs.coverage:
            continue
        lines = and_(
            _LINE.month == month,
            _LINE.plan_code == code,
            _LINE.plan_version == version,
            _LINE.component == component,
            _LINE.band == band,
        )
        query = _query(component, band, lines, payers=sorted(get_plan(code, version).plan.payer_types))
        if query is not None:
            columns = ["line_id", "kind", "ref_id"]
            db.session.execute(insert(LineEvidence).from_select(columns, query))


def _record_recognised(context: MonthContext) -> None:
    """Record the contributions behind the shares of a month, where some plan recognises by coverage."""
    found = db.session.execute(
        select(
            _LINE.id, _LINE.cadre_id, _LINE.original_month, _LINE.band, _LINE.plan_code, _LINE.plan_version
        )
        .where(_LINE.month == context.month, _LINE.component == "contribution_share")
        .order_by(_LINE.cadre_id),
    ).all()
    for group in batches(found, AT_ONCE):
        lines = defaultdict(list)
        for row in group:
            first, last = map(int, row.band.split("-"))
            payers = context.frozen_plan(row.plan_code, row.plan_version).plan.payer_types
            lines[row.cadre_id, row.original_month].append((row.id, first, last, payers))
        cadres = {cadre_id for cadre_id, _ in lines}
        recognise = context.recognise_by(terms_of(cadres))
        behind = [
            (line_id, "contribution", one.id)
            for one in list_recognised(cadres, {month for _, month in lines}, recognise)
            for line_id, first, last, payers in lines.get((one.cadre_id, one.month), ())
            if first <= one.number <= last and one.payer_type in payers
        ]
        fill(cast("Table", LineEvidence.__table__), ["line_id", "kind", "ref_id"], behind)


def _query(
    component: str, band: str, lines: ColumnElement[bool], *, payers: Sequence[str]
) -> Select[Any] | None:
    if component in {"acquisition_fee", "flat_bonus"}:
        return _signups(band, lines)
    if component == "contribution_share":
        first, last = band.split("-")
        return _contributions(
            lines,
            Contribution.earned_month == _LINE.original_month,
            Contribution.number.between(int(first), int(last)),
            Contribution.payer_type.in_(payers),
        )
    if component == "retention_bonus":
        reached = retention_month() == _LINE.original_month
        return _contributions(lines, reached, Contribution.number == int(band))
    if component == "rank_prize":
        return (
            select(_LINE.id, literal("entry"), LedgerEntry.id)
            .join(
                LedgerEntry,
                and_(LedgerEntry.cadre_id == _LINE.cadre_id, LedgerEntry.month == _LINE.original_month),
            )
            .where(lines)
        )
    return None


def _signups(band: str, lines: ColumnElement[bool]) -> Select[Any]:
    """Select the new participants counted; for a late line also those withdrawn, which explain it."""
    packs = [pack for pack in PACKS if pack_band(pack) == band] or list(PACKS)
    withdrawn = and_(
        SignUp.withdrawn.is_not(None), SignUp.outcome == "new", _LINE.month > _LINE.original_month
    )
    return (
        select(_LINE.id, literal("signup"), SignUp.id)
        .join(
            SignUp,
            and_(SignUp.cadre_id == _LINE.cadre_id, SignUp.earned_month == _LINE.original_month),
        )
        .outerjoin(FIRST, is_first_contribution())
        .where(lines, or_(earning_signups(), withdrawn), fee_pack().in_(packs))
    )


def _contributions(lines: ColumnElement[bool], *conditions: ColumnElement[bool]) -> Select[Any]:
    joined = Contribution.cadre_id == _LINE.cadre_id
    return (
        select(_LINE.id, literal("contribution"), Contribution.id)
        .join(Contribution, and_(joined, *conditions))
        .where(lines)
    )
