"""Folding the rows of which PostgreSQL makes a sum."""

from typing import Any, Final

from sqlalchemy import TextClause, delete, text

from portal.database.extensions import db
from portal.database.guarded import change
from portal.tallies.models import CadreSum, Tally


def fold_tallies() -> int:
    """Add the parts of each sum together and drop empty ones; return how many rows were taken away.

    What somebody else folds at the same time is passed over, so any number of schedulers may do it.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        return change(delete(Tally).where(Tally.n == 0)).rowcount
    return _taken(_FOLD)


def fold_cadre_sums() -> int:
    """Do the same for the sums of cadres."""
    if db.session.get_bind().dialect.name == "sqlite":
        empty = (CadreSum.active == 0, CadreSum.grace == 0, CadreSum.lapsed == 0)
        return change(delete(CadreSum).where(*empty)).rowcount
    return _taken(_FOLD_CADRES)


def _taken(statement: TextClause) -> int:
    folded: Any = db.session.execute(statement).one()
    return int(folded.taken)


# One statement, so that no reader sees a sum twice or not at all.
_FOLD: Final = text("""
  WITH many AS (
    SELECT kind, state, month, branch_id FROM tallies GROUP BY kind, state, month, branch_id
    HAVING count(*) > 1 OR sum(n) = 0
  ), held AS (
    SELECT t.kind, t.state, t.month, t.branch_id, t.part
    FROM tallies AS t JOIN many USING (kind, state, month, branch_id)
    FOR UPDATE OF t SKIP LOCKED
  ), gone AS (
    DELETE FROM tallies AS t USING held
    WHERE (t.kind, t.state, t.month, t.branch_id, t.part)
      = (held.kind, held.state, held.month, held.branch_id, held.part)
    RETURNING t.kind, t.state, t.month, t.branch_id, t.n
  ), kept AS (
    INSERT INTO tallies (kind, state, month, branch_id, part, n)
    SELECT kind, state, month, branch_id, nextval('tallies_part'), sum(n) FROM gone
    GROUP BY kind, state, month, branch_id HAVING sum(n) <> 0
  ) SELECT count(*) AS taken FROM gone
""")
_FOLD_CADRES: Final = text("""
  WITH many AS (
    SELECT cadre_id FROM cadre_sums GROUP BY cadre_id
    HAVING count(*) > 1 OR (sum(active) = 0 AND sum(grace) = 0 AND sum(lapsed) = 0)
  ), held AS (
    SELECT t.cadre_id, t.part FROM cadre_sums AS t JOIN many USING (cadre_id) FOR UPDATE OF t SKIP LOCKED
  ), gone AS (
    DELETE FROM cadre_sums AS t USING held WHERE (t.cadre_id, t.part) = (held.cadre_id, held.part)
    RETURNING t.cadre_id, t.active, t.grace, t.lapsed
  ), kept AS (
    INSERT INTO cadre_sums (cadre_id, part, active, grace, lapsed)
    SELECT cadre_id, nextval('cadre_sums_part'), sum(active), sum(grace), sum(lapsed) FROM gone GROUP BY cadre_id
    HAVING sum(active) <> 0 OR sum(grace) <> 0 OR sum(lapsed) <> 0
  ) SELECT count(*) AS taken FROM gone
""")
