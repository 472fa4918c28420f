"""Boards of quarters and years, host bodies as teams, and each cadre's place at the end of yesterday.

Standings get the host body of their period and rows of quarters and years. The sums that triggers keep of them stay
those of months; the teams' points and members are sums of their own, by host body instead of branch, of every period.
"""

# ruff: noqa: SLF001 - the functions of the migration that made the sums

import importlib.util
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0034_boards"
down_revision = "0033_contests"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MONTHLY = "SUBSTR({r}.period, 6, 1) IN ('0', '1')"
# The periods that are sums of months, in SQL over a month.
QUARTER = "SUBSTR(s.period, 1, 4) || '-Q' || ((CAST(SUBSTR(s.period, 6, 2) AS INTEGER) + 2) / 3)"
YEAR = "SUBSTR(s.period, 1, 4)"
SUMMED = """
  INSERT INTO standings
    (cadre_id, period, branch_id, regional_office_id, host_body_id, points, validated_signups, score)
  SELECT sums.cadre_id, sums.period, branch.id, branch.regional_office_id, cadre.host_body_id, sums.points,
    sums.validated, sums.points * 1000000 + sums.validated + 500000
  FROM (SELECT s.cadre_id, {period} AS period, SUM(s.points) AS points, SUM(s.validated_signups) AS validated
      FROM standings AS s WHERE {monthly} GROUP BY 1, 2) AS sums
    JOIN cadres AS cadre ON cadre.id = sums.cadre_id JOIN branches AS branch ON branch.id = cadre.branch_id
"""
COUNTED = """
  INSERT INTO score_counts (period, level, bucket, cadres)
  SELECT s.period, {level}, s.points / {width}, COUNT(*) FROM standings AS s
  WHERE s.points > 0 AND s.period <> 'ALL' AND NOT ({monthly}) GROUP BY s.period, s.points / {width}
"""
HOSTS = """
  UPDATE standings SET host_body_id = CASE WHEN {monthly} THEN (
      SELECT term.host_body_id FROM cadre_terms AS term
      WHERE term.cadre_id = standings.cadre_id AND term.from_month <= standings.period
      ORDER BY term.from_month DESC LIMIT 1)
    ELSE (SELECT cadre.host_body_id FROM cadres AS cadre WHERE cadre.id = standings.cadre_id) END
"""
TEAMS = (("team_points", "{r}.points"), ("team_members", "1"))
IN_A_TEAM = "{r}.host_body_id IS NOT NULL"
ACTS = ("insert", "update", "delete")


def upgrade() -> None:
    """Add columns, tables and rows; put the new triggers in the place of the old."""
    _drop_triggers()
    op.add_column("standings", sa.Column("host_body_id", KEY, nullable=True))
    op.create_table(
        "rank_days",
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_rank_days_cadre_id")),
        sa.PrimaryKeyConstraint("cadre_id", "day", name=op.f("pk_rank_days")),
    )
    op.create_index("ix_rank_days_day", "rank_days", ["day"])
    op.create_table(
        "rank_rounds",
        sa.Column("time_zone", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("time_zone", "day", name=op.f("pk_rank_rounds")),
    )
    monthly = MONTHLY.format(r="s")
    _run(HOSTS.format(monthly=MONTHLY.format(r="standings")))
    for period in (QUARTER, YEAR):
        _run(SUMMED.format(period=period, monthly=monthly))
    for level, width in ((0, 1), (1, 64)):
        _run(COUNTED.format(level=level, width=width, monthly=monthly))
    for kind, amount in TEAMS:
        _run(
            "INSERT INTO tallies (kind, state, month, branch_id, part, n)"
            f" SELECT '{kind}', '', r.period, r.host_body_id, 0, SUM({amount.format(r='r')}) FROM standings AS r"
            f" WHERE {IN_A_TEAM.format(r='r')} GROUP BY r.period, r.host_body_id HAVING SUM({amount.format(r='r')}) <> 0"
        )
    _make_triggers(_sums())


def downgrade() -> None:
    """Take away what was added; the months and all time stay."""
    _drop_triggers()
    others = f"period <> 'ALL' AND NOT ({MONTHLY.format(r='standings')})"
    _run(f"DELETE FROM standings WHERE {others}")
    _run(f"DELETE FROM score_counts WHERE {others.replace('standings.', 'score_counts.')}")
    _run("DELETE FROM tallies WHERE kind IN ('team_points', 'team_members')")
    op.drop_table("rank_rounds")
    op.drop_index("ix_rank_days_day", "rank_days")
    op.drop_table("rank_days")
    op.drop_column("standings", "host_body_id")
    _make_triggers(None)


def _dialect() -> str:
    return op.get_bind().dialect.name


def _run(statement: str) -> None:
    op.get_bind().execute(sa.text(statement.replace(":", r"\:")))


def _earlier() -> Any:
    """Load the migration that made the sums."""
    path = Path(__file__).with_name("0012_tallies.py")
    spec = importlib.util.spec_from_file_location("tallies_0012", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sums() -> tuple[Any, ...]:
    """Return the sums of standings as they are from now on."""
    before = _earlier()
    monthly = {"where": MONTHLY} | before.PLACE
    teams = (
        before.Sum(
            "standings", kind, month="{r}.period", branch="{r}.host_body_id", amount=amount, where=IN_A_TEAM
        )
        for kind, amount in TEAMS
    )
    return (
        before.Sum("standings", "points", amount="{r}.points", **monthly),
        before.Sum("standings", "validated", amount="{r}.validated_signups", **monthly),
        before.Sum(
            "standings",
            "ranked",
            **(monthly | {"where": MONTHLY + " AND {r}.score >= 1000000"}),
        ),
        *teams,
    )


def _drop_triggers() -> None:
    on = "" if _dialect() == "sqlite" else " ON standings"
    for act in ACTS:
        _run(f"DROP TRIGGER tally_standings_{act}{on}")


def _make_triggers(sums: tuple[Any, ...] | None) -> None:
    """Make the triggers of standings over these sums; None: those of before."""
    made = _earlier()
    made.COLUMNS = {"standings": made.COLUMNS["standings"] + (() if sums is None else ("host_body_id",))}
    made.SUMS = made.SUMS if sums is None else sums
    if _dialect() == "sqlite":
        statements = made._sqlite()
    else:
        statements = [
            one.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
            for one in made._postgresql()
            if not one.startswith("CREATE SEQUENCE")
        ]
    for statement in statements:
        _run(statement)
