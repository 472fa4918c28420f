"""Care: renewal tasks against what is paid, hand-overs against who held a participant (rules.md 5.4, 12.1)."""

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

from portal.care.queries.runs import is_current
from portal.domain.care import Move, holder_on, task_begins_on
from portal.domain.months import first_day, month_of
from portal.organisation.queries import parameter_by_month
from portal.verification.queries.findings import Finding, day, each, found, rows


def check_tasks() -> Iterator[Finding]:
    """Check that a task ended as the payments say, began in its time, and is not passed over by the daily job."""
    yield from each(
        "a participant has several open renewal tasks",
        "SELECT participant_id FROM renewal_tasks WHERE status = 'open' GROUP BY participant_id HAVING COUNT(*) > 1",
    )
    yield from each(
        "a renewal task is renewed though no later month is paid",
        "SELECT t.id FROM renewal_tasks t JOIN participants p ON p.id = t.participant_id"
        " WHERE t.status = 'renewed' AND COALESCE(p.last_paid_month, '') <= t.paid_month",
    )
    yield from each(
        "a renewal task is of a month that was never paid",
        "SELECT t.id FROM renewal_tasks t LEFT JOIN contributions c ON c.participant_id = t.participant_id"
        " AND c.blth = t.paid_month WHERE c.id IS NULL",
    )
    yield from _check_begins()
    if is_current():
        yield from _check_open()


def _check_begins() -> Iterator[Finding]:
    """Check that no task began before its day; the days are data, by the month in which it began."""
    lead = parameter_by_month("renewal_lead_days")
    for row in rows("SELECT DISTINCT paid_month, opened_on FROM renewal_tasks"):
        opened = day(row.opened_on)
        if opened < task_begins_on(row.paid_month, int(lead.held_in(month_of(opened)))):
            yield found("a renewal task began before its day", row.paid_month, opened)


def _check_open() -> Iterator[Finding]:
    """Check that no task is open that the job had to close: it has run since the newest extract."""
    yield from each(
        "a renewal task is open though a later month is paid, or the participant lapsed",
        "SELECT t.id FROM renewal_tasks t JOIN participants p ON p.id = t.participant_id WHERE t.status = 'open'"
        " AND (p.status = 'lapsed' OR p.last_paid_month > t.paid_month)",
    )


def check_hand_overs() -> Iterator[Finding]:
    """Follow each sign-up from cadre to cadre: each hand-over names who held it, and none is in force too early."""
    query = (
        "SELECT h.signup_id, h.id, h.from_month, h.from_cadre_id, h.to_cadre_id, h.in_force, s.cadre_id"
        " FROM hand_overs h JOIN signups s ON s.id = h.signup_id ORDER BY h.signup_id, h.id"
    )
    for _, group in groupby(rows(query), key=lambda row: row.signup_id):
        yield from _follow(list(group))


def _follow(chain: list[Any]) -> Iterator[Finding]:
    moves: list[Move] = []
    for row in chain:
        if holder_on(row.cadre_id, moves, first_day(row.from_month)) != row.from_cadre_id:
            yield found("a hand-over names another cadre than held the participant", row.id)
        moves.append(Move(row.from_month, row.to_cadre_id))
    begun = {row.from_month: bool(row.in_force) for row in chain}
    months = sorted(begun)
    if any(begun[later] and not begun[earlier] for earlier, later in pairwise(months)):
        yield found("a hand-over is in force before an earlier one", chain[0].signup_id)
