"""Reads for matching: open sign-ups, the participants that share a number with them, their payments."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, Row, and_, exists, func, or_, select

from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.months import first_day
from portal.membership.models import Contribution, Participant
from portal.organisation.queries import parameter_by_month
from portal.signups.models import SignUp

_AT_ONCE = 500


def signup_rows() -> Any:
    """Return the SELECT of the columns that matching compares, with the status of the sign-up's report."""
    s = SignUp
    return (
        select(
            s.id,
            s.status,
            s.version,
            s.name,
            s.birth_date,
            s.nik_hash,
            s.kpj_hash,
            s.reported_on,
            s.held_reason,
            s.held_by_person,
            s.participant_id,
            s.match_tier,
            s.match_import_id,
            s.outcome,
            s.beaten_on,
            Cadre.branch_id,
            Activity.status.label("activity_status"),
        )
        .join(Cadre, Cadre.id == s.cadre_id)
        .outerjoin(Activity, Activity.ref == s.activity_ref)
    )


def list_candidates(signups: Sequence[Row[Any]]) -> dict[int, list[Row[Any]]]:
    """Load the participants that share a number with these sign-ups."""
    p = Participant
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    same_nik = p.nik_hash == SignUp.nik_hash
    same_kpj = (p.kpj_hash == SignUp.kpj_hash) & (p.nik_hash != SignUp.nik_hash)
    ids = [row.id for row in signups]
    for condition in (same_nik, same_kpj):
        rows = bulk.plain_rows(
            select(
                SignUp.id.label("for_signup"),
                p.id,
                p.nik_hash,
                p.kpj_hash,
                p.birth_date,
                p.name_sealed,
                p.first_registered_on,
                p.signup_id,
                p.import_id,
            )
            .join(p, condition)
            .where(bulk.one_of(SignUp.id, ids))
            .order_by(SignUp.id, p.nik_hash),
        )
        for row in rows:
            found[row.for_signup].append(row)
    return found


def list_claimed(pairs: Sequence[tuple[int, Row[Any]]]) -> set[int]:
    """Find the matches by card alone whose participant another open sign-up names too, by NIK or card."""
    taken: set[int] = set()
    for some in bulk.batches(pairs, _AT_ONCE):
        by_nik = _live_by(SignUp.nik_hash, {person.nik_hash for _, person in some})
        by_card = _live_by(SignUp.kpj_hash, {person.kpj_hash for _, person in some} - {None})
        for signup_id, person in some:
            if (by_nik[person.nik_hash] | by_card[person.kpj_hash]) - {signup_id}:
                taken.add(signup_id)
    return taken


def _live_by(column: Any, hashes: set[bytes]) -> defaultdict[bytes | None, set[int]]:
    """Load the live sign-ups that name one of some numbers, by the number."""
    found: defaultdict[bytes | None, set[int]] = defaultdict(set)
    for number, signup_id in bulk.plain_rows(
        select(column, SignUp.id).where(column.in_(sorted(hashes)), SignUp.is_live)
    ):
        found[number].add(signup_id)
    return found


def list_payments(participant_ids: set[int]) -> dict[int, list[tuple[date, str]]]:
    """Load when each of these participants paid, and for which month."""
    found: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
    if not participant_ids:
        return found
    rows = bulk.plain_rows(
        select(Contribution.participant_id, Contribution.paid_on, Contribution.blth).where(
            bulk.one_of(Contribution.participant_id, participant_ids)
        ),
    )
    for participant_id, paid_on, blth in rows:
        found[participant_id].append((paid_on, blth))
    return found


def paid_since(column: Any, days: int) -> ColumnElement[Any]:
    """Return the expression of the day this many days before a date column."""
    if db.session.get_bind().dialect.name == "sqlite":
        return func.date(column, f"-{days} days", type_=Date)
    return cast("ColumnElement[Any]", column - days)


def ready() -> list[ColumnElement[bool]]:
    """Return the conditions of a match that may be confirmed: not held for a person, and with a paid row."""
    return [
        SignUp.status == "matched",
        SignUp.is_live.is_(True),
        SignUp.held_reason.is_(None),
        ~SignUp.held_by_person,
        SignUp.outcome.is_not(None),
        is_paid(),
    ]


def is_paid() -> ColumnElement[bool]:
    """Return the condition that a matched sign-up has a row paid from 3 days before its local date on."""
    return exists().where(Contribution.participant_id == SignUp.participant_id, is_paid_in_time())


def is_paid_in_time(reported: Any = SignUp.reported_on) -> ColumnElement[bool]:
    """Return the condition that a row was paid from 3 days before a sign-up's local date on (rules.md 5.4)."""
    paid_on = Contribution.paid_on
    return _by_month("window_before", lambda days: paid_on >= paid_since(reported, days), reported)


def is_registered_in_time() -> ColumnElement[bool]:
    """Return the condition that a participant's first registration makes a sign-up a new one (rules.md 5.3)."""
    first, reported = Participant.first_registered_on, SignUp.reported_on
    return and_(
        _by_month("window_before", lambda days: first >= paid_since(reported, days)),
        _by_month("window_after", lambda days: paid_since(first, days) <= reported),
    )


def _by_month(
    name: str, condition: Callable[[int], ColumnElement[bool]], reported: Any = SignUp.reported_on
) -> ColumnElement[bool]:
    """Return a condition on sign-ups that uses the parameter of the month of each one's local date."""
    versions = parameter_by_month(name).values
    found: list[ColumnElement[bool]] = []
    for place, (from_month, days) in enumerate(versions):
        held = [condition(int(days))]
        if place:
            held.append(reported >= first_day(from_month))
        if place + 1 < len(versions):
            held.append(reported < first_day(versions[place + 1][0]))
        found.append(and_(*held))
    return or_(*found)
