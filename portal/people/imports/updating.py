"""Known cadres that a file names again: what differs is changed, transfers from the oldest open month on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from portal import audit, vault
from portal.domain.actors import Actor
from portal.extensions import db
from portal.people.imports.reading import Card
from portal.people.imports.storing import add_users, insert_account
from portal.people.models import BankAccount, Cadre, User
from portal.people.queries.months import first_open_month, hold_open
from portal.people.services.standings import place_standings
from portal.people.services.terms import write_term

FEW = 100  # above this one statement over all standings is quicker


@dataclass(frozen=True)
class Known:
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
    birth_date: date | None
    email: str | None
    phone_hash: bytes | None
    nik_hash: bytes | None
    account_hash: bytes | None
    bank_code: str | None
    holder: str | None
    account_verified: bool


def read_known(codes: Sequence[str]) -> dict[str, Known]:
    """Return the stored cadres with these codes."""
    wanted = (
        select(
            Cadre.code,
            *(Cadre.id, Cadre.user_id, Cadre.name, Cadre.status, Cadre.branch_id, Cadre.host_body_id),
            *(Cadre.npwp_valid, Cadre.joined_on, Cadre.certified_on, Cadre.birth_date, Cadre.email),
            *(Cadre.phone_hash, Cadre.nik_hash, BankAccount.account_hash, BankAccount.bank_code),
            *(BankAccount.holder, BankAccount.verified_by, BankAccount.imported_verified),
        )
        .outerjoin(BankAccount, (BankAccount.cadre_id == Cadre.id) & BankAccount.is_current)
        .where(Cadre.code.in_(codes))
    )
    found = {}
    for code, *values, verified_by, vouched in db.session.execute(wanted):
        columns: list[Any] = [*values, bool(vouched) or verified_by is not None]
        found[code] = Known(*columns)
    return found


class Updater:
    """Changes known cadres and counts what it did."""

    def __init__(self, *, found: set[str], actor: Actor, at: datetime) -> None:
        self._found, self._actor, self._at = found, actor, at
        self._from_month: str | None = None
        self.updated = 0
        self.moved: list[int] = []

    def update(self, known: Known, card: Card) -> None:
        """Change what differs; a row that says nothing new is left alone."""
        changed = [self._person(known, card), self._place(known, card), self._account(known, card)]
        self.updated += any(changed)

    def place(self) -> None:
        """Let the live standings follow the transfers."""
        if len(self.moved) > FEW:
            place_standings()
        else:
            for cadre_id in self.moved:
                place_standings(cadre_id=cadre_id)

    def _person(self, known: Known, card: Card) -> bool:
        """Change name, dates and numbers, on the account too."""
        said: dict[str, Any] = {
            "name": card.name,
            "email": card.email,
            "phone_hash": card.phone_hash,
            "nik_hash": card.nik_hash,
            "joined_on": card.joined_on,
            "certified_on": card.certified_on,
            "birth_date": card.birth_date,
        }
        new = {
            name: value for name, value in said.items() if value is not None and getattr(known, name) != value
        }
        lacks_user = known.user_id is None and bool(card.phone_hash or card.email)
        if not new and not lacks_user:
            return False
        if "phone_hash" in new:
            new["phone_sealed"] = vault.seal(card.phone or "")
        if "nik_hash" in new:
            new["nik_sealed"] = vault.seal(card.nik or "")
        if "certified_on" in new and known.status == "candidate":
            new["status"] = "active"
        if known.user_id is not None:
            names = {"name", "email", "phone_hash", "phone_sealed"} & set(new)
            if names:
                values = {name: new[name] for name in names}
                db.session.execute(update(User).where(User.id == known.user_id).values(**values))
        elif lacks_user:
            phones = {card.code: vault.seal(card.phone)} if card.phone else {}
            new["user_id"] = add_users([card], phones, at=self._at)[card.code]
        changing = update(Cadre).where(Cadre.id == known.id).values(**new, version=Cadre.version + 1)
        db.session.execute(changing, execution_options={"synchronize_session": False})
        return True

    def _place(self, known: Known, card: Card) -> bool:
        """Change branch, host body and NPWP status from the first day of the oldest open month (rules.md 1.7)."""
        said: dict[str, Any] = {"branch_id": card.branch_id}
        if "host_code" in self._found:
            said["host_body_id"] = card.host_body_id
        if "npwp_valid" in self._found:
            said["npwp_valid"] = card.npwp_valid
        new = {name: value for name, value in said.items() if getattr(known, name) != value}
        if not new:
            return False
        if self._from_month is None:
            self._from_month = first_open_month()
            if not hold_open(self._from_month):  # a close ended while we waited for it
                self._from_month = first_open_month()
        write_term(cadre_id=known.id, from_month=self._from_month, values=new)
        self.moved.append(known.id)
        audit.record(
            actor=self._actor,
            act="cadre.moved",
            subject=("cadre", known.id),
            at=self._at,
            branch_id=known.branch_id,
            details={"from_month": self._from_month, "after": new},
        )
        return True

    def _account(self, known: Known, card: Card) -> bool:
        """Take a changed bank account, unverified unless the file vouches for it; vouch for the same one."""
        if card.account is None:
            return False
        same = (known.account_hash, known.bank_code, known.holder) == (
            card.account_hash,
            card.bank_code,
            card.holder,
        )
        current = (BankAccount.cadre_id == known.id) & BankAccount.is_current
        if same and (known.account_verified or not card.account_verified):
            return False
        if same:
            db.session.execute(
                update(BankAccount).where(current).values(imported_verified=True, verified_at=self._at)
            )
        else:
            db.session.execute(update(BankAccount).where(current).values(is_current=False))
            insert_account(known.id, card, actor=self._actor, at=self._at)
        return True
