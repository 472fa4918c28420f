"""Sign-ups and contributions: one live claim per worker, decided by others, counted as the rules say."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from portal.domain.matching import earns, number_contributions
from portal.domain.months import month_of
from portal.domain.points import earned_on_contribution
from portal.verification.queries.findings import Finding, each, found, rows


def check_claims() -> Iterator[Finding]:
    """See to it that no worker counts twice."""
    yield from each(
        "a worker has more than one live undisputed sign-up",
        "SELECT MIN(ref), MAX(ref) FROM signups WHERE is_live AND status <> 'disputed' GROUP BY nik_hash"
        " HAVING COUNT(*) > 1",
    )
    yield from each(
        "a sign-up is live in a state that ends it, or not in one that keeps it",
        "SELECT ref, status FROM signups WHERE (is_live AND status IN ('rejected', 'expired'))"
        " OR (NOT is_live AND status IN ('reported', 'matched', 'disputed'))",
    )
    yield from each(
        "a participant's sign-up is not a validated one of the same worker",
        "SELECT s.ref FROM participants p JOIN signups s ON s.id = p.signup_id"
        " WHERE s.status <> 'validated' OR s.nik_hash <> p.nik_hash AND s.match_tier = 'T1'",
    )


def check_decisions() -> Iterator[Finding]:
    """See to it that nobody decided on what they reported themselves."""
    yield from each(
        "somebody decided on the own report",
        "SELECT a.ref FROM activities a JOIN cadres c ON c.id = a.cadre_id"
        " WHERE a.decided_by = c.user_id OR a.decided_by = a.submitted_by AND NOT a.history",
    )
    yield from each(
        "somebody validated the own sign-up",
        "SELECT s.ref FROM signups s JOIN cadres c ON c.id = s.cadre_id WHERE s.validated_by = c.user_id",
    )


def day(value: object) -> date:
    """Return a date that a driver may hand over as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value] # else a date


def check_numbers() -> Iterator[Finding]:
    """Count every credited participant's contributions again (rules.md 5.4)."""
    query = (
        "SELECT s.ref, s.reported_on, s.floor_month, s.cadre_id AS owner, c.id, c.paid_on, c.blth, c.number,"
        " c.signup_id, c.cadre_id, c.earned_month, p.signup_id AS present"
        " FROM participants p JOIN signups s ON s.id = p.signup_id"
        " JOIN contributions c ON c.participant_id = p.id ORDER BY s.id, c.id"
    )
    for ref, group in groupby(rows(query), key=lambda row: row.ref):
        members = list(group)
        reported_on = day(members[0].reported_on)
        numbers = dict(
            number_contributions(
                [(row.id, day(row.paid_on), row.blth) for row in members],
                reported_on=reported_on,
                floor_month=members[0].floor_month,
            ),
        )
        for row in members:
            number = numbers.get(row.id)
            if number is not None and not earns(number):
                number = None
            if number is None:
                if row.signup_id == row.present and row.number is not None and earns(row.number):
                    yield found("a contribution counts that should not", ref, row.blth)
                continue
            month = month_of(earned_on_contribution("receipt", day(row.paid_on), row.blth, reported_on))
            if (row.number, row.signup_id, row.earned_month) != (number, row.present, month):
                yield found("a contribution is not counted as the rules say", ref, row.blth)
