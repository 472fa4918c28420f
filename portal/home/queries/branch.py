"""The dashboard of those who lead branches: work that waits, the month's figures, the funnel, silent cadres."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from portal.activities.models import Activity
from portal.activities.queries.queue import count_waiting
from portal.cadres.models import Cadre
from portal.cadres.queries.cadres import CadreFilter, count_cadres
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.care import percent
from portal.inactivity.queries import count_proposals
from portal.leaderboards.queries.boards import BoardRow, list_board
from portal.leaderboards.queries.scopes import SCOPES, get_visible_scope
from portal.membership.queries.workbench import count_conflicts, count_disputes
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope, sees_nation
from portal.recognition.queries.leaves import count_asked
from portal.signups.queries import count_confirmed
from portal.tallies.models import Tally
from portal.tallies.queries import total, total_by

SILENT_DAYS = 14
WEEKS = 8


@dataclass(frozen=True)
class Funnel:
    """What became of the sign-ups reported in a month."""

    month: str
    reported: int
    matched: int
    validated: int
    paying: int
    grace: int

    @property
    def share(self) -> int:
        """Return the share of the validated who still pay, in whole per cent."""
        return percent(self.paying, self.validated)


@dataclass(frozen=True)
class SilentCadre:
    """An active cadre without a report for two weeks; `weeks` counts the reports of the last eight weeks."""

    cadre_id: int
    name: str
    branch: str
    has_phone: bool
    last_on: date | None
    days: int | None
    weeks: list[int]


def count_work(actor: Actor) -> Mapping[str, int]:
    """Count what waits for a decision in the actor's scope, with the queries of the pages that list it."""
    return {
        "review": count_waiting(actor),
        "disputed": count_disputes(actor),
        "accounts": count_cadres(actor, CadreFilter(account="unverified")),
        "conflicts": count_conflicts(),
        "inactive": count_proposals(actor),
        "leaves": count_asked(actor),
    }


def total_month(actor: Actor, month: str) -> Mapping[str, int]:
    """Add up a month in the actor's scope: points, confirmed sign-ups, reports, active and ranked cadres."""
    here = (Tally.month == month, in_scope(actor, Tally.branch_id))
    return {
        "points": total("points", *here),
        "validated": count_confirmed(actor, month),
        "scoring": total("ranked", *here),
        "reports": total("report", *here),
        "active": count_cadres(actor, CadreFilter(status="active")),
    }


def list_trend(actor: Actor, months: list[str]) -> list[int]:
    """Return each month's validated new sign-ups in the actor's scope."""
    here = (Tally.month.in_(months), in_scope(actor, Tally.branch_id))
    found = total_by(Tally.month, "validated", *here)
    return [found.get(month, 0) for month in months]


def funnel_of(actor: Actor, month: str) -> Funnel:
    """Follow the sign-ups reported in a month: matched, validated, and still paying (of those validated).

    From the kept sums: a state names the status, and whether the sign-up was valid once. A sign-up belongs to the
    branch where its cadre is now.
    """
    nation = sees_nation(actor)
    here = [Tally.month == month] if nation else [Tally.month == month, in_scope(actor, Tally.branch_id)]
    states = total_by(Tally.state, "signup" if nation else "branch_signup", *here)
    members = total_by(Tally.state, "member" if nation else "branch_member", *here)
    matched = {
        state for state in states if state.endswith(":once") or state.startswith(("matched:", "validated:"))
    }
    return Funnel(
        month,
        reported=sum(states.values()),
        matched=sum(states[state] for state in matched),
        validated=sum(count for state, count in states.items() if state.startswith("validated:")),
        paying=members.get("active", 0),
        grace=members.get("grace", 0),
    )


def list_silent(actor: Actor, today: date, *, skip: int = 0, limit: int = 5) -> tuple[list[SilentCadre], int]:
    """List the active cadres silent for longest, those who never reported at the end, and count all of them."""
    silent_since = Cadre.last_report_on <= today - timedelta(days=SILENT_DAYS)
    reported, never = _count_active(actor, silent_since), _count_active(actor, Cadre.last_report_on.is_(None))
    rows = _list_active(actor, silent_since, skip, limit) if skip < reported else []
    if len(rows) < limit:
        rows += _list_active(
            actor, Cadre.last_report_on.is_(None), max(0, skip - reported), limit - len(rows)
        )
    weeks = _weeks([row.id for row in rows], today)
    silent = [
        SilentCadre(
            cadre_id=row.id,
            name=row.name,
            branch=row.branch,
            has_phone=bool(row.has_phone),
            last_on=row.last_report_on,
            days=(today - row.last_report_on).days if row.last_report_on else None,
            weeks=weeks[row.id],
        )
        for row in rows
    ]
    return silent, reported + never


def _count_active(actor: Actor, condition: ColumnElement[bool]) -> int:
    mine = (Cadre.status == "active", in_scope(actor, Cadre.branch_id))
    return db.session.execute(select(func.count()).select_from(Cadre).where(*mine, condition)).scalar_one()


def _list_active(actor: Actor, condition: ColumnElement[bool], skip: int, limit: int) -> list[Row[Any]]:
    """List active cadres in the order of the index ix_cadres_silent."""
    has_phone = Cadre.phone_sealed.is_not(None).label("has_phone")
    query = (
        select(Cadre.id, Cadre.name, Cadre.last_report_on, Branch.name.label("branch"), has_phone)
        .join(Branch, Branch.id == Cadre.branch_id)
        .where(Cadre.status == "active", in_scope(actor, Cadre.branch_id), condition)
    )
    ordered = query.order_by(Cadre.last_report_on, Cadre.name, Cadre.id)
    return list(db.session.execute(ordered.offset(skip).limit(limit)))


def _weeks(cadre_ids: list[int], today: date) -> dict[int, list[int]]:
    """Count each cadre's reports of the last eight weeks, oldest week first."""
    weeks = {cadre_id: [0] * WEEKS for cadre_id in cadre_ids}
    if not cadre_ids:
        return weeks
    days = db.session.execute(
        select(Activity.cadre_id, Activity.held_on).where(
            Activity.cadre_id.in_(cadre_ids),
            Activity.held_on > today - timedelta(weeks=WEEKS),
            Activity.held_on <= today,
        ),
    )
    for cadre_id, held_on in days:
        weeks[cadre_id][WEEKS - 1 - (today - held_on).days // 7] += 1
    return weeks


def list_top(actor: Actor, month: str) -> list[BoardRow]:
    """List the first places of the actor's own board, which everybody in the branch may see."""
    if actor.scope not in SCOPES:
        return []
    return list_board(get_visible_scope(actor, actor.scope, None), month, rows=3).rows
