"""Writes of the explainer: versions of the contribution table, and counted openings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, literal, select

from portal import audit
from portal.cadres.models import Cadre
from portal.database.columns import LocalDate
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.contribution_schema import CONTRIBUTION_SCHEMA
from portal.domain.contribution_shipped import SHIPPED_TABLE
from portal.domain.contribution_tables import check_table, read_table
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import month_of
from portal.domain.plans import content_hash
from portal.explainer.models import ContributionTable, Opening
from portal.organisation.queries import parameter
from portal.tables.documents import find_fault


@dataclass(frozen=True)
class CheckedTable:
    """A contribution table that satisfies the schema and the rules."""

    valid_from: str
    content_hash: str
    document: dict[str, Any]


@dataclass(frozen=True)
class LoadedTable:
    """The version under which a contribution table is stored."""

    version: int
    valid_from: str
    content_hash: str


def install_shipped_table(*, by: Signature) -> None:
    """Store the shipped contribution table, unless any is there."""
    if db.session.scalar(select(ContributionTable.version).limit(1)) is None:
        _store(check_document(SHIPPED_TABLE), by=by, act="contributions.installed")


def check_document(document: Mapping[str, Any]) -> CheckedTable:
    """Check a contribution table against its schema and the rules; name the first fault."""
    fault = find_fault(document, CONTRIBUTION_SCHEMA)
    if fault is not None:
        raise RuleBroken("contributions.schema", {"place": fault.place, "problem": fault.problem})
    check_table(read_table(document))
    found = dict(document)
    return CheckedTable(found["valid_from"], content_hash(found), found)


def load_table(*, document: Mapping[str, Any], by: Signature) -> LoadedTable:
    """Store a new version of the contribution table; what holds from that month already returns its version."""
    if by.actor.role not in {"admin", "operator"} or by.actor.scope != "nation":
        raise NotAllowed("people.nation_only")
    checked = check_document(document)
    held = select(ContributionTable).where(ContributionTable.valid_from == checked.valid_from)
    found = db.session.scalars(held.order_by(ContributionTable.version.desc()).limit(1)).one_or_none()
    if found is not None and found.content_hash == checked.content_hash:
        return LoadedTable(found.version, found.valid_from, found.content_hash)
    return _store(checked, by=by, act="contributions.loaded")


def _store(checked: CheckedTable, *, by: Signature, act: str) -> LoadedTable:
    newest = db.session.scalar(select(func.max(ContributionTable.version))) or 0
    stored = insert_into(ContributionTable).values(
        version=newest + 1,
        valid_from=checked.valid_from,
        document=checked.document,
        content_hash=checked.content_hash,
        loaded_by=by.actor.user_id,
        loaded_at=by.at,
    )
    db.session.execute(stored)
    details = {"from_month": checked.valid_from, "content_hash": checked.content_hash}
    audit.record(by=by, act=act, subject=("contribution_table", newest + 1), details=details)
    return LoadedTable(newest + 1, checked.valid_from, checked.content_hash)


def add_openings(*, counted: Mapping[tuple[int, date], int]) -> None:
    """Add openings to cadres and local days; no day of a cadre grows beyond the most that is believed (*data*)."""
    for (cadre_id, day), number in sorted(counted.items()):
        most = int(parameter("explainer_openings_a_day", month=month_of(day)))
        grown = Opening.openings + number
        there = select(Cadre.id, literal(day, LocalDate), literal(min(number, most)))
        statement = insert_into(Opening).from_select(
            ["cadre_id", "day", "openings"], there.where(Cadre.id == cadre_id)
        )
        change(
            statement.on_conflict_do_update(
                index_elements=["cadre_id", "day"],
                set_={"openings": case((grown > most, most), else_=grown)},
            )
        )
