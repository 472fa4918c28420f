"""Keep sums of what the first pages count, by triggers on the counted tables, so that no path of code can forget it.

On SQLite, with its one writer, each row moves its sum. On PostgreSQL each statement adds a row of its own per sum that
it moves: writers never wait for each other, readers add up, the scheduler folds (portal/tallies/).
"""

from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

revision = "0012_tallies"
down_revision = "0011_board_versions"
branch_labels = None
depends_on = None


@dataclass(frozen=True)
class Sum:
    """What one row of a table adds to a sum: SQL over the row `{r}`, and over tables beside it."""

    table: str
    kind: str
    state: str = "''"
    month: str = "''"
    branch: str = "0"
    amount: str = "1"
    where: str = "true"
    beside: str = ""


HOURS = (7, 8, 9)  # the zones of Indonesia, east of Greenwich
HELD_ON = "substr(CAST({r}.held_on AS TEXT), 1, 7)"
REPORTED = "substr(CAST({r}.reported_on AS TEXT), 1, 7)"
SIGNUP = (
    "{r}.status || CASE WHEN {r}.held_reason IS NULL THEN ':free' ELSE ':held' END"
    " || CASE WHEN {r}.validated_at IS NULL THEN '' ELSE ':once' END"
)
CONFIRMED = "{r}.status = 'validated' AND {r}.validated_at IS NOT NULL"
UNVERIFIED = "{r}.is_current AND {r}.verified_by IS NULL AND NOT {r}.imported_verified"
MONTHLY = "{r}.period <> 'ALL'"
PLACE = {"month": "{r}.period", "branch": "{r}.branch_id"}
SUMS = (
    Sum("activities", "report", "{r}.status", HELD_ON, "{r}.branch_id"),
    Sum("cadres", "cadre", "{r}.status", branch="{r}.branch_id"),
    Sum("users", "user", "{r}.role"),
    Sum("bank_accounts", "account", "'unverified'", where=UNVERIFIED),
    Sum("standings", "points", **PLACE, amount="{r}.points", where=MONTHLY),
    Sum("standings", "validated", **PLACE, amount="{r}.validated_signups", where=MONTHLY),
    Sum("standings", "ranked", **PLACE, where=MONTHLY + " AND {r}.score >= 1000000"),
    Sum("signups", "signup", SIGNUP, REPORTED),
    *(Sum("signups", "confirmed", f"'{hours}'", f"{{month_{hours}}}", where=CONFIRMED) for hours in HOURS),
    Sum(
        "signups",
        "member",
        "p.status",
        REPORTED,
        where="{r}.status = 'validated' AND p.id = {r}.participant_id",
        beside="participants AS p",
    ),
    Sum(
        "participants",
        "member",
        "{r}.status",
        "substr(CAST(s.reported_on AS TEXT), 1, 7)",
        where="s.status = 'validated' AND s.participant_id = {r}.id",
        beside="signups AS s",
    ),
    Sum("participants", "participant", "{r}.status", where="{r}.cadre_id IS NOT NULL"),
)
# The columns that a sum depends on; any other change of a row moves nothing.
COLUMNS = {
    "activities": ("status", "branch_id", "held_on"),
    "cadres": ("status", "branch_id"),
    "users": ("role",),
    "bank_accounts": ("is_current", "verified_by", "imported_verified"),
    "standings": ("period", "branch_id", "points", "validated_signups", "score"),
    "signups": ("status", "held_reason", "validated_at", "reported_on", "participant_id"),
    "participants": ("status", "cadre_id"),
}
# A month of the three zones, from an instant that SQLite stores in UTC without saying so.
ZONED = {
    "sqlite": "strftime('%Y-%m', {{r}}.validated_at, '+{hours} hours')",
    "postgresql": "to_char({{r}}.validated_at AT TIME ZONE 'UTC' + INTERVAL '{hours} hours', 'YYYY-MM')",
}


def upgrade() -> None:
    """Create the table, fill it from what is stored, and let the triggers keep it."""
    op.create_table(
        "tallies",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "state", "month", "branch_id", "part", name=op.f("pk_tallies")),
    )
    kind = op.get_bind().dialect.name
    rows = " UNION ALL ".join(
        _select(one, kind, rows=f"{one.table} AS r") for one in SUMS if one.beside != "signups AS s"
    )
    _run(
        "INSERT INTO tallies (kind, state, month, branch_id, part, n)"
        f" SELECT kind, state, month, branch_id, 0, sum(n) FROM ({rows}) AS counted"
        " GROUP BY kind, state, month, branch_id HAVING sum(n) <> 0"
    )
    for statement in _sqlite() if kind == "sqlite" else _postgresql():
        _run(statement)


