"""Cadres from a file: new ones in bulk, known ones updated (contract.md, Files).

What a file says of a known cadre: a column that is missing says nothing. Of the columns that are there, an empty
`host_code` means no host body and an empty `npwp_valid` not valid; any other empty cell leaves what is stored.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO

from sqlalchemy import select

from portal import audit, bulk
from portal.domain.actors import Actor
from portal.extensions import db
from portal.people.imports.reading import COLUMNS, Card, Reader
from portal.people.imports.storing import insert_cards
from portal.people.imports.updating import Known, Updater, read_known
from portal.people.models import Cadre, User
from portal.people.services.terms import refresh_present
from portal.tables import ImportResult, open_table

BATCH = 2000
Progress = Callable[[int], None]


class _Uniques:
    """E-mail addresses, phone numbers and NIKs: each belongs to one person, in the file and in the portal."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._taken: dict[tuple[str, object], str] = {}

    def learn(self, cards: Sequence[Card]) -> None:
        """Look up who has these numbers already."""
        emails = {card.email for card in cards if card.email}
        phones = {card.phone_hash for card in cards if card.phone_hash}
        niks = {card.nik_hash for card in cards if card.nik_hash}
        owner = select(User.email, User.phone_hash, User.id, Cadre.code).outerjoin(
            Cadre, Cadre.user_id == User.id
        )
        for row in db.session.execute(owner.where(User.email.in_(emails) | User.phone_hash.in_(phones))):
            name = row.code or f"\n{row.id}"  # no cadre's code holds a line break: somebody of the staff
            self._taken["email", row.email] = self._taken["phone", row.phone_hash] = name
        for nik_hash, code in db.session.execute(
            select(Cadre.nik_hash, Cadre.code).where(Cadre.nik_hash.in_(niks))
        ):
            self._taken["nik", nik_hash] = code

    def accepts(self, card: Card) -> bool:
        """Claim a card's numbers; note those that are another's."""
        good = True
        for kind, value in (("email", card.email), ("phone", card.phone_hash), ("nik", card.nik_hash)):
            if value is not None and self._taken.setdefault((kind, value), card.code) != card.code:
                self._reader.problems.add(card.line, kind, f"people.{kind}_taken")
                good = False
        return good


def import_cadres(
    path: Path | str | IO[bytes],
    *,
    actor: Actor,
    at: datetime,
    progress: Progress | None = None,
    filename: str = "",
) -> ImportResult:
    """Import cadres; raise TableRefused, with the bad rows, if anything is wrong: then nothing is stored."""
    seen: dict[str, int] = {}
    count = stored = 0
    with open_table(path, columns=COLUMNS, filename=filename) as table:
        rows = iter(table)
        first = next(rows, None)
        reader = Reader(table.problems, found=set(table.found), at=at)
        uniques, updater = _Uniques(reader), Updater(found=set(table.found), actor=actor, at=at)
        for batch in bulk.batches(chain([first] if first else [], rows), BATCH):
            count += len(batch)
            cards = [card for card in map(reader.read, batch) if card is not None]
            known = read_known([card.code for card in cards])
            uniques.learn(cards)
            fresh = _sort_out(cards, known, seen, reader, uniques, updater)
            if not table.problems:
                stored += insert_cards(fresh, actor=actor, at=at)
            if progress:
                progress(count)
        table.problems.errors.sort(key=lambda error: error.line)
        table.problems.refuse()
        name = table.filename
    if updater.moved:
        refresh_present(at=at)
        updater.place()
    done = ImportResult(stored, updater.updated, count - stored - updater.updated)
    details = {"stored": done.stored, "updated": done.updated, "skipped": done.skipped}
    audit.record(actor=actor, act="cadres.imported", subject=("file", name[:64]), at=at, details=details)
    return done


def _sort_out(
    cards: Sequence[Card],
    known: dict[str, Known],
    seen: dict[str, int],
    reader: Reader,
    uniques: _Uniques,
    updater: Updater,
) -> list[Card]:
    """Return the cards that are new; update the known ones; note the rows that cannot be."""
    fresh = []
    for card in cards:
        content = hash(card.content())
        if card.code in seen:
            if seen[card.code] != content:
                reader.problems.add(card.line, "cadre_code", "people.twice_in_file", {"code": card.code})
            continue
        seen[card.code] = content
        if not uniques.accepts(card):
            continue
        if card.code not in known:
            fresh.append(card)
        elif not reader.problems:
            updater.update(known[card.code], card)
    return fresh
