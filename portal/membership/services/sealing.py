"""The names of an extract's people, sealed before anything is stored: on SQLite others may write meanwhile."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, func, or_, select, true

from portal import vault
from portal.database import bulk
from portal.database.columns import Fingerprint, Key, Sealed
from portal.database.extensions import db
from portal.database.shelf import Shelf
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


def seal_names(people: Table, shelf: Shelf, *, as_of: date) -> SealedNames:
    """Seal the names that are new or differ from what is stored as of this day or earlier."""
    names = SealedNames(
        shelf.make(
            "new_names", [Column("nik_hash", Fingerprint, primary_key=True), Column("name_sealed", Sealed)]
        ),
        shelf.make("other_names", [Column("id", Key, primary_key=True), Column("name_sealed", Sealed)]),
        _applied(),
    )
    _seal(names, people, true(), as_of=as_of)
    return names


def refresh_names(
    names: SealedNames, people: Table, part: ColumnElement[bool], *, import_id: int, as_of: date
) -> None:
    """Seal the names of a part of the people again if what is stored has changed since: now nobody else writes."""
    p = Participant
    unknown = (
        select(people.c.id)
        .outerjoin(p, p.nik_hash == people.c.nik_hash)
        .outerjoin(names.new, names.new.c.nik_hash == people.c.nik_hash)
        .where(part, p.id.is_(None), names.new.c.nik_hash.is_(None))
    )
    same = names.seen in (_applied(), _applied(import_id)) and not _others_run(import_id)
    if not same or db.session.execute(unknown.limit(1)).first() is not None:
        mine = select(people.c.nik_hash).where(part)
        known = select(p.id).where(p.nik_hash.in_(mine))
        db.session.execute(delete(names.new).where(names.new.c.nik_hash.in_(mine)))
        db.session.execute(delete(names.other).where(names.other.c.id.in_(known)))
        _seal(names, people, part, as_of=as_of)


def _applied(besides: int = 0) -> tuple[Any, ...]:
    """Return what tells the imports begun until now from those of another moment."""
    row = ExtractImport
    query = select(func.count(row.id), func.max(row.id), func.max(row.applied_at))
    return tuple(db.session.execute(query.where(row.applied_at.is_not(None), row.id != besides)).one())


def _others_run(import_id: int) -> bool:
    """Tell whether another import has begun and not ended: it stores people whenever this one does not."""
    row = ExtractImport
    query = select(row.id).where(row.applied_at.is_not(None), row.status == "previewed", row.id != import_id)
    return db.session.execute(query.limit(1)).first() is not None


def _seal(names: SealedNames, people: Table, part: ColumnElement[bool], *, as_of: date) -> None:
    p, last = Participant, 0
    while True:
        rows = bulk.plain_rows(
            select(people.c.id, people.c.nik_hash, people.c.name, p.id, p.name_sealed)
            .outerjoin(p, p.nik_hash == people.c.nik_hash)
            .where(part, people.c.id > last, or_(p.id.is_(None), p.as_of <= as_of))
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
