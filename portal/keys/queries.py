"""Whether this process has this database's keys, and what is sealed under which.

Sealed columns are found by their type. A column whose texts are sealed with a context names the function and the
columns it is made of: `mapped_column(Sealed, info={"context": (payout_context, ("reference", "bank_code",
"holder"))})`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Table,
    func,
    select,
)

from portal import vault
from portal.database.columns import Base, SealedBytes
from portal.database.extensions import db
from portal.domain.errors import VaultError
from portal.keys.models import DATA, INDEX, KeyCheck

PROOF = "portal kader"


class KeyFault(VaultError):  # noqa: N818 - the keys are at fault, not the program
    """This process does not have the keys of the database; the text is the one line to show."""


def find_fault() -> str | None:
    """Return in one line what is wrong with the keys of this process; None if they are this database's."""
    rows = db.session.execute(
        select(KeyCheck.purpose, KeyCheck.mark, KeyCheck.proof, KeyCheck.retired_at).order_by(KeyCheck.id),
    ).all()
    if not rows:
        return _fault_of_unknown()
    for row in rows:
        if row.purpose == INDEX and row.proof != vault.fingerprint("check", PROOF):
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


def are_recorded() -> bool:
    """Tell whether the writing key and the index key are recorded, so that a check writes nothing."""
    noted = select(KeyCheck.purpose).where(
        KeyCheck.mark.in_([vault.key_names()[0], "index"]), KeyCheck.retired_at.is_(None)
    )
    return set(db.session.scalars(noted)) == {DATA, INDEX}


def _opens(proof: bytes) -> bool:
    try:
        return vault.unseal(proof) == PROOF
    except VaultError:
        return False


def _fault_of_unknown() -> str | None:
    """Check a database that has no keys recorded yet: what is sealed there must open."""
    for one in sealed_columns():
        row = db.session.execute(one.rows().limit(1)).first()
        if row is not None:
            try:
                one.open(row)
            except VaultError:
                return (
                    f"PORTAL_DATA_KEY does not open what is sealed in {one.name}:"
                    " give the key of this database"
                )
    return None


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed texts, and how each text's context is made from its row."""

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
    """Count a column's texts that were sealed by a key other than the first one."""
    return db.session.scalar(select(func.count()).select_from(old_rows(one).subquery())) or 0


def old_rows(one: SealedColumn) -> Any:
    """Return the statement that reads a column's rows that were sealed by a key other than the first one."""
    return one.rows().where(func.substr(one.column, 1, vault.PREFIX_BYTES) != vault.writer_prefix())
