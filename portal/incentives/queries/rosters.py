"""The cadres of a month: whom to compute, their terms, their branches and their balances."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union

from portal.cadres.models import Cadre, CadreTerm
from portal.database.bulk import batches, one_of, plain_rows
from portal.domain.errors import NotFound
from portal.domain.matching import LAST_EARNING_NUMBER
from portal.domain.months import previous_month
from portal.incentives.models import Statement
from portal.incentives.queries.facts import PlanNeeds, badge_month, held_badges, retention_month
from portal.incentives.queries.newcomers import earning_signups
from portal.incentives.queries.recognition import covered_month, covering
from portal.membership.models import Contribution
from portal.organisation.models import Branch, HostBody, RegionalOffice
from portal.points.models import LedgerEntry, WaitingEntry
from portal.recognition.models import BadgeAward
from portal.signups.models import SignUp

AT_ONCE = 4000


@dataclass(frozen=True, slots=True)
class Office:
    """A branch as a statement freezes it."""

    id: int
    code: str
    region_code: str
    zone: str


@dataclass(frozen=True, slots=True)
class TermInForce:
    """A cadre's term from a month on."""

    from_month: str
    branch_id: int
    host_code: str | None
    npwp_valid: bool


def list_offices() -> dict[int, Office]:
    """Map branch ids to what statements freeze of them."""
    return offices_by_id(plain_rows(select_offices()))


def select_offices() -> Select[Any]:
    """Select what statements freeze of each branch."""
    return select(Branch.id, Branch.code, RegionalOffice.code.label("region"), Branch.time_zone).join(
        RegionalOffice,
        RegionalOffice.id == Branch.regional_office_id,
    )


def offices_by_id(rows: Iterable[Any]) -> dict[int, Office]:
    """Arrange the rows of select_offices()."""
    return {row.id: Office(row.id, row.code, row.region, row.time_zone) for row in rows}


def terms_of(cadres: Collection[int]) -> dict[int, list[TermInForce]]:
    """Return the terms of some cadres, earliest first."""
    return terms_by_cadre(plain_rows(select_terms(one_of(CadreTerm.cadre_id, cadres))))


def select_terms(of_cadres: ColumnElement[bool]) -> Select[Any]:
    """Select the terms of some cadres, earliest first."""
    return (
        select(
            CadreTerm.cadre_id,
            CadreTerm.from_month,
            CadreTerm.branch_id,
            HostBody.code,
            CadreTerm.npwp_valid,
        )
        .outerjoin(HostBody, HostBody.id == CadreTerm.host_body_id)
        .where(of_cadres)
        .order_by(CadreTerm.cadre_id, CadreTerm.from_month)
    )


def terms_by_cadre(rows: Iterable[Any]) -> dict[int, list[TermInForce]]:
    """Arrange the rows of select_terms()."""
    found: defaultdict[int, list[TermInForce]] = defaultdict(list)
    for cadre_id, from_month, branch_id, host_code, npwp_valid in rows:
        found[cadre_id].append(TermInForce(from_month, branch_id, host_code, bool(npwp_valid)))
    return dict(found)


def held_in(terms: list[TermInForce], month: str) -> TermInForce:
    """Choose the term that holds in a month."""
    place = bisect_right(terms, month, key=lambda held: held.from_month)
    if place == 0:
        raise NotFound("people.no_term", {"month": month})
    return terms[place - 1]


def carried_into(month: str, cadres: Collection[int]) -> dict[int, int]:
    """Return the balances that some cadres carry in from the month before, where not 0."""
    rows = plain_rows(
        select(Statement.cadre_id, Statement.carried_out).where(
            Statement.month == previous_month(month),
            one_of(Statement.cadre_id, cadres),
            Statement.carried_out != 0,
        ),
    )
    return {row.cadre_id: row.carried_out for row in rows}


def list_groups(month: str, needs: PlanNeeds, late: Collection[int]) -> Iterator[list[tuple[int, str]]]:
    """Yield the cadres who may have a statement, as (id, code) in the digest's order, a few thousand at a time.

    The digest sorts written lines bytewise: a comma follows the code, so it takes part in the order.
    """
    cadres = _affected(month, needs)
    missing = set(late) - cadres.keys()
    yield from _ordered(cadres | _codes(missing))


def list_groups_of(cadres: Collection[int]) -> Iterator[list[tuple[int, str]]]:
    """Yield these cadres as list_groups() does."""
    yield from _ordered(_codes(cadres))


def _ordered(cadres: dict[int, str]) -> Iterator[list[tuple[int, str]]]:
    yield from batches(sorted(cadres.items(), key=lambda item: f"{item[1]},".encode()), AT_ONCE)


def _affected(month: str, needs: PlanNeeds) -> dict[int, str]:
    """Map the cadres with an entry, a fact or a balance in the month to their codes."""
    sources: list[Select[Any]] = [
        select(LedgerEntry.cadre_id).where(LedgerEntry.month == month),
        select(WaitingEntry.cadre_id).where(WaitingEntry.month == month),
        select(SignUp.cadre_id).where(SignUp.earned_month == month, earning_signups()),
        select(Contribution.cadre_id).where(
            Contribution.earned_month == month,
            Contribution.number.between(1, LAST_EARNING_NUMBER),
        ),
        select(Statement.cadre_id).where(
            Statement.month == previous_month(month),
            Statement.carried_out != 0,
        ),
    ]
    if needs.coverage:
        covered = covering(covered_month() == month).subquery("covered")
        sources.append(select(covered.c.cadre_id))
    if needs.retention:
        sources.append(
            select(Contribution.cadre_id).where(
                Contribution.number.in_(needs.retention),
                retention_month() == month,
            ),
        )
    if needs.badges:
        awarded = select(BadgeAward.cadre_id).where(badge_month() == month, *held_badges(needs.badges))
        sources.append(awarded)
    wanted = union(*sources).subquery("affected")
    rows = plain_rows(select(Cadre.id, Cadre.code).join(wanted, wanted.c.cadre_id == Cadre.id))
    return {row.id: row.code for row in rows}


def _codes(cadres: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for wanted in batches(sorted(cadres), AT_ONCE):
        rows = plain_rows(select(Cadre.id, Cadre.code).where(one_of(Cadre.id, wanted)))
        found |= {row.id: row.code for row in rows}
    return found
