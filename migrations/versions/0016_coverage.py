"""Keep by triggers what is counted of each village: approved reports there, and participants who signed up there.

As with the sums of the first pages, SQLite moves a row per sum and PostgreSQL adds one per statement, so that writers
do not wait for each other (portal/coverage/, docs/decisions/0039).
"""

import sqlalchemy as sa
from alembic import op

revision = "0016_coverage"
down_revision = "0015_explainer"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = {"activities": "village_sums_of_reports", "participants": "village_sums_of_participants"}
# What one report adds, and what one participant adds to the village of the report that the sign-up was made at.
VISIT = (
    "SELECT {r}.village_code AS village_code, {r}.branch_id AS branch_id, {sign}1 AS visits, 0 AS participants"
    "{rows} WHERE {r}.status = 'approved' AND {r}.village_code IS NOT NULL"
)
PROTECTED = "status IN ('active', 'grace')"
MEMBERS = (
    "SELECT {r}.village_code AS village_code, {r}.branch_id AS branch_id, 0 AS visits, {sign}1 AS participants"
    " FROM {rows}signups AS s JOIN participants AS p ON p.id = s.participant_id AND p.signup_id = s.id"
    f" WHERE s.activity_ref = {{r}}.ref AND p.{PROTECTED} AND {{r}}.village_code IS NOT NULL"
)
MEMBER = (
    "SELECT a.village_code AS village_code, a.branch_id AS branch_id, 0 AS visits, {sign}1 AS participants"
    " FROM signups AS s JOIN activities AS a ON a.ref = s.activity_ref"
    f" WHERE s.id = {{r}}.signup_id AND {{r}}.{PROTECTED} AND a.village_code IS NOT NULL"
)
ACTS = ("insert", "update", "delete")
TRANSITIONS = {
    "insert": "NEW TABLE AS added",
    "update": "OLD TABLE AS removed NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
}
# SQLite: what moved, and the events whose rows are looked at.
PLACED = "OLD.village_code IS NOT NEW.village_code OR OLD.branch_id IS NOT NEW.branch_id"
MOVED = {
    "activities": f"OLD.status IS NOT NEW.status OR {PLACED} OR OLD.ref IS NOT NEW.ref",
    "participants": f"(OLD.{PROTECTED}) IS NOT (NEW.{PROTECTED}) OR OLD.signup_id IS NOT NEW.signup_id",
}
COLUMNS = {"activities": "status, village_code, branch_id, ref", "participants": "status, signup_id"}


