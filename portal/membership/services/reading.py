"""Reading the official extract (README, Files): each row checked, its numbers hashed immediately."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from portal import vault
from portal.domain.errors import RuleBroken
from portal.domain.kpj import normalise_kpj
from portal.domain.nik import check_nik, normalise_nik
from portal.domain.points import parse_pack
from portal.tables.headings import Column, Parser
from portal.tables.problems import BadCell, Problems
from portal.tables.reading import open_table
from portal.tables.rounding import RoundedNumbers
from portal.tables.values import choice, code, day, identifier, month, rupiah, text

PAYERS = ("mandiri", "donatur", "pemerintah")
PAID = ("blth", "paid_on", "amount", "payer_type")
# The columns of a staged row, in the order in which `rows()` yields them.
FIELDS = (
    "line",
    "nik_hash",
    "kpj_hash",
    "name",
    "birth_date",
    "pack",
    "registered_on",
    "branch_code",
    "blth",
    "paid_on",
    "amount",
    "payer_type",
)


@dataclass
class ReadProfile:
    """What the file contains: rows, paid rows, bad rows, and the range of payments and months."""

    rows: int = 0
    paid_rows: int = 0
    rupiah: int = 0
    first_blth: str | None = None
    last_blth: str | None = None
    first_paid_on: date | None = None
    last_paid_on: date | None = None
    payers: dict[str, int] = field(default_factory=dict)

    def see(self, values: dict[str, Any]) -> None:
        """Count a good row."""
        self.rows += 1
        blth, paid_on = values["blth"], values["paid_on"]
        if blth is None:
            return
        self.paid_rows += 1
        self.rupiah += values["amount"]
        self.payers[values["payer_type"]] = self.payers.get(values["payer_type"], 0) + 1
        self.first_blth = min(self.first_blth or blth, blth)
        self.last_blth = max(self.last_blth or blth, blth)
        self.first_paid_on = min(self.first_paid_on or paid_on, paid_on)
        self.last_paid_on = max(self.last_paid_on or paid_on, paid_on)


class ExtractFile:
    """An extract on disk. `rows()` yields the good rows once; after that `problems` and `profile` are complete."""

    def __init__(self, path: Path, *, today: date, file_name: str = "") -> None:
        self.path = path
        self.file_name = file_name or path.name
        self._rounded = RoundedNumbers()
        self.table = open_table(path, columns=self._columns(today), filename=self.file_name)
        self.profile = ReadProfile()

    @property
    def problems(self) -> Problems:
        """Return the bad rows found so far."""
        return self.table.problems

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield each good row as a tuple of FIELDS; then refuse a CSV whose NIKs were rounded."""
        paid_of, all_of = itemgetter(*PAID), itemgetter(*FIELDS[1:])
        for row in self.table:
            values = row.values
            paid = paid_of(values)
            if None in paid and any(value is not None for value in paid):
                self.problems.add(row.line, PAID[paid.index(None)], "extract.partly_paid")
                continue
            self.profile.see(values)
            yield (row.line, *all_of(values))
        if self.table.format == "csv":
            self._rounded.refuse()

    def _columns(self, today: date) -> list[Column]:
        past = _past_day(today)
        return [
            Column("nik_hash", self._nik, ("NIK",), required=True),
            Column("kpj_hash", _kpj, ("KPJ", "NO KPJ", "card number")),
            Column("name", text(120), ("NAMA", "NAMA PESERTA", "name"), required=True),
            Column(
                "birth_date", past, ("TGL LAHIR", "TANGGAL LAHIR", "birth date"), required=True, repeats=True
            ),
            Column("pack", _pack, ("PROGRAM", "programmes", "programme"), required=True, repeats=True),
            Column(
                "registered_on",
                past,
                ("TGL DAFTAR PERTAMA", "TANGGAL DAFTAR PERTAMA", "first registered on", "first registration"),
                required=True,
                repeats=True,
            ),
            Column(
                "branch_code", code(32), ("KODE CABANG", "CABANG", "branch code"), required=True, repeats=True
            ),
            Column("blth", month, ("BLTH", "contribution month"), expected=True, repeats=True),
            Column("paid_on", past, ("TGL BAYAR", "TANGGAL BAYAR", "paid on"), expected=True, repeats=True),
            Column("amount", rupiah, ("IURAN", "amount"), expected=True, repeats=True),
            Column(
                "payer_type", choice(PAYERS), ("JENIS PEMBAYAR", "payer type"), expected=True, repeats=True
            ),
        ]

    def _nik(self, cell: str) -> bytes:
        """Check a NIK and return its keyed hash; the number itself is not kept."""
        try:
            nik = normalise_nik(_IDENTIFIER(cell))
            key = vault.fingerprint("nik", nik)
            self._rounded.see(nik, key[:8])
            check_nik(nik, birth_date=None)
        except RuleBroken as problem:
            raise BadCell(problem.code, problem.values) from None
        return key


_IDENTIFIER = identifier()


def _kpj(cell: str) -> bytes:
    try:
        return vault.fingerprint("kpj", normalise_kpj(_IDENTIFIER(cell)))
    except RuleBroken as problem:
        raise BadCell(problem.code, problem.values) from None


@lru_cache(maxsize=256)
def _pack(cell: str) -> str:
    try:
        return parse_pack(cell)
    except RuleBroken:
        raise BadCell("extract.unknown_pack", {"value": cell.strip()[:40]}) from None


def _past_day(today: date) -> Parser:
    """Make the parser of a day that is not in the future (rules.md 1.1)."""

    def parse(cell: str) -> date:
        found = day(cell)
        if found > today:
            raise BadCell("extract.future_day", {"value": found.isoformat()})
        return found

    return parse


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, by which the same file is recognised."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
