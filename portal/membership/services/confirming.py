"""Confirming the matches that are certain and paid, some thousand at a time by a few statements (rules.md 5.1)."""

from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Integer,
    String,
    Table,
    func,
    insert,
    select,
    update,
)

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.columns import Code, Key, MonthKey
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.membership.models import Contribution, Participant
from portal.membership.queries.candidates import is_paid_in_time, ready
from portal.membership.services.newcomers import number_newcomers
from portal.membership.services.numbering import number_participants
from portal.signups.models import SignUp
from portal.signups.services.decide import validate_signups

AT_ONCE = 2000


def confirm_matches(*, by: Signature) -> Iterator[int]:
    """Validate every match that is ready, whichever extract brought it, a few thousand at a time: yield how many."""
    last = 0
    while (found := _confirm(SignUp.id > last, by=by))[0]:
        count, last = found
        yield count


def confirm_match(*, signup_id: int, by: Signature) -> None:
    """Validate one match; refuse one that is not ready."""
    if not _confirm(SignUp.id == signup_id, by=by)[0]:
        raise RuleBroken("membership.not_ready")


def _confirm(which: ColumnElement[bool], *, by: Signature) -> tuple[int, int]:
    """Validate some of the matches that are ready; return how many, and the last one's number."""
    db.session.flush()
    with bulk.looked_up():
        return _confirm_few(which, by=by)


def _confirm_few(which: ColumnElement[bool], *, by: Signature) -> tuple[int, int]:
    chosen = _choose(which)
    query = select(func.count(), func.coalesce(func.max(chosen.c.id), 0)).select_from(chosen)
    count, last = db.session.execute(query).one()
    if count:
        counted = _count_months(chosen)
        validate_signups(chosen, by=by)
        number_participants(number_newcomers(chosen, counted), by=by)
        counted.drop(db.session.connection())
    chosen.drop(db.session.connection())
    db.session.expire_all()
    return count, last


def _choose(which: ColumnElement[bool]) -> Table:
    """Lock the next of the ready matches and put them into a temporary table, with what their validation fixes."""
    chosen = bulk.temporary(
        "chosen_matches",
        [
            Column("id", Key, primary_key=True),
            Column("ref", Code),
            Column("version", Integer),
            Column("cadre_id", BigInteger),
            Column("branch_id", BigInteger),
            Column("participant_id", BigInteger),
            Column("outcome", String(12)),
            Column("reported_on", Date),
            Column("floor_month", MonthKey),
            Column("earned_on", Date),
            Column("earned_month", MonthKey),
            Column("pack", String(12)),
            Column("plain", Integer),
        ],
    )
    s, p = SignUp, Participant
    # A sign-up is earned on the later of its local date and the first registration (rules.md 1.2).
    earned_on = bulk.later_of(s.reported_on, p.first_registered_on)
    found = (s.id, s.ref, s.version, s.cadre_id, Cadre.branch_id, s.participant_id, s.outcome, s.reported_on)
    rows = (
        select(*found, s.floor_month, earned_on, bulk.month_of(earned_on))
        .join(Cadre, Cadre.id == s.cadre_id)
        .join(p, p.id == s.participant_id)
        .where(*ready(), which)
        .order_by(s.id)
        .limit(AT_ONCE)
        .with_for_update(of=SignUp)
    )
    db.session.execute(insert(chosen).from_select(chosen.columns.keys()[: len(rows.selected_columns)], rows))
    bulk.analyse(chosen)
    return chosen


def _count_months(chosen: Table) -> Table:
    """Number the months that count for each chosen sign-up from 1 in a temporary table; the first one's pack counts.

    The same as domain/matching.number_contributions, which every later computation asks (rules.md 5.3 and 5.4).
    """
    counted = bulk.temporary(
        "counted_months",
        [
            Column("signup_id", Key, primary_key=True, autoincrement=False),
            Column("number", Integer, primary_key=True, autoincrement=False),
            Column("id", BigInteger),
            Column("paid_on", Date),
            Column("pack", String(12)),
            Column("earned_on", Date),
            Column("earned_month", MonthKey),
        ],
    )
    c, mine = Contribution, chosen.c
    number = func.row_number().over(partition_by=mine.id, order_by=(c.paid_on, c.blth))
    earned_on = bulk.later_of(c.paid_on, mine.reported_on)
    rows = (
        select(mine.id, number, c.id, c.paid_on, c.pack, earned_on, bulk.month_of(earned_on))
        .select_from(chosen)
        .join(c, c.participant_id == mine.participant_id)
        .where(is_paid_in_time(mine.reported_on))
    )
    db.session.execute(insert(counted).from_select(counted.columns.keys(), rows))
    bulk.analyse(counted)
    first = select(counted.c.pack).where(counted.c.signup_id == mine.id, counted.c.number == 1)
    change(update(chosen).values(pack=first.scalar_subquery()))
    return counted
