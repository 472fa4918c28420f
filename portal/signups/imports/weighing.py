"""Claims of a file's rows: those with the same NIK are weighed together, whatever their order in the file."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, cast

from sqlalchemy import Row as DbRow
from sqlalchemy import Table, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from portal import audit
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.claims import Claim, weigh_claim
from portal.domain.errors import RuleBroken
from portal.signups.models import SignUp
from portal.signups.services.liveness import TRIES, OvertakenError

WEIGHED_AT_ONCE: Final = 500
_SIGNUPS: Final = cast("Table", SignUp.__table__)


def _contested() -> Iterator[list[DbRow[Any]]]:
    """Yield the claims of each NIK that a new row and another claim name, one NIK at a time."""
    other = aliased(SignUp)
    also = select(other.id).where(
        other.nik_hash == SignUp.nik_hash, other.id != SignUp.id, or_(other.version == 0, other.is_live)
    )
    hashes = db.session.scalars(
        select(SignUp.nik_hash).where(SignUp.version == 0, also.exists()).distinct(),
    ).all()
    for some in bulk.batches(hashes, WEIGHED_AT_ONCE):
        groups: dict[bytes, list[DbRow[Any]]] = {}
        for row in db.session.execute(
            select(
                *(SignUp.id, SignUp.ref, SignUp.cadre_id, SignUp.status, SignUp.reported_on),
                *(SignUp.version, SignUp.nik_hash),
            )
            .where(SignUp.nik_hash.in_(some), or_(SignUp.version == 0, SignUp.is_live))
            .order_by(SignUp.id)
            .with_for_update(),
        ):
            groups.setdefault(row.nik_hash, []).append(row)
        yield from groups.values()


def weigh_all(*, by: Signature) -> dict[str, RuleBroken]:
    """Weigh the claims of contested NIKs and make the new rows live; return the refused ones by reference.

    Who reports one of these workers at the same moment may come in between, which PostgreSQL shows in two ways: the
    index of live NIKs refuses the row, or another claim is there afterwards. Then all of it is weighed again.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        return _weigh_once(by=by)
    for _ in range(TRIES):
        with suppress(IntegrityError, OvertakenError), db.session.begin_nested():
            refused = _weigh_once(by=by)
            if not refused and _is_overtaken():
                raise OvertakenError
            return refused
    raise RuleBroken("signups.busy")


def _is_overtaken() -> bool:
    """Tell whether a new row is live and undisputed beside another live claim."""
    new, other = SignUp, aliased(SignUp)
    rival = select(other.id).where(other.nik_hash == new.nik_hash, other.id != new.id, other.is_live)
    alone = select(new.id).where(new.version == 0, new.is_live, new.status != "disputed", rival.exists())
    return db.session.execute(alone.limit(1)).first() is not None


def _weigh_once(*, by: Signature) -> dict[str, RuleBroken]:
    disputed: list[tuple[int, str, int]] = []
    refused: dict[str, RuleBroken] = {}
    for group in _contested():
        before = {row.id: row.status for row in group}
        live, broken = _weigh(group)
        refused |= broken
        version = {row.id: row.version for row in group}
        for claim in live:
            if claim.status != before[claim.id]:
                disputed.append((claim.id, claim.status, version[claim.id] and version[claim.id] + 1))
                audit.record(
                    by=by,
                    act="signup.disputed",
                    subject=("signup", claim.id),
                    reason="double_claim",
                    version_seen=version[claim.id] or None,
                )
    bulk.update_many(_SIGNUPS, ("status", "version"), sorted(disputed))
    if not refused:
        _make_live()
    return refused


def _make_live() -> None:
    change(update(SignUp).where(SignUp.version == 0).values(is_live=True))


def _weigh(group: Sequence[DbRow[Any]]) -> tuple[list[Claim], dict[str, RuleBroken]]:
    """Weigh the new rows of one NIK one after the other, history first, by date and reference."""
    live = [Claim(*row[:5]) for row in group if row.version]
    newcomers = [Claim(*row[:5]) for row in group if not row.version]
    newcomers.sort(key=lambda one: (one.status != "validated", one.reported_on, one.ref.encode()))
    refused: dict[str, RuleBroken] = {}
    for one in newcomers:
        try:
            verdict = weigh_claim(live, cadre_id=one.cadre_id, status=one.status)
        except RuleBroken as broken:
            refused[one.ref] = broken
            continue
        live = [_as(claim, "disputed") if claim.id in verdict.disputes else claim for claim in live]
        live.append(_as(one, verdict.status))
    return live, refused


def _as(claim: Claim, status: str) -> Claim:
    return Claim(claim.id, claim.ref, claim.cadre_id, status, claim.reported_on)
