"""New participants of many cadres' earned months: those that earn a fee, by pack; who counts towards min_new."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, distinct, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from portal.database.bulk import one_of, plain_rows
from portal.database.unindexed import unindexed
from portal.domain.incentives import count_workers
from portal.domain.points import PACKS
from portal.membership.models import Contribution
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp

Pair = tuple[int, str]
_NEW = (SignUp.outcome == "new") & SignUp.history.is_(False)
FIRST = aliased(Contribution, name="first_counted")


def earning_signups() -> ColumnElement[bool]:
    """Return the condition of sign-ups that earn a fee: validated, new and not imported history."""
    return _NEW & (unindexed(SignUp.status) == "validated")


def withdrawn_late() -> ColumnElement[bool]:
    """Return the condition of sign-ups that count in min_new though withdrawn: without fraud, after the month's close.

    The ledger says when: the reversal of their points is in a later month only if theirs was closed.
    """
    reversal = exists().where(
        LedgerEntry.source == literal("signup:") + SignUp.ref,
        LedgerEntry.kind == "signup_reversal",
        LedgerEntry.month > SignUp.earned_month,
    )
    return _NEW & SignUp.withdrawn.is_not(None) & (SignUp.withdrawn != "fraud") & reversal


def ever_counted() -> ColumnElement[bool]:
    """Return the condition of sign-ups that may matter to an earned month at all: validated, now or once."""
    return _NEW & or_(SignUp.status == "validated", SignUp.withdrawn.is_not(None))


def is_first_contribution() -> ColumnElement[bool]:
    """Return the condition that joins a sign-up to the earliest contribution month counted for it, as known now."""
    return and_(FIRST.signup_id == SignUp.id, FIRST.number == 1)


def fee_pack() -> ColumnElement[str]:
    """Return the pack that decides the fee: that of contribution 1, or the one at validation while none counts."""
    return func.coalesce(FIRST.pack, SignUp.pack)


def gather_new(cadres: Collection[int], months: Collection[str]) -> dict[Pair, tuple[dict[str, int], int]]:
    """Count, by cadre and earned month, the fees by pack and the workers in min_new."""
    found: dict[Pair, tuple[dict[str, int], int]] = {}
    within = (one_of(SignUp.cadre_id, cadres), SignUp.earned_month.in_(months))
    for cadre_id, month, counting, *counts in plain_rows(select_new(*within)):
        found[cadre_id, month] = (by_pack(counts), counting)
    for pair, counting in with_withdrawn(cadres, months).items():
        found[pair] = (found[pair][0] if pair in found else {}, counting)
    return found


def select_new(*within: ColumnElement[bool]) -> Select[Any]:
    """Select, by cadre and earned month, how many workers are new and how many of each pack (in PACKS' order)."""
    packs = (
        func.sum(case((fee_pack() == pack, 1), else_=0)).label(f"pack{n}") for n, pack in enumerate(PACKS)
    )
    # Two sign-ups of one participant are one worker; one without a participant counts by itself.
    workers = func.count(distinct(func.coalesce(SignUp.participant_id, -SignUp.id)))
    return (
        select(SignUp.cadre_id, SignUp.earned_month, workers.label("workers"), *packs)
        .outerjoin(FIRST, is_first_contribution())
        .where(*within, earning_signups())
        .group_by(SignUp.cadre_id, SignUp.earned_month)
    )


def by_pack(counts: Iterable[int]) -> dict[str, int]:
    """Name counts in PACKS' order by their pack; packs that nobody has are left out."""
    return {pack: int(count) for pack, count in zip(PACKS, counts, strict=True) if count}


def with_withdrawn(cadres: Collection[int], months: Collection[str]) -> dict[Pair, int]:
    """Recount the workers of those pairs in which somebody was withdrawn after the close: they are few."""
    within = (one_of(SignUp.cadre_id, cadres), SignUp.earned_month.in_(months))
    query = select(SignUp.cadre_id, SignUp.earned_month, SignUp.participant_id, SignUp.nik_hash)
    workers: defaultdict[Pair, list[tuple[Any, ...]]] = defaultdict(list)
    for cadre_id, month, *names in plain_rows(query.where(*within, withdrawn_late())):
        workers[cadre_id, month].append(tuple(names))
    if not workers:
        return {}
    owners = one_of(SignUp.cadre_id, {cadre_id for cadre_id, _ in workers})
    whiles = SignUp.earned_month.in_({month for _, month in workers})
    for cadre_id, month, *names in plain_rows(query.where(owners, whiles, earning_signups())):
        if (cadre_id, month) in workers:
            workers[cadre_id, month].append(tuple(names))
    return {pair: count_workers(named) for pair, named in workers.items()}
