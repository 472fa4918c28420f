"""The version of everything a board of a region or the nation shows: two pages of the same version are equal.

A branch's version comes with the session (cadres/queries/actors.py). Here it is those of several branches.
"""

from typing import Final

from portal.database.extensions import db
from portal.leaderboards.queries.scopes import constant, read

# Branches are only ever added, and each of their versions only grows: so does the sum.
_NATION: Final = constant("SELECT CAST(SUM(version) AS BIGINT) AS version FROM board_versions")
# Which branches belong to the region may change, so the version names them.
_REGION: Final = """
  SELECT {listed} AS version FROM (
    SELECT seen.branch_id, seen.version FROM branches AS mine
    JOIN board_versions AS seen ON seen.branch_id = mine.id
    WHERE mine.regional_office_id IN (
      SELECT branch.regional_office_id FROM cadre_terms AS term JOIN branches AS branch ON branch.id = term.branch_id
      WHERE term.cadre_id = :cadre_id)
    ORDER BY seen.branch_id) AS versions
"""
_REGIONS: Final = {
    "sqlite": constant(_REGION.format(listed="group_concat(branch_id || ' ' || version)")),
    "postgresql": constant(_REGION.format(listed="string_agg(branch_id || ' ' || version, ',')")),
}


def find_version(scope: str, cadre_id: int, *, live: bool) -> str:
    """Return the present version of the boards of a cadre's regions, or of the nation's, in one read.

    A closed month names the region that a branch belonged to then, so its pages take the nation's version.
    """
    if scope == "region" and live:
        row = read(_REGIONS[db.engine.dialect.name], {"cadre_id": cadre_id})[0]
    else:
        row = read(_NATION, {})[0]
    return str(row.version)
