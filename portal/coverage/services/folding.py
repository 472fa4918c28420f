"""Folding the rows of which PostgreSQL makes the sums of a village."""

from typing import Any, Final

from sqlalchemy import delete, text

from portal.coverage.models import VillageSum
from portal.database.extensions import db
from portal.database.guarded import change


def fold_villages() -> int:
    """Add the parts of each village's sums together and drop empty ones; return how many rows were taken away.

    What somebody else folds at the same time is passed over, so any number of schedulers may do it.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        empty = (VillageSum.visits == 0, VillageSum.participants == 0)
        return change(delete(VillageSum).where(*empty)).rowcount
    folded: Any = db.session.execute(text(_FOLD)).one()
    return int(folded.taken)


# One statement, so that no reader sees a sum twice or not at all.
_FOLD: Final = """
  WITH many AS (
    SELECT village_code, branch_id FROM village_sums GROUP BY village_code, branch_id
    HAVING count(*) > 1 OR (sum(visits) = 0 AND sum(participants) = 0)
  ), held AS (
    SELECT t.village_code, t.branch_id, t.part FROM village_sums AS t JOIN many USING (village_code, branch_id)
    FOR UPDATE OF t SKIP LOCKED
  ), gone AS (
    DELETE FROM village_sums AS t USING held
    WHERE (t.village_code, t.branch_id, t.part) = (held.village_code, held.branch_id, held.part)
    RETURNING t.village_code, t.branch_id, t.visits, t.participants
  ), kept AS (
    INSERT INTO village_sums (village_code, branch_id, part, visits, participants)
    SELECT village_code, branch_id, nextval('village_sums_part'), sum(visits), sum(participants) FROM gone
    GROUP BY village_code, branch_id HAVING sum(visits) <> 0 OR sum(participants) <> 0
  ) SELECT count(*) AS taken FROM gone
"""
