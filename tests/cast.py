"""The cast: a few people with fixed roles, in one branch of Palembang and one of Jayapura.

Marlina and Herman are cadres in Palembang, Yosef one in Jayapura; Fahmi supervises Palembang, Debora Jayapura; Vera
validates, Farah and Omar are finance, Ratna is admin, Agus is auditor.
"""

from dataclasses import dataclass
from typing import Any

from factories import (
    actor_of,
    new_account,
    new_branch,
    new_cadre,
    new_region,
    new_term,
    new_user,
    store_all,
    together,
)
from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.orm import make_transient_to_detached

from portal.accounts.models import User
from portal.cadres.models import Cadre, CadreTerm
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.organisation.models import Branch, RegionalOffice


@dataclass
class Cast:
    """Everybody in the tests' world."""

    palembang: Branch
    jayapura: Branch
    marlina: Cadre
    herman: Cadre
    yosef: Cadre
    fahmi: User
    debora: User
    vera: User
    farah: User
    omar: User
    ratna: User
    agus: User

    def actor(self, name: str) -> Actor:
        """Return a person as an actor."""
        return actor_of(getattr(self, name))


# The rows of a cast, by kind of database and the newest rows that were there before it.
_made: dict[Any, list[Any]] = {}
KINDS = (RegionalOffice, Branch, User, Cadre, CadreTerm)
NEWEST = select(*(select(func.max(kind.id)).scalar_subquery() for kind in KINDS))


def make_cast() -> Cast:
    """Store the cast. Hundreds of tests begin with it: its rows are stored as they were made first, without the mapper."""
    before = (db.engine.dialect.name, *db.session.execute(NEWEST).one())
    with together():
        people = _store_again(_made[before]) if before in _made else _make_people()
    if before not in _made:
        _made[before] = [(type(one), _values(one)) for one in people]
    db.session.add_all(people)
    palembang, jayapura, cadres, officers = people[2], people[3], people[7:10], people[13:]
    return Cast(palembang, jayapura, *cadres, *officers)


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}


def _store_again(rows: list[Any]) -> list[Any]:
    """Store rows with their keys; return them as the mapper would know them."""
    for kind in KINDS:
        db.session.execute(insert(kind.__table__), [values for each, values in rows if each is kind])
    if db.engine.dialect.name == "postgresql":
        counters = [
            f"('{kind.__tablename__}_id_seq', {sum(each is kind for each, _ in rows)})" for kind in KINDS
        ]
        used = f"(VALUES {', '.join(counters)}) AS used (counter, times)"
        db.session.execute(text(f"SELECT nextval(counter) FROM {used}, generate_series(1, times)"))
    people = [kind(**values) for kind, values in rows]
    for one in people:
        make_transient_to_detached(one)
    return people


def _make_people() -> list[Any]:
    regions = store_all([new_region(code="SBS", name="Sumbagsel"), new_region(code="PPA", name="Papua")])
    branches = store_all(
        [
            new_branch(code="L00", name="Palembang", regional_office_id=regions[0].id),
            new_branch(
                code="V00",
                name="Jayapura",
                regional_office_id=regions[1].id,
                time_zone="Asia/Jayapura",
                region_code="9171",
            ),
        ]
    )
    return [*regions, *branches, *_make_cadres(*branches), *_make_officers(*branches)]


def _make_cadres(palembang: Branch, jayapura: Branch) -> list[Any]:
    cadres = [
        new_cadre(code="K-MARLINA", name="Marlina Agustina", branch_id=palembang.id),
        new_cadre(code="K-HERMAN", name="Herman Sawiran", branch_id=palembang.id),
        new_cadre(code="K-YOSEF", name="Yosef Wanggai", branch_id=jayapura.id),
    ]
    accounts = store_all(map(new_account, cadres))
    for cadre, account in zip(cadres, accounts, strict=True):
        cadre.user_id = account.id
    store_all(cadres)
    return [*accounts, *cadres, *store_all(map(new_term, cadres))]


def _make_officers(palembang: Branch, jayapura: Branch) -> list[User]:
    return store_all(
        [
            new_user(name="Fahmi Azhari", role="supervisor", scope="branch", branch_id=palembang.id),
            new_user(name="Debora Ohee", role="supervisor", scope="branch", branch_id=jayapura.id),
            new_user(name="Vera Susanti", role="validator"),
            new_user(name="Farah Nabila", role="finance"),
            new_user(name="Omar Hidayat", role="finance"),
            new_user(name="Ratna Dewi", role="admin"),
            new_user(name="Agus Salim", role="auditor"),
        ]
    )
