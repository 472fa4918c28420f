"""Live standings follow a cadre's transfer: each month is ranked where its term says (rules.md 1.7).

Frozen months keep their own rows and are not touched.
"""

from typing import Final

from sqlalchemy import text

from portal.database.extensions import db

_PLACE: Final = """
  UPDATE standings SET branch_id = term.branch_id, regional_office_id = branch.regional_office_id
  FROM cadre_terms AS term JOIN branches AS branch ON branch.id = term.branch_id
  WHERE standings.period <> 'ALL' AND term.cadre_id = standings.cadre_id
    AND term.from_month = (
      SELECT max(held.from_month) FROM cadre_terms AS held
      WHERE held.cadre_id = standings.cadre_id AND held.from_month <= standings.period)
    AND {chosen}
"""
# All-time boards show the cadre's present branch (rules.md 4.1).
_PLACE_ALL: Final = """
  UPDATE standings SET branch_id = term.branch_id, regional_office_id = branch.regional_office_id
  FROM cadres AS term JOIN branches AS branch ON branch.id = term.branch_id
  WHERE standings.period = 'ALL' AND term.id = standings.cadre_id AND {chosen}
"""


def move_standings(*, cadre_id: int | None = None, branch_id: int | None = None) -> None:
    """Move live standings to where they belong: a cadre's, those of a branch whose office changed, or all."""
    for place in (_PLACE, _PLACE_ALL):
        if cadre_id is None and branch_id is None:
            db.session.execute(text(place.format(chosen="standings.branch_id <> term.branch_id")))
        if cadre_id is not None:
            db.session.execute(text(place.format(chosen="standings.cadre_id = :id")), {"id": cadre_id})
        if branch_id is not None:
            db.session.execute(text(place.format(chosen="term.branch_id = :id")), {"id": branch_id})
