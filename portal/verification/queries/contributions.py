"""Participants and contributions: owners, numbers and months, counted again (rules.md 5.4)."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.care import holder_on
from portal.domain.matching import belongs_from, earns, number_contributions, participant_status
from portal.domain.months import month_of
from portal.domain.points import earned_on_contribution
from portal.membership.models import ExtractImport
from portal.membership.queries.hand_overs import HandOvers
from portal.organisation.models import Parameter
from portal.organisation.queries import parameter
from portal.verification.queries.findings import Finding, day, each, found, rows

_PAIRS: Final = (
    "SELECT c.participant_id, c.id, c.paid_on, c.blth, c.number, c.signup_id, c.cadre_id, c.earned_on,"
    " c.earned_month, s.id AS claim, s.ref, s.reported_on, s.floor_month, s.cadre_id AS owner"
    " FROM contributions c LEFT JOIN signups s ON s.participant_id = c.participant_id AND s.status = 'validated'"
    " ORDER BY c.participant_id, c.id"
)

_MOVES: Final = "SELECT signup_id, from_month, to_cadre_id, in_force FROM hand_overs ORDER BY id"
# The cadre to whom the participant of a sign-up was handed over last.
_HANDED_OVER: Final = (
    "(SELECT h.to_cadre_id FROM hand_overs h WHERE h.signup_id = s.id AND h.in_force"
    " ORDER BY h.from_month DESC, h.id DESC LIMIT 1)"
)


def check_owners() -> Iterator[Finding]:
    """Check that each participant belongs to the newest validated sign-up of the same worker, and to its cadre.

    Its cadre is the one who signed the worker up, or the one to whom the participant was handed over last.
    """
    yield from each(
        "a participant's sign-up is not a validated one of the same worker",
        "SELECT p.id, s.ref FROM participants p JOIN signups s ON s.id = p.signup_id"
        " WHERE s.status <> 'validated' OR s.participant_id <> p.id"
        " OR s.nik_hash <> p.nik_hash AND s.match_tier = 'T1'",
    )
    yield from each(
        "a participant's sign-up is not the newest validated one",
        "SELECT p.id, s.ref FROM participants p JOIN signups s ON s.participant_id = p.id AND s.status = 'validated'"
        " LEFT JOIN signups o ON o.id = p.signup_id WHERE o.id IS NULL OR s.reported_on > o.reported_on",
    )
    yield from each(
        "a participant belongs to another cadre than its sign-up",
        "SELECT p.id, s.ref FROM participants p LEFT JOIN signups s ON s.id = p.signup_id"
        f" WHERE COALESCE(p.cadre_id, 0) <> COALESCE({_HANDED_OVER}, s.cadre_id, 0)",
    )


def check_cohorts() -> Iterator[Finding]:
    """Check that a participant is in the cohort of the validated new sign-up, and in a branch of its cadre."""
    yield from each(
        "a participant is in another cohort than its sign-up",
        "SELECT p.id, s.ref FROM participants p LEFT JOIN signups s ON s.id = p.signup_id"
        " WHERE COALESCE(p.cohort_month, '') <> COALESCE(CASE WHEN s.outcome = 'new' THEN s.earned_month END, '')"
        " OR p.cohort_month IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cadre_terms t"
        " WHERE t.cadre_id = s.cadre_id AND t.branch_id = p.cohort_branch_id)",
    )


def check_states() -> Iterator[Finding]:
    """Compute each participant's status again, as of the newest applied extract."""
    yield from each(
        "a participant's last paid month is not that of the contributions",
        "SELECT p.id FROM participants p LEFT JOIN (SELECT participant_id, MAX(blth) AS blth FROM contributions"
        " GROUP BY participant_id) AS c ON c.participant_id = p.id"
        " WHERE COALESCE(c.blth, '') <> COALESCE(p.last_paid_month, '')",
    )
    query = select(func.max(ExtractImport.as_of)).where(ExtractImport.status == "applied")
    as_of = db.session.execute(query).scalar_one()
    grace = 0 if as_of is None else int(parameter("grace_months", month=month_of(as_of)))
    known = "SELECT DISTINCT status, last_paid_month FROM participants"
    for row in rows(known):
        if as_of is None:
            yield found("there are participants without an applied extract", row.status)
        elif row.status != participant_status(
            as_of_month=month_of(as_of), last_paid_month=row.last_paid_month, grace_months=grace
        ):
            yield from _wrong_states(row.status, row.last_paid_month)


def _wrong_states(status: str, last_paid_month: str | None) -> Iterator[Finding]:
    paid = f"= '{last_paid_month}'" if last_paid_month else "IS NULL"
    yield from each(
        "a participant's state is not the one of the newest extract",
        f"SELECT id, status FROM participants WHERE status = '{status}' AND last_paid_month {paid}",
    )


class _Windows:
    """How many days before a sign-up's local date a payment counts, by the month of that date (data)."""

    def __init__(self) -> None:
        query = select(Parameter.from_month, Parameter.value).where(Parameter.name == "window_before")
        self._values = sorted((row.from_month, int(row.value)) for row in rows(query))

    def before(self, on: date) -> int:
        place = bisect_right(self._values, month_of(on), key=lambda value: value[0])
        return self._values[max(0, place - 1)][1]


def check_numbers() -> Iterator[Finding]:
    """Number every participant's contributions again, from 1 for each validated sign-up; the rest belong to nobody.

    What was paid from the day of a hand-over on is the new cadre's.
    """
    windows, moves = _Windows(), HandOvers(rows(_MOVES))
    for _, group in groupby(rows(_PAIRS), key=lambda row: row.participant_id):
        pairs = list(group)
        paid = list({row.id: row for row in pairs}.values())
        claims = {row.claim: row for row in pairs if row.claim is not None}
        ordered = sorted(claims.values(), key=lambda row: (day(row.reported_on), row.ref.encode()))
        wanted = _counted(ordered, paid, windows, moves) if ordered else {}
        for row in paid:
            stored = (
                row.signup_id,
                row.cadre_id,
                row.number,
                row.earned_on and day(row.earned_on),
                row.earned_month,
            )
            if stored != wanted.get(row.id, (None, None, None, None, None)):
                yield found("a contribution is not counted as the rules say", row.participant_id, row.blth)


def _counted(
    claims: Sequence[Any], paid: Sequence[Any], windows: _Windows, moves: HandOvers
) -> dict[int, tuple[Any, ...]]:
    """Return, for each contribution that counts: sign-up, cadre, number, earned date and month."""
    by_id = {row.id: row for row in paid}
    days = [(day(claim.reported_on), windows.before(day(claim.reported_on))) for claim in claims]
    ends = [*(belongs_from(*later) for later in days[1:]), date.max]
    counted: dict[int, tuple[Any, ...]] = {}
    for claim, (reported_on, before), end in zip(claims, days, ends, strict=True):
        numbered = number_contributions(
            [(row.id, day(row.paid_on), row.blth) for row in paid if day(row.paid_on) < end],
            reported_on=reported_on,
            window_before=before,
            floor_month=claim.floor_month,
        )
        for key, number in numbered:
            row = by_id[key]
            holder = holder_on(claim.owner, moves.of(claim.claim), day(row.paid_on))
            counted[key] = (claim.claim, holder, number, None, None)
            if earns(number):
                earned_on = earned_on_contribution("receipt", day(row.paid_on), row.blth, reported_on)
                counted[key] = (claim.claim, holder, number, earned_on, month_of(earned_on))
    return counted
