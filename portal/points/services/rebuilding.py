"""Rebuilding the live standings from the ledger, and moving them after a transfer."""

from typing import Final

from sqlalchemy import select, text

from portal.database.extensions import db
from portal.database.guarded import change
from portal.organisation.boards import EVERY, touch_boards
from portal.points.models import Standing
from portal.points.services.standings import ALL, BUCKET, MIDDLE, POINT, settle_standings

# A cadre is ranked in the branch of the month's term (rules.md 1.7), for all time in the present one (4.1).
_BRANCH: Final = """
  SELECT CASE WHEN {period} = 'ALL' THEN cadre.branch_id ELSE (
    SELECT term.branch_id FROM cadre_terms AS term
    WHERE term.cadre_id = cadre.id AND term.from_month <= {period}
    ORDER BY term.from_month DESC LIMIT 1) END
  FROM cadres AS cadre WHERE cadre.id = {cadre}
"""
_SUMS: Final = """
  SELECT cadre_id, {period} AS period, sum(points) AS points,
    sum(CASE kind WHEN 'signup' THEN 1 WHEN 'signup_reversal' THEN -1 ELSE 0 END) AS validated
  FROM ledger_entries GROUP BY cadre_id{more}
"""
_STORE: Final = """
  INSERT INTO standings
    (cadre_id, period, branch_id, regional_office_id, points, validated_signups, score)
  SELECT sums.cadre_id, sums.period, branch.id, branch.regional_office_id, sums.points, sums.validated,
    sums.points * :point + sums.validated + :middle
  FROM ({sums}) AS sums
  JOIN branches AS branch ON branch.id = ({branch})
"""
_COUNT: Final = """
  INSERT INTO score_counts (period, level, bucket, cadres)
  SELECT period, :level, points / :width, count(*) FROM standings
  WHERE points > 0 GROUP BY period, points / :width
"""
_PLACE: Final = """
  UPDATE standings SET
    branch_id = branch.id, regional_office_id = branch.regional_office_id
  FROM branches AS branch
  WHERE branch.id = ({branch})
    AND (standings.branch_id <> branch.id OR standings.regional_office_id <> branch.regional_office_id)
"""
_ONLY: Final = {
    "cadre_id": " AND standings.cadre_id = :cadre_id",
    "branch_id": " AND branch.id = :branch_id",
}


def rebuild_standings() -> None:
    """Compute all live standings and counts from the ledger; writers wait meanwhile."""
    settle_standings()
    touch_boards()
    session = db.session
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE standings, score_counts IN EXCLUSIVE MODE"))
    session.execute(text("DELETE FROM score_counts"))
    session.execute(text("DELETE FROM standings"))
    branch = _BRANCH.format(cadre="sums.cadre_id", period="sums.period")
    for period, more in (("month", ", month"), (f"'{ALL}'", "")):
        statement = _STORE.format(sums=_SUMS.format(period=period, more=more), branch=branch)
        session.execute(text(statement), {"point": POINT, "middle": MIDDLE})
    for level, width in ((0, 1), (1, BUCKET)):
        session.execute(text(_COUNT.replace(":width", str(width))), {"level": level})


def place_standings(*, cadre_id: int | None = None, branch_id: int | None = None) -> int:
    """Move live standings to where their cadre belongs in their period; return how many moved.

    After a transfer those of one cadre, after a change of its regional office those of one branch, else all.
    Frozen months keep their own rows and are not touched.
    """
    settle_standings()
    branch = _BRANCH.format(cadre="standings.cadre_id", period="standings.period")
    statement, values = _PLACE.format(branch=branch), {"cadre_id": cadre_id, "branch_id": branch_id}
    named = {name: value for name, value in values.items() if value is not None}
    before = _branches_of(cadre_id)
    moved = change(text(statement + "".join(_ONLY[name] for name in named)), named).rowcount
    if moved:
        touch_boards({EVERY} if cadre_id is None else before | _branches_of(cadre_id))
    return moved


def _branches_of(cadre_id: int | None) -> set[int]:
    """Return the branches on whose boards a cadre stands."""
    return set(db.session.scalars(select(Standing.branch_id).where(Standing.cadre_id == cadre_id)))
