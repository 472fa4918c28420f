"""The scope of a board: a branch, a regional office or the nation; and the connection that reads boards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, TextClause, TextualSelect, column, select, text

from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.organisation.models import Branch, RegionalOffice
from portal.organisation.queries import in_scope

SCOPES: Final = ("branch", "region", "nation")
NATION: Final = "ID"
# The lowest score of a cadre with points above zero (points × 1,000,000 + validated + 500,000).
SCORING: Final = 1_000_000
# The same where the score is bounded from above, too: of two bounds SQLite makes a reason to take the nation's index.
UNBOUND: Final = f"+s.score >= {SCORING}"

# The rows of a scope among the live standings (alias s).
LIVE: Final[dict[str, str]] = {
    "branch": "s.period = :period AND s.branch_id = :scope_id",
    "region": "s.period = :period AND s.regional_office_id = :scope_id",
    "nation": "s.period = :period AND :scope_id = 0",
}


def unseen(sql: str) -> str:
    """Write a condition so that nothing is known of period and scope before it is read.

    PostgreSQL keeps one plan for values that it cannot see; for others it makes a new one each time, which takes as
    long as reading a page. The place where a page begins stays as it is: SQLite must see it to begin there.
    """
    for name, kind in (("period", "TEXT"), ("scope_id", "BIGINT")):
        sql = sql.replace(f":{name}", f"(SELECT CAST(:{name} AS {kind}))")
    return sql


SHOWN: Final = "COALESCE(NULLIF(cadre.alias, ''), cadre.name)"


@dataclass(frozen=True)
class Scope:
    """A branch, region or the nation by number (0 for the nation), code and name."""

    kind: str
    id: int
    code: str
    name: str


INDONESIA: Final = Scope("nation", 0, NATION, "Indonesia")


def get_scope_by_code(kind: str, code: str) -> Scope:
    """Return a scope by the code that frozen rows store; raise NotFound."""
    model = Branch if kind == "branch" else RegionalOffice
    number = 0 if kind == "nation" else _first(select(model.id).where(model.code == code))
    return get_scope(kind, number)


def get_visible_scope(actor: Actor, kind: str, number: int | None) -> Scope:
    """Return a scope whose whole board this member of staff may see; NotFound for any other."""
    if actor.scope == "nation":
        if kind == "branch" and number is None:
            return get_scope(kind, _first(select(Branch.id).order_by(Branch.code)))
        if kind == "region" and number is None:
            return get_scope(kind, _first(select(RegionalOffice.id).order_by(RegionalOffice.code)))
        return get_scope(kind, number or 0)
    if actor.scope == "region" and kind == "region" and number in {None, actor.region_id}:
        return get_scope(kind, actor.region_id or 0)
    if kind == "branch":
        mine = select(Branch.id).where(in_scope(actor, Branch.id)).order_by(Branch.code)
        return get_scope(kind, _first(mine if number is None else mine.where(Branch.id == number)))
    raise NotFound("leaderboards.no_scope", {"scope": kind})


def _first(query: Select[tuple[int]]) -> int:
    return db.session.execute(query.limit(1)).scalar_one_or_none() or 0


def list_visible_scopes(actor: Actor, kind: str) -> list[Scope]:
    """List the branches or regional offices whose whole boards this member of staff may see."""
    if kind == "branch":
        query = select(Branch.id, Branch.code, Branch.name).where(in_scope(actor, Branch.id))
        rows = db.session.execute(query.order_by(Branch.code))
    elif kind == "region" and actor.scope == "nation":
        office = select(RegionalOffice.id, RegionalOffice.code, RegionalOffice.name)
        rows = db.session.execute(office.order_by(RegionalOffice.code))
    else:
        return []
    return [Scope(kind, row.id, row.code, row.name) for row in rows]


def get_scope(kind: str, number: int) -> Scope:
    """Return a scope by kind and number; raise NotFound."""
    if kind == "nation":
        return INDONESIA
    if kind not in SCOPES:
        raise NotFound("leaderboards.no_scope", {"scope": kind})
    model = Branch if kind == "branch" else RegionalOffice
    row = db.session.execute(select(model.code, model.name).where(model.id == number)).one_or_none()
    if row is None:
        raise NotFound("leaderboards.no_scope", {"scope": kind})
    return Scope(kind, number, row.code, row.name)


def read(statement: TextClause, values: Mapping[str, Any]) -> list[Row[Any]]:
    """Run one constant statement on the request's own connection; its text never changes, so it stays prepared.

    A separate connection would cost more round trips (check, begin, end) than the read itself.
    """
    return list(db.session.connection().execute(statement, values).all())


def constant(sql: str) -> TextClause:
    """Make a statement once, at import.

    A LIMIT stands in the text where it is known: given as a value, PostgreSQL expects a tenth of all rows and sorts
    them. Otherwise it is given as CAST(:rows AS BIGINT): SQLite would look at a bare value while planning, and plan the
    statement anew each time it is given one, which takes longer than to run it.
    """
    return text(" ".join(sql.split()))


def listed(sql: str, fields: str) -> TextualSelect:
    """Make a statement that is read together with others, with the names of what it selects."""
    return constant(sql).columns(*(column(name) for name in fields.split()))
