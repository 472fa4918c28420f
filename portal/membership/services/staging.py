"""The rows of an extract on the shelf: joined by keyed hash, independent of their order in the file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Integer,
    Subquery,
    Table,
    Text,
    func,
    insert,
    select,
)

from portal.database import bulk
from portal.database.columns import Fingerprint, MonthKey, Rupiah
from portal.database.extensions import db
from portal.database.shelf import Shelf
from portal.membership.services.reading import FIELDS, ExtractFile

# Names decide ties: they must sort alike on both databases, whatever the locale.
_WORD = Text().with_variant(Text(collation="C"), "postgresql")
_STEP = 10_000
_SORTED = 50_000


@dataclass(frozen=True)
class Staged:
    """`people`: one row per NIK, with its newest row's attributes; `paid`: one row per distinct payment.

    In `paid`, `rivals` counts the distinct rows of a key, participant and BLTH, in the file: if a new key has more
    than one, none of them is stored and all become conflicts (rules.md 5.2).
    """

    people: Table
    paid: Table

    def parts(self, size: int) -> Iterator["Part"]:
        """Yield the people and what they paid, so many people at a time; at least one part."""
        p, last = self.people.c, 0
        while True:
            ends = select(p.id, p.nik_hash).where(p.id > last).order_by(p.id).limit(size).subquery()
            edge = (func.max(ends.c.id), func.min(ends.c.nik_hash), func.max(ends.c.nik_hash))
            first, (end, low, high) = last + 1, db.session.execute(select(*edge)).one()
            if end is None and last:
                return
            last = end or 0
            yield Part(p.id.between(first, last), self.paid.c.nik_hash.between(low, high))
            if not end:
                return


@dataclass(frozen=True)
class Part:
    """Some of the staged people, and what they paid, as conditions on the two tables."""

    people: ColumnElement[bool]
    paid: ColumnElement[bool]


def stage(extract: ExtractFile, shelf: Shelf, *, progress: Callable[[int], None] | None = None) -> Staged:
    """Read the file onto the shelf."""
    rows = _make_rows(shelf)
    bulk.fill(rows, FIELDS, _collecting(extract.rows(), progress))
    bulk.analyse(rows)
    staged = Staged(people=_make_people(rows, shelf), paid=_make_paid(rows, shelf))
    rows.drop(db.session.connection())
    bulk.analyse(staged.people)
    bulk.analyse(staged.paid)
    return staged


def _collecting(
    rows: Iterator[tuple[Any, ...]], progress: Callable[[int], None] | None
) -> Iterator[tuple[Any, ...]]:
    for count, row in enumerate(rows, 1):
        if progress is not None and count % _STEP == 0:
            progress(count)
        yield row


def _person() -> list[Column[Any]]:
    """Make the columns that say who somebody is; the rows of the file begin with them, after the line."""
    return [
        Column("nik_hash", Fingerprint),
        Column("kpj_hash", Fingerprint),
        Column("name", _WORD),
        Column("birth_date", Date),
        Column("pack", _WORD),
        Column("registered_on", Date),
        Column("branch_code", _WORD),
    ]


def _make_rows(shelf: Shelf) -> Table:
    return shelf.make(
        "staged_rows",
        [
            Column("line", Integer),
            *_person(),
            Column("blth", MonthKey),
            Column("paid_on", Date),
            Column("amount", Rupiah),
            Column("payer_type", _WORD),
        ],
    )


def _slices(rows: Table) -> Iterator[ColumnElement[bool]]:
    """Cut the rows by their key, some ten thousand at a time: this SQLite sorts in memory, however many they are."""
    count = db.session.execute(select(func.count()).select_from(rows)).scalar_one()
    slices = min(256, 1 + count // _SORTED)
    edges = [256 * each // slices for each in range(slices + 1)]
    for first, end in pairwise(edges):
        begun = rows.c.nik_hash >= bytes([first])
        yield begun & (rows.c.nik_hash < bytes([end])) if end < 256 else begun


def _make_people(rows: Table, shelf: Shelf) -> Table:
    """Choose each NIK's attributes from its newest month; among rows of that month, the values decide."""
    people = shelf.make("staged_people", [Column("id", Integer, primary_key=True), *_person()])
    names, count = people.columns.keys(), select(func.coalesce(func.max(people.c.id), 0)).scalar_subquery()
    for some in _slices(rows):
        r = _ranked(rows, some).c
        number = func.row_number().over(order_by=r.nik_hash) + count
        chosen = select(number, *(r[name] for name in names[1:])).where(r.place == 1)
        db.session.execute(insert(people).from_select(names, chosen))
    bulk.index(people, "nik_hash")
    return people


def _ranked(rows: Table, some: ColumnElement[bool]) -> Subquery:
    """Number each NIK's rows among some, the newest month first."""
    c = rows.c
    newest = (
        func.coalesce(c.blth, "").desc(),
        func.coalesce(c.paid_on, c.registered_on).desc(),
        c.name,
        c.birth_date,
        c.pack,
        c.branch_code,
    )
    return (
        select(
            c.nik_hash,
            func.first_value(c.kpj_hash)
            .over(partition_by=c.nik_hash, order_by=(c.kpj_hash.is_(None), *newest, c.kpj_hash))
            .label("kpj_hash"),
            c.name,
            c.birth_date,
            c.pack,
            func.min(c.registered_on).over(partition_by=c.nik_hash).label("registered_on"),
            c.branch_code,
            func.row_number().over(partition_by=c.nik_hash, order_by=newest).label("place"),
        )
        .where(some)
        .subquery()
    )


def _make_paid(rows: Table, shelf: Shelf) -> Table:
    paid = shelf.make(
        "staged_paid",
        [
            Column("nik_hash", Fingerprint),
            Column("blth", MonthKey),
            Column("paid_on", Date),
            Column("amount", Rupiah),
            Column("payer_type", _WORD),
            Column("pack", _WORD),
            Column("rivals", Integer),
        ],
    )
    c = rows.c
    key = (c.nik_hash, c.blth, c.paid_on, c.amount, c.payer_type, c.pack)
    rivals = func.count().over(partition_by=(c.nik_hash, c.blth))
    for some in _slices(rows):
        different = select(*key, rivals).where(c.blth.is_not(None), some).group_by(*key)
        db.session.execute(insert(paid).from_select(paid.columns.keys(), different))
    bulk.index(paid, "nik_hash")
    return paid
