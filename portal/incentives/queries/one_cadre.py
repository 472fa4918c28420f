"""What one cadre's month rests on, read narrowly: two statements, a third if closed months are computed again.

The conditions are those of the close (newcomers, facts, late, rosters); only the asking differs. Of the nation
nothing is read but its plans and tax tables.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Date, String, Text, cast, func, select

from portal.cadres.models import Cadre, CadreTerm
from portal.database.together import Lists, Together, given, is_listed
from portal.domain.matching import LAST_EARNING_NUMBER
from portal.domain.months import first_day, last_day, month_range, previous_month
from portal.incentives.models import PlanAssignment, Statement
from portal.incentives.queries.facts import PlanNeeds, RawFacts, badge_month, retention_month
from portal.incentives.queries.late import Posted, arrange_posted, select_frauds, select_posted
from portal.incentives.queries.newcomers import Pair, by_pack, select_new, with_withdrawn, withdrawn_late
from portal.incentives.queries.plans import (
    TAX_TABLES,
    VERSIONS,
    PlanBook,
    TaxInForce,
    select_assignments,
    tax_of,
)
from portal.incentives.queries.recognition import Recognise, list_recognised, select_unsettled
from portal.incentives.queries.rosters import (
    Office,
    TermInForce,
    offices_by_id,
    select_offices,
    select_terms,
    terms_by_cadre,
)
from portal.membership.models import Contribution
from portal.organisation.models import Branch, Parameter
from portal.organisation.queries import ByMonth
from portal.points.models import LateMark, Month
from portal.recognition.models import BadgeAward
from portal.signups.models import SignUp
from portal.signups.queries import waiting_between

_CADRE: Final = given("cadre_id", BigInteger)
_MONTH: Final = given("month", String)
_MONTHS: Final = given("months", Text)
_NUMBERS: Final = given("numbers", Text)
_FIRST, _LAST = given("first", Date), given("last", Date)
_BRANCHES: Final = select(CadreTerm.branch_id).where(CadreTerm.cadre_id == _CADRE)

_BASIS: Final = Together(
    cadre=select(Cadre.code).where(Cadre.id == _CADRE),
    terms=select_terms(CadreTerm.cadre_id == _CADRE),
    offices=select_offices().where(Branch.id.in_(_BRANCHES)),
    versions=VERSIONS,
    assignments=select_assignments(PlanAssignment.branch_id.in_(_BRANCHES)),
    taxes=TAX_TABLES,
    minimum=select(Parameter.from_month, cast(Parameter.value, Text).label("value")).where(
        Parameter.name == "minimum_payout",
    ),
    carried=select(Statement.carried_out).where(
        Statement.month == given("before", String),
        Statement.cadre_id == _CADRE,
        Statement.carried_out != 0,
    ),
    marks=select(LateMark.month).where(LateMark.cadre_id == _CADRE, LateMark.month < _MONTH),
    frauds=select_frauds(_MONTH, cadre_id=_CADRE),
    closed=select(func.max(Month.month).label("month")).where(Month.status == "closed"),
    newest=select(func.max(Contribution.earned_month).label("month")),
    waiting=select(SignUp.programmes, func.count().label("signups"))
    .where(*waiting_between(_CADRE, _FIRST, _LAST))
    .group_by(SignUp.programmes),
)
_FACTS: Final = Together(
    new=select_new(SignUp.cadre_id == _CADRE, is_listed(SignUp.earned_month, _MONTHS)),
    withdrawn=select(SignUp.earned_month).where(
        SignUp.cadre_id == _CADRE, is_listed(SignUp.earned_month, _MONTHS), withdrawn_late()
    ),
    contributions=select(
        Contribution.earned_month,
        Contribution.number,
        Contribution.payer_type,
        cast(func.sum(Contribution.amount), BigInteger).label("amount"),
        func.count().label("count_"),
    )
    .where(
        Contribution.cadre_id == _CADRE,
        is_listed(Contribution.earned_month, _MONTHS),
        Contribution.number.between(1, LAST_EARNING_NUMBER),
    )
    .group_by(Contribution.earned_month, Contribution.number, Contribution.payer_type),
    retention=select(retention_month().label("reached"), Contribution.number, func.count().label("count_"))
    .where(
        Contribution.cadre_id == _CADRE,
        is_listed(Contribution.number, _NUMBERS),
        is_listed(retention_month(), _MONTHS),
    )
    .group_by("reached", Contribution.number),
    badges=select(badge_month().label("awarded"), BadgeAward.code).where(
        BadgeAward.cadre_id == _CADRE,
        BadgeAward.taken_back_at.is_(None),
        is_listed(BadgeAward.code, given("badges", Text)),
        is_listed(badge_month(), _MONTHS),
    ),
)
_POSTED: Final = Together(
    **select_posted(lambda column: column == _CADRE, lambda column: is_listed(column, _MONTHS)),
)
_UNSETTLED: Final = Together(
    pairs=select_unsettled(_MONTH).where(
        Contribution.cadre_id == _CADRE, is_listed(Contribution.earned_month, _MONTHS)
    ),
)


@dataclass(frozen=True)
class Basis:
    """What a cadre's month rests on besides its facts; `again`: the closed months to compute again, in order."""

    code: str
    terms: list[TermInForce]
    offices: dict[int, Office]
    plans: PlanBook
    needs: PlanNeeds
    tax: TaxInForce
    minimum: int
    carried_in: int | None
    again: list[str]
    waiting: dict[str, int]


