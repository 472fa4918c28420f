"""The live standings computed anew from the ledger, and put right after a cadre's transfer."""

from typing import Final

from sqlalchemy import text

from portal.extensions import db
from portal.points.services.standings import ALL, BUCKET, MIDDLE, POINT, settle_standings

# The term that holds in a month, or for all time the newest one (rules.md 1.7).
_TERM: Final = """
  SELECT max(held.from_month) FROM cadre_terms AS held
  WHERE held.cadre_id = {cadre} AND ({period} = 'ALL' OR held.from_month <= {period})
"""
_SUMS: Final = """
  SELECT cadre_id, {period} AS period, sum(points) AS points,
    sum(CASE kind WHEN 'signup' THEN 1 WHEN 'signup_reversal' THEN -1 ELSE 0 END) AS validated
  FROM ledger_entries GROUP BY cadre_id{more}
"""
_STORE: Final = """
  INSERT INTO standings
    (cadre_id, period, branch_id, regional_office_id, points, validated_signups, score)
  SELECT sums.cadre_id, sums.period, term.branch_id, branch.regional_office_id, sums.points, sums.validated,
    sums.points * :point + sums.validated + :middle
  FROM ({sums}) AS sums
  JOIN cadre_terms AS term ON term.cadre_id = sums.cadre_id AND term.from_month = ({term})
  JOIN branches AS branch ON branch.id = term.branch_id
"""
_COUNT: Final = """
  INSERT INTO score_counts (period, level, bucket, cadres)
  SELECT period, :level, points / :width, count(*) FROM standings
  WHERE points > 0 GROUP BY period, points / :width
"""
_PLACE: Final = """
  UPDATE standings SET
    branch_id = term.branch_id, regional_office_id = branch.regional_office_id
  FROM cadre_terms AS term JOIN branches AS branch ON branch.id = term.branch_id
  WHERE term.cadre_id = standings.cadre_id AND term.from_month = ({term})
    AND (standings.branch_id <> term.branch_id OR standings.regional_office_id <> branch.regional_office_id)
"""


def rebuild_standings() -> None:
    """Compute all live standings and counts anew from the ledger; writers wait meanwhile."""
    settle_standings()
    session = db.session
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE standings, score_counts IN EXCLUSIVE MODE"))
    session.execute(text("DELETE FROM score_counts"))
    session.execute(text("DELETE FROM standings"))
    term = _TERM.format(cadre="sums.cadre_id", period="sums.period")
    for period, more in (("month", ", month"), (f"'{ALL}'", "")):
        statement = _STORE.format(sums=_SUMS.format(period=period, more=more), term=term)
        session.execute(text(statement), {"point": POINT, "middle": MIDDLE})
    for level, width in ((0, 1), (1, BUCKET)):
        session.execute(text(_COUNT.replace(":width", str(width))), {"level": level})


def place_standings() -> int:
    """Put each standing where the cadre's term says it belongs; return how many moved. After transfers."""
    settle_standings()
    term = _TERM.format(cadre="standings.cadre_id", period="standings.period")
    result = db.session.execute(text(_PLACE.format(term=term)))
    return int(result.rowcount)  # type: ignore[attr-defined] # a CursorResult, by the UPDATE
