"""Cadres from a file: new ones in bulk, known ones updated (README, Files).

For a known cadre, a missing column changes nothing. In the columns that are there, an empty `host_code` means no
host body and an empty `npwp_valid` means not valid; any other empty cell leaves what is stored.
"""

from collections.abc import Sequence

from sqlalchemy import select

from portal import audit
from portal.accounts.models import User
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.tables.importing import Progress, Source, import_rows
from portal.tables.outcome import ImportResult
from portal.tables.reading import Row, Table
from portal.transfers.imports.reading import COLUMNS, CadreRow, RowParser
from portal.transfers.imports.storing import insert_cadres
from portal.transfers.imports.updating import StoredCadre, Updater, read_stored
from portal.transfers.services.terms import refresh_present


class _Uniques:
    """E-mail addresses, phone numbers and NIKs: each belongs to one person, in the file and in the portal."""

    def __init__(self, parser: RowParser) -> None:
        self._parser = parser
        self._taken: dict[tuple[str, object], str] = {}

    def learn(self, rows: Sequence[CadreRow]) -> None:
        """Look up who already has these numbers."""
        emails = {row.email for row in rows if row.email}
        phones = {row.phone_hash for row in rows if row.phone_hash}
        niks = {row.nik_hash for row in rows if row.nik_hash}
        owner = select(User.email, User.phone_hash, User.id, Cadre.code).outerjoin(
            Cadre, Cadre.user_id == User.id
        )
        for owner_row in db.session.execute(
            owner.where(User.email.in_(emails) | User.phone_hash.in_(phones))
        ):
            name = (
                owner_row.code or f"\n{owner_row.id}"
            )  # a line break, which no cadre code contains, stands for staff
            self._taken["email", owner_row.email] = self._taken["phone", owner_row.phone_hash] = name
        for nik_hash, code in db.session.execute(
            select(Cadre.nik_hash, Cadre.code).where(Cadre.nik_hash.in_(niks))
        ):
            self._taken["nik", nik_hash] = code

    def accepts(self, row: CadreRow) -> bool:
        """Claim a row's numbers; report those that belong to somebody else."""
        good = True
        for kind, value in (
            ("email", row.email),
            ("phone", row.phone_hash),
            ("nik", row.nik_hash),
        ):
            if value is not None and self._taken.setdefault((kind, value), row.code) != row.code:
                self._parser.problems.add(row.line, kind, f"people.{kind}_taken")
                good = False
        return good


def import_cadres(
    source: Source, *, by: Signature, progress: Progress | None = None, filename: str = ""
) -> ImportResult:
    """Import cadres; raise TableRefused, with the bad rows, if anything is wrong: then nothing is stored."""
    store = _Store(by=by)
    done, name = import_rows(source, columns=COLUMNS, take=store.take, progress=progress, filename=filename)
    store.move()
    details = {"stored": done.stored, "updated": done.updated, "skipped": done.skipped}
    audit.record(by=by, act="cadres.imported", subject=("file", name[:64]), details=details)
    return done


class _Store:
    """Stores the cadres of a file: new ones in bulk, known ones one by one."""

    def __init__(self, *, by: Signature) -> None:
        self._by = by
        self._seen: dict[str, int] = {}
        self._tools: tuple[RowParser, _Uniques, Updater] | None = None

    def take(self, table: Table, batch: Sequence[Row]) -> tuple[int, int]:
        """Take a batch of rows; return how many cadres were added, and how many changed."""
        if self._tools is None:  # the columns of a file are known from its first row on
            parser = RowParser(table.problems, found=set(table.found), at=self._by.at)
            updater = Updater(found=set(table.found), by=self._by)
            self._tools = parser, _Uniques(parser), updater
        parser, uniques, updater = self._tools
        rows = [row for row in map(parser.read, batch) if row is not None]
        known = read_stored([row.code for row in rows])
        uniques.learn(rows)
        before = updater.updated
        fresh = _sort_out(rows, known, self._seen, parser, uniques, updater)
        stored = 0 if table.problems else insert_cadres(fresh, by=self._by)
        return stored, updater.updated - before

    def move(self) -> None:
        """Apply the transfers that the file brought."""
        if self._tools is not None and self._tools[2].moved:
            refresh_present(at=self._by.at)
            self._tools[2].place()


def _sort_out(
    rows: Sequence[CadreRow],
    known: dict[str, StoredCadre],
    seen: dict[str, int],
    parser: RowParser,
    uniques: _Uniques,
    updater: Updater,
) -> list[CadreRow]:
    """Return the rows that are new; update known cadres; report the rows that are not possible."""
    fresh = []
    for row in rows:
        if _came_before(row, seen, parser) or not uniques.accepts(row):
            continue
        if row.code not in known:
            fresh.append(row)
        elif not parser.problems:
            updater.update(known[row.code], row)
    return fresh


def _came_before(row: CadreRow, seen: dict[str, int], parser: RowParser) -> bool:
    """Tell whether the file named a row's cadre before; with other content that is a problem."""
    content = hash(row.content())
    if row.code not in seen:
        seen[row.code] = content
        return False
    if seen[row.code] != content:
        parser.problems.add(row.line, "cadre_code", "people.twice_in_file", {"code": row.code})
    return True
