"""The plain case of matching, stored by one statement for all its sign-ups (rules.md 5.1)."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import BigInteger, Column, Integer, Table, insert, select, update

from portal.database import bulk
from portal.database.columns import Key
from portal.database.extensions import db
from portal.database.guarded import change
from portal.membership.queries.undecided import last_of_open, undecided_rows
from portal.signups.models import SignUp
from portal.signups.services.changing import Change

AT_ONCE = 5000


def stage_undecided(people: Table, *, after: int, as_of: date) -> tuple[Table, int] | None:
    """List the next open sign-ups that the stored rows may change, in a temporary table; None after the last one.

    Also returns the sign-up to go on after.
    """
    db.session.flush()
    last = last_of_open(after=after, limit=AT_ONCE)
    if last is None:
        return None
    undecided = bulk.temporary(
        "undecided_signups",
        [
            Column("id", Key, primary_key=True),
            Column("version", Integer),
            Column("branch_id", BigInteger),
            Column("participant_id", BigInteger),
            Column("import_id", BigInteger),
            Column("plain", Integer),
        ],
    )
    rows = undecided_rows(people, as_of=as_of).where(SignUp.id > after, SignUp.id <= last)
    db.session.execute(insert(undecided).from_select(undecided.columns.keys(), rows))
    bulk.analyse(undecided)
    return undecided, last


def store_plain(undecided: Table) -> int:
    """Store the match of all plain sign-ups; return how many there are."""
    found = undecided.c
    return change(
        update(SignUp)
        .where(SignUp.id == found.id, found.plain == 1)
        .values(
            status="matched",
            participant_id=found.participant_id,
            match_tier="T1",
            match_import_id=found.import_id,
            outcome="new",
            version=found.version + 1,
        )
    ).rowcount


def plain_changes(undecided: Table) -> Iterator[Change]:
    """Yield the changes of the plain sign-ups by id, for the audit trail."""
    found, last = undecided.c, 0
    while True:
        query = select(found.id, found.version, found.branch_id)
        query = query.where(found.plain == 1, found.id > last).order_by(found.id).limit(bulk.AT_ONCE)
        rows = bulk.plain_rows(query).all()
        if not rows:
            return
        last = rows[-1].id
        for row in rows:
            yield Change(row.id, row.version, row.branch_id, "signup.matched")