def read_basis(cadre_id: int, month: str) -> Basis:
    """Read what a month of a cadre rests on; raises NotFound as the close's own reads do."""
    values = {"cadre_id": cadre_id, "month": month, "before": previous_month(month)}
    found = _BASIS.read(**values, first=first_day(month), last=last_day(month))
    plans = PlanBook.of(found["versions"], found["assignments"])
    needs = PlanNeeds.of(plan.plan for plan, _ in plans.versions)
    minimum = sorted((row.from_month, json.loads(row.value)) for row in found["minimum"])
    return Basis(
        code=found["cadre"][0].code,
        terms=terms_by_cadre(found["terms"]).get(cadre_id, []),
        offices=offices_by_id(found["offices"]),
        plans=plans,
        needs=needs,
        tax=tax_of(found["taxes"], month),
        minimum=int(ByMonth("minimum_payout", tuple(minimum)).held_in(month)),
        carried_in=found["carried"][0].carried_out if found["carried"] else None,
        again=_again(cadre_id, month, found, coverage=needs.coverage),
        waiting={row.programmes: row.signups for row in found["waiting"]},
    )


def _again(cadre_id: int, month: str, found: Lists, *, coverage: bool) -> list[str]:
    """List the closed months to compute again: marked ones, those of proven fraud, those of unsettled contributions."""
    months = {row.month for row in found["marks"]} | {row.month for row in found["frauds"]}
    closed, newest = found["closed"][0].month, found["newest"][0].month
    if coverage and closed is not None and newest is not None and newest >= month:
        received = json.dumps(month_range(month, newest))
        pairs = _UNSETTLED.read(cadre_id=cadre_id, month=month, months=received)["pairs"]
        months |= {covered for _, covered in pairs if covered <= closed}
    return sorted(months)


def read_facts(
    cadre_id: int, months: Sequence[str], needs: PlanNeeds, recognise: Recognise
) -> dict[Pair, RawFacts]:
    """Gather the facts of one cadre in some earned months, as gather() does."""
    listed = {"months": json.dumps(months), "numbers": json.dumps(needs.retention)}
    listed["badges"] = json.dumps(needs.badges)
    rows = _FACTS.read(cadre_id=cadre_id, **listed)
    found = {(cadre_id, month): RawFacts() for month in months}
    for _, month, counting, *counts in rows["new"]:
        found[cadre_id, month].new_by_pack = by_pack(counts)
        found[cadre_id, month].counting_new = counting
    if rows["withdrawn"]:
        for pair, counting in with_withdrawn([cadre_id], months).items():
            found[pair].counting_new = counting
    if needs.coverage:
        paid = (one[2:] for one in list_recognised([cadre_id], months, recognise))
        _add_paid(
            found,
            cadre_id,
            needs,
            ((month, number, payer, amount, 1) for month, number, payer, amount in paid),
        )
    else:
        _add_paid(found, cadre_id, needs, rows["contributions"])
    _add_reached(found, cadre_id, rows)
    return found


def _add_reached(found: dict[Pair, RawFacts], cadre_id: int, rows: Lists) -> None:
    """Add the contribution months reached and the badges awarded."""
    for reached, number, count in rows["retention"]:
        found[cadre_id, reached].retention[number] = count
    for month, code in rows["badges"]:
        found[cadre_id, month].badges[code] = 1


def _add_paid(found: dict[Pair, RawFacts], cadre_id: int, needs: PlanNeeds, rows: Any) -> None:
    """Add up contributions, given by month, number and payer, in the segments that plans tell apart."""
    for month, number, payer, amount, count in rows:
        sums, key = found[cadre_id, month].contributions, (needs.segment(number), payer)
        had = sums.get(key, (0, 0))
        sums[key] = (had[0] + amount, had[1] + count)


def read_posted(cadre_id: int, months: Sequence[str]) -> dict[Pair, Posted]:
    """Return what was posted for one cadre's closed months, as posted_for() does."""
    if not months:
        return {}
    return arrange_posted(_POSTED.read(cadre_id=cadre_id, months=json.dumps(months)))