def upgrade() -> None:
    """Create estimates and sums, count what is stored, and let the triggers go on."""
    op.create_table(
        "village_estimates",
        sa.Column("village_code", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("informal_workers", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("informal_workers >= 0", name=op.f("ck_village_estimates_informal_workers")),
        sa.CheckConstraint("target >= 0", name=op.f("ck_village_estimates_target")),
        sa.PrimaryKeyConstraint("village_code", "year", name=op.f("pk_village_estimates")),
    )
    op.create_table(
        "village_sums",
        sa.Column("village_code", sa.String(length=10), nullable=False),
        sa.Column("branch_id", KEY, autoincrement=False, nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.Column("participants", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("village_code", "branch_id", "part", name=op.f("pk_village_sums")),
    )
    op.create_index("ix_village_sums_branch", "village_sums", ["branch_id", "village_code"])
    approved = sa.text("status = 'approved'")
    op.create_index(
        "ix_activities_visits",
        "activities",
        ["village_code", "held_on"],
        sqlite_where=approved,
        postgresql_where=approved,
    )
    visits = VISIT.format(r="r", sign="", rows=" FROM activities AS r")
    members = MEMBER.format(r="r", sign="").replace(" FROM ", " FROM participants AS r, ", 1)
    op.execute(_added(f"{visits} UNION ALL {members}", "0"))
    for statement in _sqlite() if _on_sqlite() else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    """Drop triggers, sums and estimates; a further upgrade counts anew."""
    for table, name in TABLES.items():
        for act in ACTS:
            op.execute(f"DROP TRIGGER {name}_{act}" + ("" if _on_sqlite() else f" ON {table}"))
        if not _on_sqlite():
            op.execute(f"DROP FUNCTION {name}()")
    if not _on_sqlite():
        op.execute("DROP FUNCTION hold_participants_of(text[])")
        op.execute("DROP SEQUENCE village_sums_part")
    op.drop_index("ix_activities_visits", table_name="activities")
    op.drop_table("village_sums")
    op.drop_table("village_estimates")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _added(rows: str, part: str) -> str:
    """Return the INSERT of what rows add up to, by village and branch."""
    return (
        "INSERT INTO village_sums (village_code, branch_id, part, visits, participants)"
        f" SELECT village_code, branch_id, {part}, sum(visits), sum(participants) FROM ({rows}) AS moved"
        " GROUP BY village_code, branch_id HAVING sum(visits) <> 0 OR sum(participants) <> 0"
    )


def _sqlite() -> list[str]:
    """Return triggers for each row: an update takes the old row away and adds the new one."""
    found = []
    parts = {"activities": (VISIT, MEMBERS), "participants": (MEMBER,)}
    for table, name in TABLES.items():
        events = {
            "insert": ("INSERT", "", (("NEW", ""),)),
            "update": (f"UPDATE OF {COLUMNS[table]}", f" WHEN {MOVED[table]}", (("OLD", "-"), ("NEW", ""))),
            "delete": ("DELETE", "", (("OLD", "-"),)),
        }
        for act, (event, when, signs) in events.items():
            rows = " UNION ALL ".join(
                part.format(r=row, sign=sign, rows="") for row, sign in signs for part in parts[table]
            )
            body = (
                f"{_added(rows, '0')} ON CONFLICT (village_code, branch_id, part)"
                " DO UPDATE SET visits = visits + excluded.visits, participants = participants + excluded.participants"
            )
            found.append(f"CREATE TRIGGER {name}_{act} AFTER {event} ON {table}{when} BEGIN {body}; END")
    return found


# A report that gets another village takes its participants along. Nobody may make a sign-up of it valid meanwhile, or
# change the status of its participants: whoever does has them locked, or waits here and then sees the new village. The
# time limit is shorter than the second after which PostgreSQL looks for deadlocks, so an import never falls victim.
HOLD = """CREATE FUNCTION hold_participants_of(refs text[]) RETURNS void LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
BEGIN
  PERFORM 1 FROM signups WHERE activity_ref = ANY(refs) ORDER BY id FOR NO KEY UPDATE;
  PERFORM 1 FROM participants WHERE id IN (SELECT participant_id FROM signups WHERE activity_ref = ANY(refs))
  ORDER BY id FOR NO KEY UPDATE;
END $$"""
REPORTS = """CREATE FUNCTION village_sums_of_reports() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE placed text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    placed = ARRAY(SELECT DISTINCT r.ref FROM added AS r JOIN signups AS s ON s.activity_ref = r.ref);
    {add_visits};
    IF cardinality(placed) > 0 THEN
      PERFORM hold_participants_of(placed);
      {add_members};
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    placed = ARRAY(SELECT DISTINCT r.ref FROM removed AS r JOIN signups AS s ON s.activity_ref = r.ref);
    {remove_visits};
    IF cardinality(placed) > 0 THEN
      PERFORM hold_participants_of(placed);
      {remove_members};
    END IF;
  ELSE
    placed = ARRAY(
      SELECT unnest(ARRAY[o.ref, n.ref]) FROM removed AS o JOIN added AS n ON n.id = o.id
      WHERE o.village_code IS DISTINCT FROM n.village_code OR o.branch_id <> n.branch_id OR o.ref <> n.ref
    );
    {move_visits};
    IF cardinality(placed) > 0 THEN
      PERFORM hold_participants_of(placed);
      {move_members};
    END IF;
  END IF;
  RETURN NULL;
END $$"""
PARTICIPANTS = """CREATE FUNCTION village_sums_of_participants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN {insert};
  ELSIF TG_OP = 'DELETE' THEN {delete};
  ELSE {update};
  END IF;
  RETURN NULL;
END $$"""


def _postgresql() -> list[str]:
    """Return triggers for each statement over the rows it added and removed."""
    part = "nextval('village_sums_part')"

    def moved(query: str, *sides: tuple[str, str]) -> str:
        return _added(" UNION ALL ".join(query.format(r="r", sign=s, rows=rows) for rows, s in sides), part)

    visits = ((" FROM added AS r", ""), (" FROM removed AS r", "-"))
    members = (("added AS r, ", ""), ("removed AS r, ", "-"))
    reports = REPORTS.format(
        add_visits=moved(VISIT, visits[0]),
        remove_visits=moved(VISIT, visits[1]),
        move_visits=moved(VISIT, *visits),
        add_members=moved(MEMBERS, members[0]),
        remove_members=moved(MEMBERS, members[1]),
        move_members=moved(MEMBERS, *members),
    )
    participants = PARTICIPANTS.format(
        insert=_members_of("SELECT signup_id, 1 AS n FROM added"),
        delete=_members_of("SELECT signup_id, -1 AS n FROM removed"),
        update=_members_of("SELECT signup_id, 1 AS n FROM added", "SELECT signup_id, -1 AS n FROM removed"),
    )
    found = ["CREATE SEQUENCE village_sums_part", HOLD, reports, participants]
    for table, name in TABLES.items():
        found += [
            f"CREATE TRIGGER {name}_{act} AFTER {act.upper()} ON {table} REFERENCING {TRANSITIONS[act]}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            for act in ACTS
        ]
    return found


def _members_of(*sides: str) -> str:
    """Return the INSERT for participants that a statement changed: those that only stay protected cancel out first."""
    rows = " UNION ALL ".join(f"{side} WHERE {PROTECTED} AND signup_id IS NOT NULL" for side in sides)
    moved = f"SELECT signup_id, sum(n) AS n FROM ({rows}) AS each GROUP BY signup_id HAVING sum(n) <> 0"
    return _added(
        "SELECT a.village_code, a.branch_id, 0 AS visits, m.n AS participants"
        f" FROM ({moved}) AS m JOIN signups AS s ON s.id = m.signup_id"
        " JOIN activities AS a ON a.ref = s.activity_ref WHERE a.village_code IS NOT NULL",
        "nextval('village_sums_part')",
    )