def downgrade() -> None:
    """Drop triggers and sums; a further upgrade counts anew."""
    kind = op.get_bind().dialect.name
    for table in COLUMNS:
        for act in ("insert", "update", "delete"):
            _run(f"DROP TRIGGER tally_{table}_{act}" + ("" if kind == "sqlite" else f" ON {table}"))
        if kind == "postgresql":
            _run(f"DROP FUNCTION tally_{table}()")
    if kind == "postgresql":
        _run("DROP SEQUENCE tallies_part")
    op.drop_table("tallies")


def _run(statement: str) -> None:
    op.get_bind().execute(sa.text(statement.replace(":", r"\:")))


def _select(one: Sum, kind: str, *, rows: str = "", r: str = "r", sign: str = "") -> str:
    """Return the SELECT of what rows add to a sum, or of what they take from it."""
    zoned = {f"month_{hours}": ZONED[kind].format(hours=hours).format(r=r) for hours in HOURS}
    tables = ", ".join(filter(None, (rows, one.beside)))
    words = (
        f"SELECT '{one.kind}' AS kind, {one.state} AS state, {one.month} AS month, {one.branch} AS branch_id,"
        f" {sign}({one.amount}) AS n" + (f" FROM {tables}" if tables else "") + f" WHERE {one.where}"
    )
    return words.format(r=r, **zoned)


def _sqlite() -> list[str]:
    """Return triggers for each row: an update takes the old row away and adds the new one."""
    found = []
    for table, columns in COLUMNS.items():
        moved = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
        acts = {
            "insert": ("INSERT", (("NEW", ""),)),
            "update": (f"UPDATE OF {', '.join(columns)}", (("OLD", "-"), ("NEW", ""))),
            "delete": ("DELETE", (("OLD", "-"),)),
        }
        for act, (event, signs) in acts.items():
            body = "".join(
                "INSERT INTO tallies (kind, state, month, branch_id, n, part) SELECT kind, state, month, branch_id, n, 0"
                f" FROM ({_select(one, 'sqlite', r=row, sign=sign)}) WHERE true"
                " ON CONFLICT (kind, state, month, branch_id, part) DO UPDATE SET n = n + excluded.n; "
                for row, sign in signs
                for one in SUMS
                if one.table == table
            )
            when = f" WHEN {moved}" if act == "update" else ""
            found.append(f"CREATE TRIGGER tally_{table}_{act} AFTER {event} ON {table}{when} BEGIN {body}END")
    return found


def _postgresql() -> list[str]:
    """Return triggers for each statement over the rows it added and removed; `part` numbers what they add."""
    found = ["CREATE SEQUENCE tallies_part"]
    for table in COLUMNS:
        mine = [one for one in SUMS if one.table == table]
        added = " UNION ALL ".join(_select(one, "postgresql", rows="added AS r") for one in mine)
        removed = " UNION ALL ".join(
            _select(one, "postgresql", rows="removed AS r", sign="-") for one in mine
        )
        insert = f"{_hold(table, 'added')}{_add(added)}"
        update = f"{_hold(table, 'both')}{_add(added + ' UNION ALL ' + removed)}"
        delete = f"{_hold(table, 'removed')}{_add(removed)}"
        found.append(
            f"""CREATE FUNCTION tally_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'INSERT' THEN {insert}
              ELSIF TG_OP = 'UPDATE' THEN {update}
              ELSE {delete}
              END IF;
              RETURN NULL;
            END $$"""
        )
        tables = {
            "insert": "NEW TABLE AS added",
            "update": "OLD TABLE AS removed NEW TABLE AS added",
            "delete": "OLD TABLE AS removed",
        }
        found += [
            f"CREATE TRIGGER tally_{table}_{act} AFTER {act.upper()} ON {table} REFERENCING {words}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION tally_{table}()"
            for act, words in tables.items()
        ]
    return found


def _add(rows: str) -> str:
    return (
        "INSERT INTO tallies (kind, state, month, branch_id, part, n)"
        f" SELECT kind, state, month, branch_id, nextval('tallies_part'), sum(n) FROM ({rows}) AS moved"
        " GROUP BY kind, state, month, branch_id HAVING sum(n) <> 0;"
    )


def _hold(table: str, rows: str) -> str:
    """Lock the participants of sign-ups that become valid or cease to be, so that none changes its status meanwhile.

    Who validates a sign-up locks them a moment later anyway (membership/services/numbering.py).
    """
    if table != "signups":
        return ""
    whose = {
        "added": "SELECT participant_id FROM added WHERE status = 'validated'",
        "removed": "SELECT participant_id FROM removed WHERE status = 'validated'",
        "both": (
            "SELECT unnest(ARRAY[a.participant_id, b.participant_id]) FROM added AS a JOIN removed AS b ON b.id = a.id"
            " WHERE (a.status = 'validated' OR b.status = 'validated')"
            " AND (a.status <> b.status OR a.participant_id IS DISTINCT FROM b.participant_id)"
        ),
    }
    return f"PERFORM 1 FROM participants WHERE id IN ({whose[rows]}) ORDER BY id FOR NO KEY UPDATE; "
