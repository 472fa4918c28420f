"""Rebuilding the live standings from the ledger, and moving them after a transfer."""

from typing import Final

from sqlalchemy import select, text

from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.periods import ALL
from portal.organisation.boards import EVERY, touch_boards
from portal.points.models import Standing
from portal.points.queries import OF_A_MONTH
from portal.points.services.standings import BUCKET, MIDDLE, POINT, settle_standings

# A cadre is ranked in the branch of the month's term (rules.md 1.7), over more than a month in today's (4.1). Of those
# periods the newest term is joined too, and not looked at.
_MONTHLY: Final = OF_A_MONTH.format(period="{row}.period")
_HELD: Final = f"""
  term.cadre_id = {{row}}.cadre_id AND term.from_month = (
    SELECT MAX(held.from_month) FROM cadre_terms AS held WHERE held.cadre_id = {{row}}.cadre_id
      AND held.from_month <= CASE WHEN {_MONTHLY} THEN {{row}}.period ELSE '9999-99' END)
    AND branch.id = CASE WHEN {_MONTHLY} THEN term.branch_id ELSE cadre.branch_id END
"""  # noqa: S608 - constants of this module only
_HOST: Final = f"CASE WHEN {_MONTHLY} THEN term.host_body_id ELSE cadre.host_body_id END"
# The periods to which a ledger entry counts, as what to group its entries by.
_PERIODS: Final = (
    "month",
    "SUBSTR(month, 1, 4) || '-Q' || ((CAST(SUBSTR(month, 6, 2) AS INTEGER) + 2) / 3)",
    "SUBSTR(month, 1, 4)",
    f"'{ALL}'",
)
_SUMS: Final = """
  SELECT cadre_id, {period} AS period, sum(points) AS points,
    sum(CASE kind WHEN 'signup' THEN 1 WHEN 'signup_reversal' THEN -1 ELSE 0 END) AS validated
  FROM ledger_entries GROUP BY 1, 2
"""
_STORE: Final = f"""
  INSERT INTO standings
    (cadre_id, period, branch_id, regional_office_id, host_body_id, points, validated_signups, score)
  SELECT sums.cadre_id, sums.period, branch.id, branch.regional_office_id, {_HOST.format(row="sums")}, sums.points,
    sums.validated, sums.points * :point + sums.validated + :middle
  FROM ({{sums}}) AS sums JOIN cadres AS cadre ON cadre.id = sums.cadre_id
  CROSS JOIN cadre_terms AS term CROSS JOIN branches AS branch WHERE {_HELD.format(row="sums")}
"""  # noqa: S608 - constants of this module only
_COUNT: Final = """
  INSERT INTO score_counts (period, level, bucket, cadres)
  SELECT period, :level, points / :width, count(*) FROM standings
  WHERE points > 0 GROUP BY period, points / :width
"""
_PLACE: Final = f"""
  UPDATE standings SET branch_id = branch.id, regional_office_id = branch.regional_office_id,
    host_body_id = {_HOST.format(row="standings")}
  FROM cadres AS cadre, cadre_terms AS term, branches AS branch
  WHERE cadre.id = standings.cadre_id AND {_HELD.format(row="standings")}
    AND (standings.branch_id <> branch.id OR standings.regional_office_id <> branch.regional_office_id
      OR COALESCE(standings.host_body_id, 0) <> COALESCE({_HOST.format(row="standings")}, 0))
"""  # noqa: S608 - constants of this module only
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
    for period in _PERIODS:
        statement = _STORE.format(sums=_SUMS.format(period=period))
        session.execute(text(statement), {"point": POINT, "middle": MIDDLE})
    for level, width in ((0, 1), (1, BUCKET)):
        session.execute(text(_COUNT.replace(":width", str(width))), {"level": level})


def place_standings(*, cadre_id: int | None = None, branch_id: int | None = None) -> int:
    """Move live standings to where their cadre belongs in their period; return how many moved.

    After a transfer those of one cadre, after a change of its regional office those of one branch, else all.
    Frozen months keep their own rows and are not touched.
    """
    settle_standings()
    values = {"cadre_id": cadre_id, "branch_id": branch_id}
    named = {name: value for name, value in values.items() if value is not None}
    before = _branches_of(cadre_id)
    moved = change(text(_PLACE + "".join(_ONLY[name] for name in named)), named).rowcount
    if moved:
        touch_boards({EVERY} if cadre_id is None else before | _branches_of(cadre_id))
    return moved


def _branches_of(cadre_id: int | None) -> set[int]:
    """Return the branches on whose boards a cadre stands."""
    return set(db.session.scalars(select(Standing.branch_id).where(Standing.cadre_id == cadre_id)))
