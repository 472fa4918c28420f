"""The names of an extract's people, sealed before anything is stored: on SQLite others may write meanwhile."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, Table, delete, func, or_, select

from portal import vault
from portal.database import bulk
from portal.database.columns import Fingerprint, Key, Sealed
from portal.database.extensions import db
from portal.membership.models import ExtractImport, Participant

AT_ONCE = 5000


@dataclass
class SealedNames:
    """`new`: the names of people who are no participants yet. `other`: participants whose spelling changed.

    `seen` tells whether another extract was applied since.
    """

    new: Table
    other: Table
    seen: tuple[Any, ...]


def seal_names(people: Table, *, as_of: date) -> SealedNames:
    """Seal the names that are new or differ from what is stored as of this day or earlier."""
    names = SealedNames(
        bulk.temporary(
            "new_names", [Column("nik_hash", Fingerprint, primary_key=True), Column("name_sealed", Sealed)]
        ),
        bulk.temporary("other_names", [Column("id", Key, primary_key=True), Column("name_sealed", Sealed)]),
        _applied(),
    )
    _seal(names, people, as_of=as_of)
    return names


def refresh_names(names: SealedNames, people: Table, *, as_of: date) -> None:
    """Seal the names again if what is stored has changed since: now nobody else writes."""
    p = Participant
    unknown = (
        select(people.c.id)
        .outerjoin(p, p.nik_hash == people.c.nik_hash)
        .outerjoin(names.new, names.new.c.nik_hash == people.c.nik_hash)
        .where(p.id.is_(None), names.new.c.nik_hash.is_(None))
    )
    if names.seen != _applied() or db.session.execute(unknown.limit(1)).first() is not None:
        for table in (names.new, names.other):
            db.session.execute(delete(table))
        _seal(names, people, as_of=as_of)


def _applied() -> tuple[Any, ...]:
    row = ExtractImport
    query = select(func.count(row.id), func.max(row.id), func.max(row.applied_at))
    return tuple(db.session.execute(query.where(row.status == "applied")).one())


def _seal(names: SealedNames, people: Table, *, as_of: date) -> None:
    p, last = Participant, 0
    while True:
        rows = bulk.plain_rows(
            select(people.c.id, people.c.nik_hash, people.c.name, p.id, p.name_sealed)
            .outerjoin(p, p.nik_hash == people.c.nik_hash)
            .where(people.c.id > last, or_(p.id.is_(None), p.as_of <= as_of))
            .order_by(people.c.id)
            .limit(AT_ONCE),
        ).all()
        if not rows:
            return
        last = rows[-1][0]
        new = [(nik, vault.seal(name)) for _, nik, name, known, _ in rows if known is None]
        bulk.fill(names.new, ["nik_hash", "name_sealed"], new)
        other = [
            (known, vault.seal(name))
            for _, _, name, known, sealed in rows
            if known is not None and vault.unseal(sealed) != name
        ]
        bulk.fill(names.other, ["id", "name_sealed"], other)
