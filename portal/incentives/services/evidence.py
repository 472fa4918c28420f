"""The evidence of each line of a closed month: sign-ups, contributions, badges, ledger entries; set-based."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, insert, literal, or_, select

from portal.database.bulk import batches, fill
from portal.database.extensions import db
from portal.domain.points import PACKS, pack_band
from portal.incentives.computation.computing import MonthContext
from portal.incentives.queries.facts import badge_month, held_badges, retention_month
from portal.incentives.queries.newcomers import FIRST, earning_signups, fee_pack, is_first_contribution
from portal.incentives.queries.recognition import list_recognised
from portal.incentives.queries.rosters import AT_ONCE, terms_of
from portal.incentives.services.storing import STORED, Tables
from portal.membership.models import Contribution
from portal.points.models import LedgerEntry
from portal.recognition.models import BadgeAward
from portal.signups.models import SignUp

_EVIDENCE = ["line_id", "kind", "ref_id"]


def record_evidence(context: MonthContext, *, into: Tables = STORED) -> None:
    """Record what all lines of a month were computed from."""
    line = into.lines.c
    behind = (line.plan_code, line.plan_version, line.component, line.band)
    rows = db.session.execute(select(*behind).where(line.month == context.month).distinct()).all()
    if context.needs.coverage:
        _record_recognised(context, into)
    for code, version, component, band in rows:
        if component == "contribution_share" and context.needs.coverage:
            continue
        mine = and_(
            line.month == context.month,
            line.plan_code == code,
            line.plan_version == version,
            line.component == component,
            line.band == band,
        )
        payers = context.frozen_plan(code, version).plan.payer_types
        query = _query(component, band, line, payers=sorted(payers))
        if query is not None:
            db.session.execute(insert(into.evidence).from_select(_EVIDENCE, query.where(mine)))


def _record_recognised(context: MonthContext, into: Tables) -> None:
    """Record the contributions behind the shares of a month, where some plan recognises by coverage."""
    line = into.lines.c
    found = db.session.execute(
        select(line.id, line.cadre_id, line.original_month, line.band, line.plan_code, line.plan_version)
        .where(line.month == context.month, line.component == "contribution_share")
        .order_by(line.cadre_id),
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
        fill(into.evidence, _EVIDENCE, behind)


def _query(component: str, band: str, line: Any, *, payers: Sequence[str]) -> Select[Any] | None:
    """Select the evidence of a component's lines, whose columns are given; the caller chooses the lines."""
    if component in {"acquisition_fee", "flat_bonus"}:
        return _signups(band, line)
    if component == "contribution_share":
        first, last = band.split("-")
        return _contributions(
            line,
            Contribution.earned_month == line.original_month,
            Contribution.number.between(int(first), int(last)),
            Contribution.payer_type.in_(payers),
        )
    if component == "retention_bonus":
        reached = retention_month() == line.original_month
        return _contributions(line, reached, Contribution.number == int(band))
    if component == "badge_bonus":
        return _badges(band, line)
    if component == "rank_prize":
        entry = LedgerEntry
        mine = and_(entry.cadre_id == line.cadre_id, entry.month == line.original_month)
        return select(line.id, literal("entry"), entry.id).join(entry, mine)
    return None


def _signups(band: str, line: Any) -> Select[Any]:
    """Select the new participants counted; for a late line also those withdrawn, which explain it."""
    packs = [pack for pack in PACKS if pack_band(pack) == band] or list(PACKS)
    late = line.month > line.original_month
    withdrawn = and_(SignUp.withdrawn.is_not(None), SignUp.outcome == "new", late)
    mine = and_(SignUp.cadre_id == line.cadre_id, SignUp.earned_month == line.original_month)
    return (
        select(line.id, literal("signup"), SignUp.id)
        .join(SignUp, mine)
        .outerjoin(FIRST, is_first_contribution())
        .where(or_(earning_signups(), withdrawn), fee_pack().in_(packs))
    )


def _badges(code: str, line: Any) -> Select[Any]:
    award = BadgeAward
    mine = and_(award.cadre_id == line.cadre_id, badge_month() == line.original_month)
    query = select(line.id, literal("badge"), award.id).join(award, mine)
    return query.where(*held_badges([code]))


def _contributions(line: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    mine = and_(Contribution.cadre_id == line.cadre_id, *conditions)
    return select(line.id, literal("contribution"), Contribution.id).join(Contribution, mine)
