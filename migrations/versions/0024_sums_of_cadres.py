"""Keep by triggers how many participants each cadre cares for: active, in grace, lapsed.

As the sums of the first pages (0012): on SQLite each row moves its sum, on PostgreSQL each statement adds rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024_sums_of_cadres"
down_revision = "0023_sums_of_branches"
branch_labels = None
depends_on = None

STATES = ("active", "grace", "lapsed")
NAMES = ", ".join(STATES)
SUMS = ", ".join(f"sum({state}) AS {state}" for state in STATES)
TABLES = {
    "insert": "NEW TABLE AS added",
    "update": "OLD TABLE AS removed NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
}


def upgrade() -> None:
    """Create the table, count what is stored, and let the triggers go on."""
    op.create_table(
        "cadre_sums",
        sa.Column(
            "cadre_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(state, sa.Integer(), nullable=False) for state in STATES),
        sa.PrimaryKeyConstraint("cadre_id", "part", name=op.f("pk_cadre_sums")),
    )
    op.execute(
        f"INSERT INTO cadre_sums (cadre_id, part, {NAMES}) SELECT cadre_id, 0, {SUMS}"
        f" FROM ({_counted('participants')}) AS counted GROUP BY cadre_id"
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _sqlite():
            op.execute(statement)
        return
    op.execute("CREATE SEQUENCE cadre_sums_part")
    op.execute(POSTGRESQL)
    for act, tables in TABLES.items():
        op.execute(
            f"CREATE TRIGGER cadre_sums_{act} AFTER {act.upper()} ON participants REFERENCING {tables}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_cadre_sums()"
        )


def downgrade() -> None:
    """Drop triggers and sums; a further upgrade counts anew."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for act in TABLES:
        op.execute(f"DROP TRIGGER cadre_sums_{act}" + ("" if sqlite else " ON participants"))
    if not sqlite:
        op.execute("DROP FUNCTION keep_cadre_sums()")
        op.execute("DROP SEQUENCE cadre_sums_part")
    op.drop_table("cadre_sums")


def _counted(table: str, sign: str = "") -> str:
    """Return what each participant of a table adds to the sums of their cadre."""
    states = ", ".join(f"{sign}CASE WHEN status = '{state}' THEN 1 ELSE 0 END AS {state}" for state in STATES)
    return f"SELECT cadre_id, {states} FROM {table} WHERE cadre_id IS NOT NULL"


def _add(*rows: str) -> str:
    changed = " OR ".join(f"sum({state}) <> 0" for state in STATES)
    return (
        f"INSERT INTO cadre_sums (cadre_id, part, {NAMES}) SELECT cadre_id, nextval('cadre_sums_part'), {SUMS}"
        f" FROM ({' UNION ALL '.join(rows)}) AS moved GROUP BY cadre_id HAVING {changed};"
    )


POSTGRESQL = f"""CREATE FUNCTION keep_cadre_sums() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN {_add(_counted("added"))}
  ELSIF TG_OP = 'UPDATE' THEN {_add(_counted("added"), _counted("removed", "-"))}
  ELSE {_add(_counted("removed", "-"))}
  END IF;
  RETURN NULL;
END $$"""


def _sqlite() -> list[str]:
    moved = "OLD.status IS NOT NEW.status OR OLD.cadre_id IS NOT NEW.cadre_id"
    acts = {
        "insert": ("INSERT", (("NEW", ""),), ""),
        "update": ("UPDATE OF status, cadre_id", (("OLD", "-"), ("NEW", "")), f" WHEN {moved}"),
        "delete": ("DELETE", (("OLD", "-"),), ""),
    }
    grown = ", ".join(f"{state} = {state} + excluded.{state}" for state in STATES)
    found = []
    for act, (event, signs, when) in acts.items():
        body = "".join(
            f"INSERT INTO cadre_sums (cadre_id, part, {NAMES}) SELECT {row}.cadre_id, 0, "
            + ", ".join(f"{sign}({row}.status = '{state}')" for state in STATES)
            + f" WHERE {row}.cadre_id IS NOT NULL ON CONFLICT (cadre_id, part) DO UPDATE SET {grown}; "
            for row, sign in signs
        )
        found.append(f"CREATE TRIGGER cadre_sums_{act} AFTER {event} ON participants{when} BEGIN {body}END")
    return found
