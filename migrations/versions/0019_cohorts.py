"""Keep with each new participant the month and branch of the validation, and by triggers how many of each still pay.

As the sums of the first pages (0012): on SQLite each row moves its sum, on PostgreSQL each statement adds rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_cohorts"
down_revision = "0018_care"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The branch of before is not known: those who are there already belong to the branch that their cadre is in now.
FILL = (
    "UPDATE participants SET cohort_month = s.earned_month, cohort_branch_id = c.branch_id"
    " FROM signups AS s JOIN cadres AS c ON c.id = s.cadre_id"
    " WHERE s.id = participants.signup_id AND s.outcome = 'new'"
)
COLUMNS = ("status", "cohort_month", "cohort_branch_id")
SUM = "SELECT 'cohort' AS kind, status AS state, cohort_month AS month, cohort_branch_id AS branch_id, {sign}1 AS n"
COUNT = (
    "INSERT INTO tallies (kind, state, month, branch_id, part, n)"
    " SELECT 'cohort', status, cohort_month, cohort_branch_id, {part}, count(*) FROM participants"
    " WHERE cohort_month IS NOT NULL GROUP BY status, cohort_month, cohort_branch_id"
)


def upgrade() -> None:
    op.add_column("participants", sa.Column("cohort_month", sa.String(length=7), nullable=True))
    op.add_column("participants", sa.Column("cohort_branch_id", KEY, nullable=True))
    op.execute(FILL)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(COUNT.format(part="0"))
        for statement in _sqlite():
            op.execute(statement)
        return
    op.execute(COUNT.format(part="nextval('tallies_part')"))
    op.execute(POSTGRESQL)
    for act, tables in TABLES.items():
        op.execute(
            f"CREATE TRIGGER cohort_{act} AFTER {act.upper()} ON participants REFERENCING {tables}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_cohorts()"
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for act in TABLES:
        op.execute(f"DROP TRIGGER cohort_{act}" + ("" if sqlite else " ON participants"))
    if not sqlite:
        op.execute("DROP FUNCTION keep_cohorts()")
    op.execute("DELETE FROM tallies WHERE kind = 'cohort'")
    for column in ("cohort_month", "cohort_branch_id"):
        op.drop_column("participants", column)


TABLES = {
    "insert": "NEW TABLE AS added",
    "update": "OLD TABLE AS removed NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
}


def _rows(table: str, sign: str = "") -> str:
    return f"{SUM.format(sign=sign)} FROM {table} WHERE cohort_month IS NOT NULL"


def _add(rows: str) -> str:
    return (
        "INSERT INTO tallies (kind, state, month, branch_id, part, n)"
        " SELECT kind, state, month, branch_id, nextval('tallies_part'), sum(n)"
        f" FROM ({rows}) AS moved GROUP BY kind, state, month, branch_id HAVING sum(n) <> 0;"
    )


POSTGRESQL = f"""CREATE FUNCTION keep_cohorts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN {_add(_rows("added"))}
  ELSIF TG_OP = 'UPDATE' THEN {_add(_rows("added") + " UNION ALL " + _rows("removed", "-"))}
  ELSE {_add(_rows("removed", "-"))}
  END IF;
  RETURN NULL;
END $$"""


def _sqlite() -> list[str]:
    moved = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in COLUMNS)
    acts = {
        "insert": ("INSERT", (("NEW", 1),), ""),
        "update": (f"UPDATE OF {', '.join(COLUMNS)}", (("OLD", -1), ("NEW", 1)), f" WHEN {moved}"),
        "delete": ("DELETE", (("OLD", -1),), ""),
    }
    found = []
    for act, (event, signs, when) in acts.items():
        body = "".join(
            "INSERT INTO tallies (kind, state, month, branch_id, n, part)"
            f" SELECT 'cohort', {row}.status, {row}.cohort_month, {row}.cohort_branch_id, {n}, 0"
            f" WHERE {row}.cohort_month IS NOT NULL"
            " ON CONFLICT (kind, state, month, branch_id, part) DO UPDATE SET n = n + excluded.n; "
            for row, n in signs
        )
        found.append(f"CREATE TRIGGER cohort_{act} AFTER {event} ON participants{when} BEGIN {body}END")
    return found
