"""Participants and contributions: owners, numbers and months, counted again (rules.md 5.4)."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.matching import belongs_from, earns, number_contributions, participant_status
from portal.domain.months import month_of
from portal.domain.points import earned_on_contribution
from portal.membership.models import ExtractImport
from portal.membership.queries.hand_overs import HandOvers
from portal.organisation.models import Parameter
from portal.organisation.queries import parameter
from portal.verification.queries.findings import Finding, day, each, found, rows, side_by_side

_SETTLED: Final = "participants p JOIN extract_imports i ON i.id = p.import_id WHERE i.status = 'applied'"
# Both by participant; contributions as they are numbered.
_PAID: Final = (
    "SELECT participant_id, id, paid_on, blth, signup_id, cadre_id, number, earned_on, earned_month"
    " FROM contributions ORDER BY participant_id, paid_on, blth, id"
)
_CLAIMS: Final = (
    "SELECT participant_id, id, cadre_id, reported_on, floor_month, ref FROM signups"
    " WHERE status = 'validated' AND participant_id IS NOT NULL ORDER BY participant_id"
)
_KNOWN: Final = 50_000
_NOBODYS: Final = (None, None, None, None, None)

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
    """Check that a participant is in the cohort of the validated new sign-up, and in a branch of its cadre.

    Who came back by a later sign-up is still in that cohort; those are few, and looked up one by one.
    """
    wrong = "a participant is in another cohort than its sign-up"
    terms = "NOT EXISTS (SELECT 1 FROM cadre_terms t WHERE t.cadre_id = {cadre} AND t.branch_id = p.cohort_branch_id)"
    yield from each(
        wrong,
        "SELECT p.id, s.ref FROM participants p JOIN signups s ON s.id = p.signup_id WHERE s.outcome = 'new'"
        f" AND (COALESCE(p.cohort_month, '') <> COALESCE(s.earned_month, '') OR {terms.format(cadre='s.cadre_id')})",
    )
    new = (
        "(SELECT {what} FROM signups o WHERE o.participant_id = p.id{other} AND o.status || '' = 'validated'"
        " AND o.outcome = 'new' ORDER BY o.reported_on DESC LIMIT 1)"
    )
    # That it is another than the present one goes without saying, but makes SQLite look for it among those few alone.
    for people, other in (
        (
            "participants p JOIN signups s ON s.id = p.signup_id WHERE COALESCE(s.outcome, '') <> 'new'",
            " AND o.id <> s.id",
        ),
        (
            "participants p LEFT JOIN signups s ON FALSE WHERE p.signup_id IS NULL AND p.cohort_month IS NOT NULL",
            "",
        ),
    ):
        month = new.format(what="o.earned_month", other=other)
        cadre = new.format(what="o.cadre_id", other=other)
        yield from each(
            wrong,
            f"SELECT p.id, s.ref FROM {people} AND (COALESCE(p.cohort_month, '') <> COALESCE({month}, '')"
            f" OR p.cohort_month IS NOT NULL AND {terms.format(cadre=cadre)})",
        )


def check_states() -> Iterator[Finding]:
    """Compute each participant's status again, as of the newest applied extract.

    An extract that is still being stored counts for nothing yet, and whom it has brought or changed is passed over.
    """
    yield from each(
        "a participant's last paid month is not that of the contributions",
        "SELECT p.id FROM participants p JOIN extract_imports i ON i.id = p.import_id LEFT JOIN"
        " (SELECT participant_id, MAX(blth) AS blth FROM contributions WHERE import_id IN"
        " (SELECT id FROM extract_imports WHERE status = 'applied') GROUP BY participant_id) AS c"
        " ON c.participant_id = p.id"
        " WHERE COALESCE(c.blth, '') <> COALESCE(p.last_paid_month, '') AND i.status = 'applied'",
    )
    query = select(func.max(ExtractImport.as_of)).where(ExtractImport.status == "applied")
    as_of = db.session.execute(query).scalar_one()
    grace = 0 if as_of is None else int(parameter("grace_months", month=month_of(as_of)))
    known = f"SELECT DISTINCT p.status, p.last_paid_month FROM {_SETTLED}"
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
        f"SELECT p.id, p.status FROM {_SETTLED} AND p.status = '{status}' AND p.last_paid_month {paid}",
    )


class _Windows:
    """From which payment on contributions count for a sign-up, by its local date (the number of days is data)."""

    def __init__(self) -> None:
        query = select(Parameter.from_month, Parameter.value).where(Parameter.name == "window_before")
        self._values = sorted((row.from_month, int(row.value)) for row in rows(query))
        self.starts_as_stored = lru_cache(maxsize=_KNOWN)(self._starts_as_stored)

    def before(self, on: date) -> int:
        place = bisect_right(self._values, month_of(on), key=lambda value: value[0])
        return self._values[max(0, place - 1)][1]

    def _starts_as_stored(self, reported_on: Any) -> Any:
        """Return the first payment date that counts, as the driver gives dates."""
        on = day(reported_on)
        start = belongs_from(on, self.before(on))
        return start.isoformat() if isinstance(reported_on, str) else start


def check_numbers() -> Iterator[Finding]:
    """Number every participant's contributions again, from 1 for each validated sign-up; the rest belong to nobody.

    What was paid from the day of a hand-over on is the new cadre's.
    """
    windows, moves = _Windows(), HandOvers(rows(_MOVES))
    for participant_id, paid, claims in side_by_side(rows(_PAID), rows(_CLAIMS)):
        if len(claims) == 1 and claims[0].floor_month is None and not moves.of(claims[0].id):
            wanted = _of_one_claim(claims[0], paid, windows)
        else:
            counted = _counted(claims, paid, windows, moves)
            wanted = (counted.get(row.id, _NOBODYS) for row in paid)
        for row, one in zip(paid, wanted, strict=True):
            if row[4:] != one:
                yield found("a contribution is not counted as the rules say", participant_id, row.blth)


def _of_one_claim(claim: Any, paid: Sequence[Any], windows: _Windows) -> Iterator[tuple[Any, ...]]:
    """Return, for each contribution: sign-up, cadre, number, earned date and month. Nearly all have one sign-up."""
    _, key, owner, reported_on, *_ = claim
    start, number = windows.starts_as_stored(reported_on), 0
    for row in paid:
        paid_on = row[2]
        if paid_on < start:
            yield _NOBODYS
            continue
        number += 1
        yield (
            key,
            owner,
            number,
            *(_earned_as_stored(paid_on, reported_on) if earns(number) else (None, None)),
        )


@lru_cache(maxsize=_KNOWN)
def _earned_as_stored(paid_on: Any, reported_on: Any) -> tuple[Any, str]:
    """Return a contribution's earned date, as the driver gives dates, and its month: those of the receipt."""
    on = earned_on_contribution("receipt", day(paid_on), "", day(reported_on))
    return on.isoformat() if isinstance(paid_on, str) else on, month_of(on)


def _counted(
    claims: Sequence[Any], paid: Sequence[Any], windows: _Windows, moves: HandOvers
) -> dict[int, tuple[Any, ...]]:
    """Return, for each contribution that counts: sign-up, cadre, number, earned date and month."""
    by_id = {row.id: row for row in paid}
    claims = sorted(claims, key=lambda row: (day(row.reported_on), row.ref.encode()))
    days = [(day(claim.reported_on), windows.before(day(claim.reported_on))) for claim in claims]
    ends = [*(belongs_from(*later) for later in days[1:]), date.max][: len(claims)]
    counted: dict[int, tuple[Any, ...]] = {}
    for claim, (reported_on, before), end in zip(claims, days, ends, strict=True):
        numbered = number_contributions(
            [(row.id, day(row.paid_on), row.blth) for row in paid if day(row.paid_on) < end],
            reported_on=reported_on,
            window_before=before,
            floor_month=claim.floor_month,
        )
        for key, number in numbered:
            paid_on = by_id[key].paid_on
            earned = _earned_as_stored(paid_on, claim.reported_on) if earns(number) else (None, None)
            counted[key] = (claim.id, moves.holder_on(claim, day(paid_on)), number, *earned)
    return counted
