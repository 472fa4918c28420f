"""Reads of the explainer: the contribution tables, whom a link belongs to, how often it was opened."""

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, case, cast, func, select

from portal import vault
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.contribution_tables import Book, Table, read_table
from portal.domain.errors import NotFound
from portal.explainer.models import ContributionTable, Opening
from portal.organisation.models import Branch

WEEK: Final = timedelta(days=6)
_MARK_BYTES: Final = 5  # eight letters: nobody finds the links of others by trying codes


@dataclass(frozen=True)
class StoredTable:
    """A version of the contribution table in a list."""

    version: int
    valid_from: str
    content_hash: str
    source: str
    checked_on: str | None


@dataclass(frozen=True)
class Card:
    """What a public page says of a cadre, the number of their row, and the zone of their days."""

    cadre_id: int
    name: str
    branch: str
    zone: str


@dataclass(frozen=True)
class Openings:
    """How often a cadre's link was opened: on a day, in the seven days up to it, ever."""

    today: int
    week: int
    ever: int


def list_tables() -> list[StoredTable]:
    """List the versions of the contribution table."""
    rows = db.session.scalars(select(ContributionTable).order_by(ContributionTable.version))
    return [
        StoredTable(
            row.version,
            row.valid_from,
            row.content_hash,
            row.document["source"],
            row.document.get("checked_on"),
        )
        for row in rows
    ]


def get_document(version: int) -> dict[str, Any]:
    """Return the document of a version of the contribution table."""
    found = db.session.get(ContributionTable, version)
    if found is None:
        raise NotFound("contributions.no_version", {"version": version})
    return found.document


@lru_cache(maxsize=64)
def _read(document: str) -> Table:
    return read_table(json.loads(document))


def get_book() -> Book:
    """Return all versions of the contribution table; one that was read before is not parsed again."""
    query = select(cast(ContributionTable.document, Text)).order_by(ContributionTable.version)
    return Book(_read(document) for document in db.session.scalars(query))


def link_of(code: str) -> str:
    """Return what a cadre's public address ends in: the code, and a mark that only the portal can make."""
    mark = vault.fingerprint("link", code)[:_MARK_BYTES]
    return f"{code}-{base64.b32encode(mark).decode().lower()}"


def find_own_card(cadre_id: int) -> tuple[Card, str] | None:
    """Return a cadre's own card and the end of their public address."""
    found = _cards(Cadre.id == cadre_id)
    return (found[0][0], link_of(found[0][1])) if found else None


def find_card(link: str) -> Card | None:
    """Return whom a public address belongs to; None for a mark that is not ours, and for who is not active."""
    code = link.rpartition("-")[0]
    if not hmac.compare_digest(link_of(code).encode(), link.encode()):
        return None
    found = _cards(Cadre.code == code, Cadre.status == "active")
    return found[0][0] if found else None


def _cards(*conditions: ColumnElement[bool]) -> list[tuple[Card, str]]:
    shown = func.coalesce(Cadre.alias, Cadre.name).label("shown")
    query = select(Cadre.id, Cadre.code, shown, Branch.name, Branch.time_zone)
    rows = db.session.execute(query.join(Branch, Branch.id == Cadre.branch_id).where(*conditions))
    return [(Card(row.id, row.shown, row.name, row.time_zone), row.code) for row in rows]


def count_openings(cadre_id: int, *, today: date) -> Openings:
    """Count the openings of a cadre's link."""
    query = select(
        func.coalesce(func.sum(case((Opening.day == today, Opening.openings), else_=0)), 0).label("today"),
        func.coalesce(func.sum(case((Opening.day >= today - WEEK, Opening.openings), else_=0)), 0).label(
            "week"
        ),
        func.coalesce(func.sum(Opening.openings), 0).label("ever"),
    )
    row = db.session.execute(query.where(Opening.cadre_id == cadre_id)).one()
    return Openings(int(row.today), int(row.week), int(row.ever))
