"""Known cadres that a file names again: differences are applied, transfers from the oldest open month on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update

from portal import audit, vault
from portal.accounts.models import User
from portal.cadres.models import BankAccount, Cadre
from portal.cadres.services.cadres import touch_boards_of
from portal.cadres.services.certificates import read_terms
from portal.cadres.services.states import note_state
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.points.services.rebuilding import place_standings
from portal.transfers.imports.reading import CadreRow
from portal.transfers.imports.storing import add_users, insert_account
from portal.transfers.queries import first_open_month, lock_open
from portal.transfers.services.terms import write_term

FEW = 100  # above this many, one statement over all standings is quicker


@dataclass(frozen=True)
class StoredCadre:
    """A cadre as stored, with the current bank account."""

    id: int
    user_id: int | None
    name: str
    status: str
    branch_id: int
    host_body_id: int | None
    npwp_valid: bool
    joined_on: date | None
    certified_on: date | None
    certificate_on: date | None
    birth_date: date | None
    email: str | None
    phone_hash: bytes | None
    nik_hash: bytes | None
    account_hash: bytes | None
    bank_code: str | None
    holder: str | None
    account_verified: bool


def read_stored(codes: Sequence[str]) -> dict[str, StoredCadre]:
    """Return the stored cadres with these codes."""
    wanted = (
        select(
            Cadre.code,
            *(Cadre.id, Cadre.user_id, Cadre.name, Cadre.status, Cadre.branch_id, Cadre.host_body_id),
            *(
                Cadre.npwp_valid,
                Cadre.joined_on,
                Cadre.certified_on,
                Cadre.certificate_on,
                Cadre.birth_date,
                Cadre.email,
            ),
            *(Cadre.phone_hash, Cadre.nik_hash, BankAccount.account_hash, BankAccount.bank_code),
            *(BankAccount.holder, BankAccount.verified_by, BankAccount.imported_verified),
        )
        .outerjoin(BankAccount, (BankAccount.cadre_id == Cadre.id) & BankAccount.is_current)
        .where(Cadre.code.in_(codes))
    )
    found = {}
    for code, *values, verified_by, vouched in db.session.execute(wanted):
        columns: list[Any] = [*values, bool(vouched) or verified_by is not None]
        found[code] = StoredCadre(*columns)
    return found


class Updater:
    """Changes known cadres and counts the changes."""

    def __init__(self, *, found: set[str], by: Signature) -> None:
        self._found, self._by = found, by
        self._from_month: str | None = None
        self.updated = 0
        self.moved: list[int] = []

    def update(self, stored: StoredCadre, row: CadreRow) -> None:
        """Apply what differs; a row without differences changes nothing."""
        changed = [
            self._person(stored, row),
            self._place(stored, row),
            self._account(stored, row),
        ]
        self.updated += any(changed)

    def place(self) -> None:
        """Move the live standings of the transferred cadres."""
        if len(self.moved) > FEW:
            place_standings()
        else:
            for cadre_id in self.moved:
                place_standings(cadre_id=cadre_id)

    def _person(self, stored: StoredCadre, row: CadreRow) -> bool:
        """Change name, dates and numbers, in the account too."""
        new = _changed_person(stored, row)
        lacks_user = stored.user_id is None and bool(row.phone_hash or row.email)
        if not new and not lacks_user:
            return False
        if stored.user_id is not None:
            _change_user(stored.user_id, new)
        elif lacks_user:
            phones = {row.code: vault.seal(row.phone)} if row.phone else {}
            new["user_id"] = add_users([row], phones, at=self._by.at)[row.code]
        changing = update(Cadre).where(Cadre.id == stored.id).values(**new, version=Cadre.version + 1)
        change(changing)
        if "status" in new:
            note_state(cadre_id=stored.id, status=new["status"], at=self._by.at)
        if "name" in new:
            touch_boards_of(stored.id)
        return True

    def _place(self, stored: StoredCadre, row: CadreRow) -> bool:
        """Change branch, host body and NPWP status from the first day of the oldest open month (rules.md 1.7)."""
        said: dict[str, Any] = {"branch_id": row.branch_id}
        if "host_code" in self._found:
            said["host_body_id"] = row.host_body_id
        if "npwp_valid" in self._found:
            said["npwp_valid"] = row.npwp_valid
        new = {name: value for name, value in said.items() if getattr(stored, name) != value}
        if not new:
            return False
        if self._from_month is None:
            self._from_month = first_open_month()
            if not lock_open(self._from_month):  # a close ended while we waited for it
                self._from_month = first_open_month()
        write_term(cadre_id=stored.id, from_month=self._from_month, values=new)
        self.moved.append(stored.id)
        audit.record(
            by=self._by,
            act="cadre.moved",
            subject=audit.Subject("cadre", stored.id, stored.branch_id),
            details={"from_month": self._from_month, "after": new},
        )
        return True

    def _account(self, stored: StoredCadre, row: CadreRow) -> bool:
        """Take a changed account, unverified unless the file says so; a file may also verify the present one."""
        if row.account is None:
            return False
        same = (stored.account_hash, stored.bank_code, stored.holder) == (
            row.account_hash,
            row.bank_code,
            row.holder,
        )
        current = (BankAccount.cadre_id == stored.id) & BankAccount.is_current
        if same and (stored.account_verified or not row.account_verified):
            return False
        if same:
            db.session.execute(
                update(BankAccount).where(current).values(imported_verified=True, verified_at=self._by.at)
            )
        else:
            db.session.execute(update(BankAccount).where(current).values(is_current=False))
            insert_account(stored.id, row, by=self._by)
        return True


def _changed_person(stored: StoredCadre, row: CadreRow) -> dict[str, Any]:
    """Return the columns in which a row says something else about the person than what is stored."""
    said: dict[str, Any] = {
        "name": row.name,
        "email": row.email,
        "phone_hash": row.phone_hash,
        "nik_hash": row.nik_hash,
        "joined_on": row.joined_on,
        "certified_on": None if _is_older(row.certified_on, stored.certificate_on) else row.certified_on,
        "birth_date": row.birth_date,
    }
    new = {
        name: value for name, value in said.items() if value is not None and getattr(stored, name) != value
    }
    if "phone_hash" in new:
        new["phone_sealed"] = vault.seal(row.phone or "")
    if "nik_hash" in new:
        new["nik_sealed"] = vault.seal(row.nik or "")
    if "certified_on" in new:
        new["certified_until"], new["submits_until"] = read_terms().ends(row.certified_on)
        new |= {"status": "active"} if stored.status == "candidate" else {}
    return new


def _is_older(day: date | None, certificate_on: date | None) -> bool:
    """Tell whether a file's day lies before a certificate of this portal, which stands."""
    return day is not None and certificate_on is not None and day < certificate_on


def _change_user(user_id: int, new: dict[str, Any]) -> None:
    """Change in the account what it shares with the cadre."""
    values = {name: new[name] for name in ("name", "email", "phone_hash", "phone_sealed") if name in new}
    if values:
        db.session.execute(update(User).where(User.id == user_id).values(**values))
