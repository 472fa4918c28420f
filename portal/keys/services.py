"""Recording keys, sealing anew under another key, and retiring old keys."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Table,
    bindparam,
    select,
    text,
    update,
)

from portal import vault
from portal.database.extensions import db
from portal.keys.models import DATA, INDEX, KeyCheck
from portal.keys.queries import PROOF, KeyFault, SealedColumn, count_by_key, find_fault, old_rows

AT_ONCE = 500


def check_keys(*, at: datetime) -> None:
    """Raise KeyFault unless the keys are this database's; record a new first data key before it seals anything."""
    fault = find_fault()
    if fault is not None:
        raise KeyFault(fault)
    writer = vault.key_names()[0]
    known = {
        (row.purpose, row.mark): row.retired_at
        for row in db.session.execute(select(KeyCheck.purpose, KeyCheck.mark, KeyCheck.retired_at))
    }
    if (INDEX, "index") not in known:
        proof = vault.fingerprint("check", PROOF)
        db.session.add(KeyCheck(purpose=INDEX, mark="index", proof=proof, noted_at=at))
    if (DATA, writer) not in known:
        db.session.add(KeyCheck(purpose=DATA, mark=writer, proof=vault.seal(PROOF), noted_at=at))
    elif known[DATA, writer] is not None:
        mine = update(KeyCheck).where(KeyCheck.purpose == DATA, KeyCheck.mark == writer)
        db.session.execute(mine.values(retired_at=None))
    db.session.flush()


def reseal_batch(one: SealedColumn, *, after: Any, limit: int = AT_ONCE) -> tuple[Any, int]:
    """Seal the next texts of a column under the first key; return the last row's key and how many there were.

    A text that somebody changed meanwhile is left: it is sealed by the first key already. Finished rows are
    skipped, so a run that was killed continues where it stopped.
    """
    wanted = old_rows(one).order_by(one.key).limit(limit)
    rows: Sequence[Any] = db.session.execute(
        wanted if after is None else wanted.where(one.key > after),
    ).all()
    if not rows:
        return after, 0
    changes = [
        {"row": row.key, "old": row.blob, "new": vault.seal(one.open(row), context=one.context_of(row))}
        for row in rows
    ]
    change = (
        update(one.table)
        .where(one.key == bindparam("row"), one.column == bindparam("old"))
        .values({one.column: bindparam("new")})
    )
    with _guards_lifted(one.table):
        db.session.connection().execute(change, changes)
    return rows[-1].key, len(rows)


@contextmanager
def _guards_lifted(table: Table) -> Iterator[None]:
    """Let the owner rewrite rows that triggers freeze, within this transaction: only their sealing changes."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
            {"table": table.name},
        ).all()
        for name, _ in found:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in found:
            connection.exec_driver_sql(sql)
        return
    # Triggers that keep sums or note what is to be counted again may stay: no sealing changes what they look at.
    guarded = connection.scalar(
        text(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND NOT tgisinternal"
            " AND tgname NOT LIKE 'tally%' AND tgname NOT LIKE 'hold%' AND tgname NOT LIKE 'marks%'"
        ),
        {"table": table.name},
    )
    if guarded:
        connection.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
    yield
    if guarded:
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE TRIGGER USER")


def retire_keys(*, at: datetime) -> list[str]:
    """Record that nothing is sealed by the older keys any more; return their names. They may be dropped."""
    writer = vault.key_names()[0]
    left = count_by_key()
    old = [
        name
        for name in db.session.scalars(
            select(KeyCheck.mark)
            .where(KeyCheck.purpose == DATA, KeyCheck.mark != writer, KeyCheck.retired_at.is_(None))
            .order_by(KeyCheck.id),
        )
        if not left.get(name)
    ]
    db.session.execute(
        update(KeyCheck).where(KeyCheck.purpose == DATA, KeyCheck.mark.in_(old)).values(retired_at=at),
    )
    return old
