"""Parsing a cadre's row: cells parsed, numbers normalised and hashed, branch and host body found."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from portal import vault
from portal.accounts.services.users import clean_email
from portal.cadres.services.bank_accounts import check_bank_code, normalise_account
from portal.database.extensions import db
from portal.domain.errors import RuleBroken
from portal.domain.months import ZONES, local_date
from portal.domain.nik import check_nik, normalise_nik
from portal.domain.phones import normalise_phone
from portal.organisation.models import Branch, HostBody
from portal.tables import values
from portal.tables.headings import Column
from portal.tables.problems import BadCell
from portal.tables.reading import Row


def _checked(parse: Callable[[str], str], rule: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Make a parser whose value must also pass a rule of the rulebook."""

    def parse_and_check(cell: str) -> str | None:
        try:
            return rule(parse(cell))
        except RuleBroken as problem:
            raise BadCell(problem.code, problem.values) from None

    return parse_and_check


def _nik(text: str) -> str:
    nik = normalise_nik(text)
    check_nik(nik, birth_date=None)  # a NIK that disagrees with the birth date is no bad row
    return nik


COLUMNS: Final = (
    Column("cadre_code", values.code(), ("kode_kader", "kode"), required=True),
    Column("name", values.text(120), ("nama", "nama_kader"), required=True),
    Column("phone", _checked(values.identifier(), normalise_phone), ("hp", "no_hp", "nomor_hp", "telepon")),
    Column("email", _checked(values.text(254), clean_email), ("e_mail", "surel")),
    Column("branch_code", values.code(), ("kode_cabang", "cabang"), required=True),
    Column("host_code", values.code(), ("kode_wadah", "wadah")),
    Column("joined_on", values.day, ("tanggal_bergabung", "tgl_bergabung")),
    Column("certified_on", values.day, ("tanggal_sertifikat", "tgl_sertifikat", "tanggal_lulus")),
    Column("nik", _checked(values.identifier(), _nik)),
    Column("birth_date", values.day, ("tanggal_lahir", "tgl_lahir")),
    Column("bank_code", _checked(values.code(16), check_bank_code), ("kode_bank", "bank")),
    Column(
        "bank_account",
        _checked(values.identifier(), normalise_account),
        ("nomor_rekening", "no_rekening", "rekening"),
    ),
    Column("account_holder", values.text(120), ("pemilik_rekening", "nama_rekening", "atas_nama")),
    Column("account_verified", values.boolean, ("rekening_terverifikasi", "rekening_diperiksa")),
    Column("npwp_valid", values.boolean, ("npwp_berlaku", "npwp")),
)
_DATES: Final = ("joined_on", "certified_on", "birth_date")


@dataclass(slots=True)
class CadreRow:
    """One row of the file, parsed."""

    line: int
    code: str
    name: str
    branch_id: int
    host_body_id: int | None
    npwp_valid: bool
    email: str | None
    phone: str | None
    phone_hash: bytes | None
    nik: str | None
    nik_hash: bytes | None
    joined_on: date | None
    certified_on: date | None
    birth_date: date | None
    bank_code: str | None
    account: str | None
    account_hash: bytes | None
    holder: str | None
    account_verified: bool

    def content(self) -> tuple[object, ...]:
        """Return everything except the line, to recognise the same row again."""
        return tuple(getattr(self, name) for name in self.__slots__ if name != "line")


class RowParser:
    """Parses rows; unknown host bodies are added, unknown branches make bad rows."""

    def __init__(self, problems: Any, *, found: set[str], at: datetime) -> None:
        self.problems = problems
        self.found = found
        self._branches = {
            branch.code: (branch.id, branch.time_zone) for branch in db.session.scalars(select(Branch))
        }
        self._hosts = {host.code: host.id for host in db.session.scalars(select(HostBody))}
        self._today = {zone: local_date(at, zone) for zone in ZONES}

    def read(self, row: Row) -> CadreRow | None:
        """Return a row parsed; None if it is bad, with the reason added to the problems."""
        branch = self._branches.get(row["branch_code"])
        if branch is None:
            values_of = {"code": row["branch_code"]}
            self.problems.add(row.line, "branch_code", "people.unknown_branch", values_of)
            return None
        today = self._today[branch[1]]
        late = [name for name in _DATES if row[name] is not None and row[name] > today]
        for name in late:
            self.problems.add(row.line, name, "people.day_in_future")
        half = (row["bank_code"] is None) != (row["bank_account"] is None)
        if half:
            self.problems.add(row.line, "bank_account", "people.account_incomplete")
        return None if late or half else self._parsed(row, branch[0])

    def _parsed(self, row: Row, branch_id: int) -> CadreRow:
        account, phone, nik = row["bank_account"], row["phone"], row["nik"]
        return CadreRow(
            line=row.line,
            code=row["cadre_code"],
            name=row["name"],
            branch_id=branch_id,
            host_body_id=self._host(row["host_code"]),
            npwp_valid=bool(row["npwp_valid"]),
            email=row["email"],
            phone=phone,
            phone_hash=vault.fingerprint("phone", phone) if phone else None,
            nik=nik,
            nik_hash=vault.fingerprint("nik", nik) if nik else None,
            joined_on=row["joined_on"],
            certified_on=row["certified_on"],
            birth_date=row["birth_date"],
            bank_code=row["bank_code"],
            account=account,
            account_hash=vault.fingerprint("account", account) if account else None,
            holder=(row["account_holder"] or row["name"]) if account else None,
            account_verified=bool(row["account_verified"]),
        )

    def _host(self, code: str | None) -> int | None:
        """Return the host body with a code; an unknown one is added under its code."""
        if code is None:
            return None
        if code not in self._hosts:
            host = HostBody(code=code, name=code)
            db.session.add(host)
            db.session.flush()
            self._hosts[code] = host.id
        return self._hosts[code]
