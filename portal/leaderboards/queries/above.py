"""How many stand above a row of the standings, in each scope: exact at any depth, through the scope's index."""

from typing import Final

# How many of the nation rank above: whole buckets of 64, then single points, then ties by sign-ups.
ABOVE_IN_NATION: Final = """
  COALESCE((SELECT SUM(c.cadres) FROM score_counts AS c
    WHERE c.period = {row}.period AND c.level = 1 AND c.bucket > {row}.points / 64), 0)
  + COALESCE((SELECT SUM(c.cadres) FROM score_counts AS c
    WHERE c.period = {row}.period AND c.level = 0 AND c.bucket > {row}.points
      AND c.bucket < ({row}.points / 64 + 1) * 64), 0)
  + (SELECT COUNT(*) FROM standings AS o
    WHERE o.period = {row}.period AND o.score > {row}.score AND o.score < ({row}.points + 1) * 1000000)
"""
_ABOVE: Final = """
  (SELECT COUNT(*) FROM standings AS o
    WHERE o.period = {row}.period AND o.{column} = {row}.{column} AND o.score > {row}.score)
"""
ABOVE: Final[dict[str, str]] = {
    "branch": _ABOVE.replace("{column}", "branch_id"),
    "region": _ABOVE.replace("{column}", "regional_office_id"),
    "nation": ABOVE_IN_NATION,
}
