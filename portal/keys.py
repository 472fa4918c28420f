"""The keys of this database: which they are, whether the process holds them, and sealing anew under another.

A row for each key holds a proof that only this key makes. It is compared wherever work begins, so that a wrong or
lost key stops it with one line, instead of sealing what nobody reads later and hashing what nobody finds.

Sealed columns are found by their type. A column whose texts are sealed with a context says which function makes it
of which columns: `mapped_column(Sealed, info={"context": (payout_context, ("reference", "bank_code", "holder"))})`.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal import vault
from portal.columns import Base, Instant, Key, SealedBytes
from portal.extensions import db

DATA, INDEX = "data", "index"
_PROOF = "portal kader"
BATCH = 500


class KeyFault(vault.VaultError):
    """The keys of this process are not those of the database; the text is the one line to show."""


class KeyCheck(Base):
    """A key that this database knows, by a mark that tells nothing of it, with a proof that only it makes.

    `retired_at`: when nothing was left that a data key had sealed; it may be dropped from then on.
    """

    __tablename__ = "key_checks"
    __table_args__ = (UniqueConstraint("purpose", "mark"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8))
    mark: Mapped[str] = mapped_column(String(8))
    proof: Mapped[bytes] = mapped_column(LargeBinary)
    noted_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


def find_fault() -> str | None:
    """Return what is wrong with the keys of this process in one line, None if they are this database's."""
    rows = db.session.execute(
        select(KeyCheck.purpose, KeyCheck.mark, KeyCheck.proof, KeyCheck.retired_at).order_by(KeyCheck.id),
    ).all()
    if not rows:
        return _fault_of_unknown()
    for row in rows:
        if row.purpose == INDEX and row.proof != vault.fingerprint("check", _PROOF):
            return (
                "PORTAL_INDEX_KEY is not the key of this database: nobody would be found by NIK or phone number."
                " Give the key that it was set up with"
            )
        if row.purpose == DATA and row.retired_at is None and not _opens(row.proof):
            return (
                f"PORTAL_DATA_KEY lacks the key {row.mark} that sealed rows of this database:"
                " give it too, after the new one, until portal keys rotate has run"
            )
    return None


def check_keys(*, at: datetime) -> None:
    """Raise KeyFault unless the keys are this database's; note a new first data key before it seals anything."""
    fault = find_fault()
    if fault is not None:
        raise KeyFault(fault)
    writer = vault.key_names()[0]
    known = {
        (row.purpose, row.mark): row.retired_at
        for row in db.session.execute(select(KeyCheck.purpose, KeyCheck.mark, KeyCheck.retired_at))
    }
    if (INDEX, "index") not in known:
        proof = vault.fingerprint("check", _PROOF)
        db.session.add(KeyCheck(purpose=INDEX, mark="index", proof=proof, noted_at=at))
    if (DATA, writer) not in known:
        db.session.add(KeyCheck(purpose=DATA, mark=writer, proof=vault.seal(_PROOF), noted_at=at))
    elif known[DATA, writer] is not None:
        mine = update(KeyCheck).where(KeyCheck.purpose == DATA, KeyCheck.mark == writer)
        db.session.execute(mine.values(retired_at=None))
    db.session.flush()


def is_noted() -> bool:
    """Tell whether the key that seals now and the index key are noted, so that a check writes nothing."""
    noted = select(KeyCheck.purpose).where(
        KeyCheck.mark.in_([vault.key_names()[0], "index"]), KeyCheck.retired_at.is_(None)
    )
    return set(db.session.scalars(noted)) == {DATA, INDEX}


def _opens(proof: bytes) -> bool:
    try:
        return vault.unseal(proof) == _PROOF
    except vault.VaultError:
        return False


def _fault_of_unknown() -> str | None:
    """Look at a database that noted no keys yet: what is sealed there must open."""
    for one in sealed_columns():
        row = db.session.execute(one.rows().limit(1)).first()
        if row is not None:
            try:
                one.open(row)
            except vault.VaultError:
                return (
                    f"PORTAL_DATA_KEY does not open what is sealed in {one.name}:"
                    " give the key of this database"
                )
    return None


@dataclass(frozen=True)
class SealedColumn:
    """A column that holds sealed texts, and how the context of each is made of its row."""

    table: Table
    column: Column[bytes]
    make_context: Callable[..., str]
    context_columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return table and column."""
        return f"{self.table.name}.{self.column.name}"

    @property
    def key(self) -> Column[Any]:
        """Return the primary key."""
        (key,) = self.table.primary_key.columns
        return key

    def rows(self) -> Any:
        """Return the statement that reads the sealed rows: key, text, and what the context needs."""
        wanted = [self.table.c[name].label(f"context_{name}") for name in self.context_columns]
        return select(self.key.label("key"), self.column.label("blob"), *wanted).where(
            self.column.is_not(None)
        )

    def context_of(self, row: Any) -> str:
        """Return the context of a row that rows() read."""
        return self.make_context(**{name: getattr(row, f"context_{name}") for name in self.context_columns})

    def open(self, row: Any) -> str:
        """Open a row's text."""
        return vault.unseal(row.blob, context=self.context_of(row))


def sealed_columns() -> list[SealedColumn]:
    """List all columns that hold sealed texts, in the order of the tables."""
    return [
        SealedColumn(table, column, *column.info.get("context", (str, ())))
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SealedBytes)
    ]


def count_by_key() -> Counter[str]:
    """Count the sealed texts under each key, by the key's name."""
    found: Counter[str] = Counter()
    for one in sealed_columns():
        prefix = func.substr(one.column, 1, vault.PREFIX_BYTES).label("prefix")
        counted = select(prefix, func.count().label("count")).where(one.column.is_not(None)).group_by(prefix)
        for row in db.session.execute(counted):
            found[vault.name_of(bytes(row.prefix))] += row[1]
    return found


def count_old(one: SealedColumn) -> int:
    """Count a column's texts that another key than the first one sealed."""
    return db.session.scalar(select(func.count()).select_from(_old(one).subquery())) or 0


def _old(one: SealedColumn) -> Any:
    return one.rows().where(func.substr(one.column, 1, vault.PREFIX_BYTES) != vault.writer_prefix())


def reseal_batch(one: SealedColumn, *, after: Any, limit: int = BATCH) -> tuple[Any, int]:
    """Seal the next texts of a column under the first key; return the last row's key and how many there were.

    A text that somebody changed meanwhile stays: it was sealed by the first key. Done rows are passed over, so
    that a run that was killed goes on where it was.
    """
    wanted = _old(one).order_by(one.key).limit(limit)
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
    """Let the owner rewrite a row that triggers freeze, within this transaction: what it says stays the same."""
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
    guarded = connection.scalar(
        text("SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND NOT tgisinternal"),
        {"table": table.name},
    )
    if guarded:
        connection.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
    yield
    if guarded:
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE TRIGGER USER")


def retire_keys(*, at: datetime) -> list[str]:
    """Note that nothing is sealed by the older keys any more; return their names. They may be dropped."""
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
