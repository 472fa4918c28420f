"""New cadres in bulk: accounts, cadres, first terms, bank accounts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, select

from portal import vault
from portal.accounts.models import User
from portal.cadres.models import BankAccount, Cadre, CadreTerm
from portal.cadres.queries.bank_accounts import seal_account
from portal.cadres.queries.terms import FROM_THE_BEGINNING
from portal.cadres.services.certificates import Terms, read_terms
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.transfers.imports.reading import CadreRow

_USERS: Final = (
    *("name", "email", "phone_sealed", "phone_hash", "must_change_password", "role", "scope", "branch_id"),
    *("is_active", "theme", "created_at", "version"),
)
_CADRES: Final = (
    *("code", "user_id", "name", "status", "branch_id", "host_body_id", "npwp_valid", "joined_on"),
    *("certified_on", "birth_date", "email", "phone_sealed", "phone_hash", "nik_sealed", "nik_hash"),
    *("version", "created_at", "certified_until", "submits_until"),
)
_TERMS: Final = ("cadre_id", "from_month", "branch_id", "host_body_id", "npwp_valid")
_ACCOUNTS: Final = (
    *("cadre_id", "bank_code", "account_sealed", "account_hash", "account_tail", "holder", "is_current"),
    *("entered_by", "entered_at", "imported_verified", "verified_at"),
)


def _fill(model: Any, names: Sequence[str], rows: list[list[Any]]) -> None:
    if rows:
        bulk.fill(cast("Table", model.__table__), names, rows)


def _user_columns(row: CadreRow, phone: bytes | None, at: datetime) -> list[Any]:
    who = [row.name, row.email, phone, row.phone_hash]
    return [*who, False, "cadre", "branch", row.branch_id, True, "auto", at, 1]


def add_users(rows: Sequence[CadreRow], phones: dict[str, bytes], *, at: datetime) -> dict[str, int]:
    """Add accounts without a password for cadres with a phone or an e-mail address; return ids by cadre code."""
    having = [row for row in rows if row.phone_hash or row.email]
    _fill(User, _USERS, [_user_columns(row, phones.get(row.code), at) for row in having])
    phone_of = [row.phone_hash for row in having if row.phone_hash]
    email_of = [row.email for row in having if not row.phone_hash]
    ids: dict[object, int] = {}
    for column, wanted in ((User.phone_hash, phone_of), (User.email, email_of)):
        if wanted:
            ids |= {
                row[1]: row[0]
                for row in db.session.execute(select(User.id, column).where(column.in_(wanted)))
            }
    return {row.code: ids[row.phone_hash or row.email] for row in having}


def _cadre_columns(
    row: CadreRow, user_id: int | None, phone: bytes | None, at: datetime, terms: Terms
) -> list[Any]:
    status = "active" if row.certified_on else "candidate"
    nik = vault.seal(row.nik) if row.nik else None
    return [
        *(
            row.code,
            user_id,
            row.name,
            status,
            row.branch_id,
            row.host_body_id,
            row.npwp_valid,
        ),
        *(
            row.joined_on,
            row.certified_on,
            row.birth_date,
            row.email,
            phone,
            row.phone_hash,
        ),
        *(nik, row.nik_hash, 1, at, *terms.ends(row.certified_on)),
    ]


def insert_cadres(rows: Sequence[CadreRow], *, by: Signature) -> int:
    """Store new cadres, whose first term holds from the beginning; return how many."""
    if not rows:
        return 0
    phones = {row.code: vault.seal(row.phone) for row in rows if row.phone}
    users, lasting = add_users(rows, phones, at=by.at), read_terms()
    _fill(
        Cadre,
        _CADRES,
        [_cadre_columns(row, users.get(row.code), phones.get(row.code), by.at, lasting) for row in rows],
    )
    codes = [row.code for row in rows]
    ids = {
        row.code: row.id
        for row in db.session.execute(select(Cadre.id, Cadre.code).where(Cadre.code.in_(codes)))
    }
    terms = [
        [
            ids[row.code],
            FROM_THE_BEGINNING,
            row.branch_id,
            row.host_body_id,
            row.npwp_valid,
        ]
        for row in rows
    ]
    _fill(CadreTerm, _TERMS, terms)
    _fill(
        BankAccount,
        _ACCOUNTS,
        [account_columns(ids[row.code], row, by) for row in rows if row.account],
    )
    return len(rows)


def account_columns(cadre_id: int, row: CadreRow, by: Signature) -> list[Any]:
    """Return a bank account's values in column order; it counts as verified only if the file says so."""
    digits = row.account or ""
    sealed = seal_account(
        digits, cadre_id=cadre_id, entered_at=by.at, bank_code=row.bank_code, holder=row.holder
    )
    return [
        *(cadre_id, row.bank_code, sealed, row.account_hash, digits[-4:], row.holder, True),
        *(by.actor.user_id, by.at, row.account_verified, by.at if row.account_verified else None),
    ]


def insert_account(cadre_id: int, row: CadreRow, *, by: Signature) -> None:
    """Store one bank account."""
    _fill(BankAccount, _ACCOUNTS, [account_columns(cadre_id, row, by)])
