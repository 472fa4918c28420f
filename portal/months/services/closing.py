"""Closing a month: one transaction, frozen completely or not at all (rules.md 1.4 and 7)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import text, update

from portal import audit
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.digest import FORMAT, NO_DIGEST
from portal.domain.months import next_month, parse_month
from portal.incentives.computation.results import Totals
from portal.incentives.services.awarding import award_month, record_award, take_marks
from portal.leaderboards.services import freeze_standings
from portal.months.queries.previews import preview_month
from portal.months.queries.status import previous_digest
from portal.months.services.closable import require_closable, require_turn
from portal.months.services.preparing import ReadyClose, award_and_hash
from portal.organisation.boards import touch_boards
from portal.points.models import Month
from portal.points.queries import find_month
from portal.points.services.months import lock_month, open_month
from portal.points.services.posting import post_waiting
from portal.points.services.standings import settle_standings

KEYS: Final = ("cadres", "points", "gross", "tax", "net", "payable")


@dataclass(frozen=True)
class ClosedMonth:
    """A closed month; `cadres` counts statements, the sums are points and rupiah."""

    month: str
    digest: str
    cadres: int
    points: int
    gross: int
    tax: int
    net: int
    payable: int
    already: bool = False

    def as_json(self) -> dict[str, object]:
        """Return what `portal month close --json` prints."""
        return {"month": self.month, "digest": self.digest} | {key: getattr(self, key) for key in KEYS}


def close_month(
    *, month: str, by: Signature, early: bool = False, ready: ReadyClose | None = None
) -> ClosedMonth:
    """Close a month; if it is closed already, return its result. A second closer waits for the first.

    Refused before the first month, while an earlier one is open, before it has ended in all three zones, and before
    its close moment unless `early`. `ready` is what prepare_close() computed; ChangedMeanwhileError if it no longer
    holds.
    """
    month = parse_month(month)
    found = _find_closed(month)
    if found is not None:
        return found
    require_closable(month, at=by.at, early=early)
    _disable_lock_timeout()
    lock_month(month)
    found = _find_closed(month)
    if found is not None:
        return found
    require_closable(month, at=by.at, early=early)  # again, now that nobody else can change it
    if ready is None:
        totals, digest = _award(month, by=by)
        return _mark_closed(month, totals, digest, by=by)
    _store(ready, by=by)
    return _mark_closed(month, ready.totals, ready.digest, by=by, ends=ready.ends)


def rehearse_month(*, month: str) -> ClosedMonth:
    """Compute what closing a month would give, including the digest, writing nothing, whether or not it is due."""
    month = parse_month(month)
    require_turn(month)
    found = _find_closed(month)
    if found is not None:
        return found
    preview = preview_month(month)
    return _closed(month, preview.digest, asdict(preview.totals))


def _award(month: str, *, by: Signature) -> tuple[Totals, str]:
    """Freeze the month's standings, write its statements and hash all of it."""
    post_waiting(month=month, by=by)
    settle_standings()
    freeze_standings(month=month)
    return award_and_hash(month, lambda context, watch: award_month(context=context, by=by, watch=watch))


def _store(ready: ReadyClose, *, by: Signature) -> None:
    """Store what was made ready; consumes the late marks as an award does."""
    ready.store()
    take_marks(ready.month)
    record_award(month=ready.month, totals=ready.totals, by=by)


def _mark_closed(
    month: str, totals: Totals, digest: str, *, by: Signature, ends: audit.LooseEnds | None = None
) -> ClosedMonth:
    summary = {key: getattr(totals, key) for key in (*KEYS, "host_amount")}
    db.session.execute(
        update(Month)
        .where(Month.month == month, Month.status == "open")
        .values(
            status="closed",
            closed_at=by.at,
            closed_by=by.actor.user_id,
            digest=digest,
            digest_format=FORMAT,
            previous_digest=previous_digest(month) or NO_DIGEST,
            summary=summary,
        ),
    )
    db.session.expire_all()
    touch_boards()
    open_month(next_month(month))
    details = summary | {"digest": digest}
    audit.record(by=by, act="month.closed", subject=("month", month), details=details)
    audit.tie_up(at=by.at, month=month, known=ends)
    return _closed(month, digest, summary)


def _find_closed(month: str) -> ClosedMonth | None:
    row = find_month(month)
    if row is None:
        return None
    db.session.refresh(row)
    if row.status != "closed" or row.digest is None:
        return None
    return _closed(month, row.digest, row.summary or {}, already=True)


def _closed(month: str, digest: str, summary: Mapping[str, Any], *, already: bool = False) -> ClosedMonth:
    sums = {key: int(summary.get(key, 0)) for key in KEYS}
    return ClosedMonth(month=month, digest=digest, already=already, **sums)


def _disable_lock_timeout() -> None:
    """Let a closer wait for another one without a limit: PostgreSQL's lock timeout is meant for pages."""
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL lock_timeout = 0"))
