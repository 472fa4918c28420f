"""New cadres in bulk: accounts, cadres, first terms, bank accounts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, select

from portal import bulk, vault
from portal.domain.actors import Actor
from portal.extensions import db
from portal.people.imports.reading import Card
from portal.people.models import BankAccount, Cadre, CadreTerm, User
from portal.people.queries.accounts import seal_account
from portal.people.queries.terms import FROM_THE_BEGINNING

_USERS: Final = (
    *("name", "email", "phone_sealed", "phone_hash", "must_change_password", "role", "scope", "branch_id"),
    *("is_active", "theme", "created_at", "version"),
)
_CADRES: Final = (
    *("code", "user_id", "name", "status", "branch_id", "host_body_id", "npwp_valid", "joined_on"),
    *("certified_on", "birth_date", "email", "phone_sealed", "phone_hash", "nik_sealed", "nik_hash"),
    *("version", "created_at"),
)
_TERMS: Final = ("cadre_id", "from_month", "branch_id", "host_body_id", "npwp_valid")
_ACCOUNTS: Final = (
    *("cadre_id", "bank_code", "account_sealed", "account_hash", "account_tail", "holder", "is_current"),
    *("entered_by", "entered_at", "imported_verified", "verified_at"),
)


def _fill(model: Any, names: Sequence[str], rows: list[list[Any]]) -> None:
    if rows:
        bulk.fill(cast("Table", model.__table__), names, rows)


def _user_row(card: Card, phone: bytes | None, at: datetime) -> list[Any]:
    who = [card.name, card.email, phone, card.phone_hash]
    return [*who, False, "cadre", "branch", card.branch_id, True, "auto", at, 1]


def add_users(cards: Sequence[Card], phones: dict[str, bytes], *, at: datetime) -> dict[str, int]:
    """Add accounts without a password for who has a phone or an e-mail address; return ids by cadre code."""
    having = [card for card in cards if card.phone_hash or card.email]
    _fill(User, _USERS, [_user_row(card, phones.get(card.code), at) for card in having])
    phone_of = [card.phone_hash for card in having if card.phone_hash]
    email_of = [card.email for card in having if not card.phone_hash]
    ids: dict[object, int] = {}
    for column, wanted in ((User.phone_hash, phone_of), (User.email, email_of)):
        if wanted:
            ids |= {
                row[1]: row[0]
                for row in db.session.execute(select(User.id, column).where(column.in_(wanted)))
            }
    return {card.code: ids[card.phone_hash or card.email] for card in having}


def _cadre_row(card: Card, user_id: int | None, phone: bytes | None, at: datetime) -> list[Any]:
    status = "active" if card.certified_on else "candidate"
    nik = vault.seal(card.nik) if card.nik else None
    return [
        *(card.code, user_id, card.name, status, card.branch_id, card.host_body_id, card.npwp_valid),
        *(card.joined_on, card.certified_on, card.birth_date, card.email, phone, card.phone_hash),
        *(nik, card.nik_hash, 1, at),
    ]


def insert_cards(cards: Sequence[Card], *, actor: Actor, at: datetime) -> int:
    """Store new cadres, whose first term holds from the beginning; return how many."""
    if not cards:
        return 0
    phones = {card.code: vault.seal(card.phone) for card in cards if card.phone}
    users = add_users(cards, phones, at=at)
    _fill(
        Cadre,
        _CADRES,
        [_cadre_row(card, users.get(card.code), phones.get(card.code), at) for card in cards],
    )
    codes = [card.code for card in cards]
    ids = {
        row.code: row.id
        for row in db.session.execute(select(Cadre.id, Cadre.code).where(Cadre.code.in_(codes)))
    }
    terms = [
        [ids[card.code], FROM_THE_BEGINNING, card.branch_id, card.host_body_id, card.npwp_valid]
        for card in cards
    ]
    _fill(CadreTerm, _TERMS, terms)
    _fill(
        BankAccount,
        _ACCOUNTS,
        [account_row(ids[card.code], card, actor, at) for card in cards if card.account],
    )
    return len(cards)


def account_row(cadre_id: int, card: Card, actor: Actor, at: datetime) -> list[Any]:
    """Return a bank account's values in the order of the columns; only the file can vouch for it."""
    digits = card.account or ""
    sealed = seal_account(
        digits, cadre_id=cadre_id, entered_at=at, bank_code=card.bank_code, holder=card.holder
    )
    return [
        *(cadre_id, card.bank_code, sealed, card.account_hash, digits[-4:], card.holder, True),
        *(actor.user_id, at, card.account_verified, at if card.account_verified else None),
    ]


def insert_account(cadre_id: int, card: Card, *, actor: Actor, at: datetime) -> None:
    """Store one bank account."""
    _fill(BankAccount, _ACCOUNTS, [account_row(cadre_id, card, actor, at)])
