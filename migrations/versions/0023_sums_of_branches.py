"""Keep the sums of sign-ups by the branch where their cadre is now: what was reported, confirmed, and who still pays.

A transfer moves the sums of its cadre. On PostgreSQL whoever writes a sign-up holds its cadre, as a foreign key does,
and a transfer waits for them: so no sum misses a sign-up that is written meanwhile, and writers never wait for each
other.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023_sums_of_branches"
down_revision = "0022_cohorts_of_returned"
branch_labels = None
depends_on = None

HOURS = (7, 8, 9)  # the zones of Indonesia, east of Greenwich
# What a sign-up `{s}` of a cadre in the branch `{branch}` adds.
REPORTED = "substr(CAST({s}.reported_on AS TEXT), 1, 7)"
STATE = (
    "{s}.status || CASE WHEN {s}.held_reason IS NULL THEN ':free' ELSE ':held' END"
    " || CASE WHEN {s}.validated_at IS NULL THEN '' ELSE ':once' END"
)
ZONED = {
    "sqlite": "strftime('%Y-%m', {{s}}.validated_at, '+{hours} hours')",
    "postgresql": "to_char({{s}}.validated_at AT TIME ZONE 'UTC' + INTERVAL '{hours} hours', 'YYYY-MM')",
}
NAMES = "kind, state, month, branch_id"
KINDS = ("branch_signup", "branch_confirmed", "branch_member")
# The columns of a sign-up that its sums depend on.
COLUMNS = ("cadre_id", "status", "held_reason", "validated_at", "reported_on", "participant_id")
ACTS = ("insert", "update", "delete")
SQLITE = (
    *(f"tally_signups_with_branch_{act}" for act in ACTS),
    *(f"tally_participants_with_branch_{act}" for act in ACTS),
    "tally_cadres_with_branch_update",
)
# By name after those of the nation: the participants of sign-ups are held by then.
POSTGRESQL = {"signups": ACTS, "participants": ACTS, "cadres": ("update",)}
TRANSITIONS = {
    "insert": "NEW TABLE AS added",
    "update": "OLD TABLE AS removed NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
}


def upgrade() -> None:
    """Count what is stored, and let the triggers go on."""
    counted = _rows(_dialect(), "signups AS s JOIN cadres AS c ON c.id = s.cadre_id")
    _run(
        f"INSERT INTO tallies ({NAMES}, part, n) SELECT {NAMES}, 0, sum(n) FROM ({counted}) AS counted GROUP BY {NAMES}"
    )
    for statement in _sqlite() if _dialect() == "sqlite" else _postgresql():
        _run(statement)


def downgrade() -> None:
    """Drop the triggers and their sums; a further upgrade counts anew."""
    if _dialect() == "sqlite":
        for name in SQLITE:
            _run(f"DROP TRIGGER {name}")
    else:
        for table, acts in POSTGRESQL.items():
            for act in acts:
                _run(f"DROP TRIGGER tally_{table}_with_branch_{act} ON {table}")
            _run(f"DROP FUNCTION tally_{table}_with_branch()")
        _run("DROP TRIGGER hold_moved_cadre ON cadres")
        _run("DROP FUNCTION hold_moved_cadre()")
    _run(f"DELETE FROM tallies WHERE kind IN {KINDS}")


def _dialect() -> str:
    return op.get_bind().dialect.name


def _run(statement: str) -> None:
    op.get_bind().execute(sa.text(statement.replace(":", r"\:")))


def _rows(
    dialect: str,
    source: str,
    *,
    s: str = "s",
    branch: str = "c.branch_id",
    where: str = "true",
    sign: str = "",
) -> str:
    """Return the SELECT of what sign-ups add to the sums of branches, or of what they take from them."""
    valid = f"{where} AND {s}.status = 'validated'"
    reported = REPORTED.format(s=s)
    parts = [
        f"SELECT 'branch_signup' AS kind, {STATE.format(s=s)} AS state, {reported} AS month, {branch} AS branch_id,"
        f" {sign}1 AS n FROM {source} WHERE {where}",
        f"SELECT 'branch_member', p.status, {reported}, {branch}, {sign}1"
        f" FROM {source} JOIN participants AS p ON p.id = {s}.participant_id WHERE {valid}",
    ]
    for hours in HOURS:
        month = ZONED[dialect].format(hours=hours).format(s=s)
        parts.append(
            f"SELECT 'branch_confirmed', '{hours}', {month}, {branch}, {sign}1 FROM {source}"
            f" WHERE {valid} AND {s}.validated_at IS NOT NULL"
        )
    return " UNION ALL ".join(parts)


def _sqlite() -> list[str]:
    """Return triggers for each row: an update takes the old row away and adds the new one."""
    return [*_sqlite_signups(), *_sqlite_participants(), _sqlite_cadres()]


def _move(rows: str) -> str:
    return (
        f"INSERT INTO tallies ({NAMES}, n, part) SELECT {NAMES}, n, 0 FROM ({rows}) WHERE true"
        f" ON CONFLICT ({NAMES}, part) DO UPDATE SET n = n + excluded.n; "
    )


def _sqlite_signups() -> list[str]:
    def moved(row: str, sign: str) -> str:
        return _move(_rows("sqlite", "cadres AS c", s=row, where=f"c.id = {row}.cadre_id", sign=sign))

    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in COLUMNS)
    bodies = {
        "insert": ("INSERT ON signups", moved("NEW", "")),
        "update": (
            f"UPDATE OF {', '.join(COLUMNS)} ON signups WHEN {changed}",
            moved("OLD", "-") + moved("NEW", ""),
        ),
        "delete": ("DELETE ON signups", moved("OLD", "-")),
    }
    return [
        f"CREATE TRIGGER tally_signups_with_branch_{act} AFTER {event} BEGIN {body}END"
        for act, (event, body) in bodies.items()
    ]


def _sqlite_participants() -> list[str]:
    def moved(row: str, sign: str) -> str:
        return _move(
            f"SELECT 'branch_member' AS kind, {row}.status AS state, {REPORTED.format(s='s')} AS month,"
            f" c.branch_id AS branch_id, {sign}1 AS n FROM signups AS s JOIN cadres AS c ON c.id = s.cadre_id"
            f" WHERE s.participant_id = {row}.id AND s.status = 'validated'"
        )

    bodies = {
        "insert": ("INSERT ON participants", moved("NEW", "")),
        "update": (
            "UPDATE OF status ON participants WHEN OLD.status IS NOT NEW.status",
            moved("OLD", "-") + moved("NEW", ""),
        ),
        "delete": ("DELETE ON participants", moved("OLD", "-")),
    }
    return [
        f"CREATE TRIGGER tally_participants_with_branch_{act} AFTER {event} BEGIN {body}END"
        for act, (event, body) in bodies.items()
    ]


def _sqlite_cadres() -> str:
    body = "".join(
        _move(
            _rows(
                "sqlite", "signups AS s", branch=f"{row}.branch_id", where=f"s.cadre_id = {row}.id", sign=sign
            )
        )
        for row, sign in (("OLD", "-"), ("NEW", ""))
    )
    return (
        "CREATE TRIGGER tally_cadres_with_branch_update AFTER UPDATE OF branch_id ON cadres"
        f" WHEN OLD.branch_id IS NOT NEW.branch_id BEGIN {body}END"
    )


# Set operations are hashed whatever the planner expects (0020).
DIFFERENT = "(SELECT {columns} FROM {one} EXCEPT SELECT {columns} FROM {other})"
# OFFSET keeps the condition on the status out of the choice of the index: there are few sign-ups of a participant.
SIGNED = (
    "{rows} AS r CROSS JOIN LATERAL"
    " (SELECT status, reported_on, cadre_id FROM signups WHERE participant_id = r.id OFFSET 0) AS s"
)
HOLD = "PERFORM 1 FROM cadres WHERE id IN (SELECT s.cadre_id FROM {rows}) ORDER BY id FOR KEY SHARE; "


def _postgresql() -> list[str]:
    """Return triggers for each statement over the rows it added and removed; `part` numbers what they add."""
    functions = {"signups": _signups(), "participants": _participants(), "cadres": _cadres()}
    found = [
        # Before the row changes, so that who comes later waits for what it becomes.
        """CREATE FUNCTION hold_moved_cadre() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM 1 FROM cadres WHERE id = OLD.id FOR UPDATE;
          RETURN NEW;
        END $$""",
        "CREATE TRIGGER hold_moved_cadre BEFORE UPDATE OF branch_id ON cadres FOR EACH ROW"
        " WHEN (OLD.branch_id IS DISTINCT FROM NEW.branch_id) EXECUTE FUNCTION hold_moved_cadre()",
    ]
    for table, acts in POSTGRESQL.items():
        branches = [f"IF TG_OP = '{act.upper()}' THEN {functions[table][act]} END IF;" for act in acts]
        found.append(
            f"CREATE FUNCTION tally_{table}_with_branch() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN {' '.join(branches)} RETURN NULL; END $$"
        )
        found += [
            f"CREATE TRIGGER tally_{table}_with_branch_{act} AFTER {act.upper()} ON {table}"
            f" REFERENCING {TRANSITIONS[act]} FOR EACH STATEMENT EXECUTE FUNCTION tally_{table}_with_branch()"
            for act in acts
        ]
    return found


def _add(*rows: str) -> str:
    return (
        f"INSERT INTO tallies ({NAMES}, part, n) SELECT {NAMES}, nextval('tallies_part'), sum(n)"
        f" FROM ({' UNION ALL '.join(rows)}) AS moved GROUP BY {NAMES} HAVING sum(n) <> 0;"
    )


def _signups() -> dict[str, str]:
    """Return what is done for sign-ups: hold the cadres of those that count otherwise now, and move the sums."""
    columns = ", ".join(("id", *COLUMNS))
    gained = DIFFERENT.format(columns=columns, one="added", other="removed")
    lost = DIFFERENT.format(columns=columns, one="removed", other="added")

    def moved(rows: str, sign: str = "") -> str:
        return _rows("postgresql", f"{rows} AS s JOIN cadres AS c ON c.id = s.cadre_id", sign=sign)

    changed = f"({gained} UNION ALL {lost}) AS s"
    return {
        "insert": HOLD.format(rows="added AS s") + _add(moved("added")),
        "update": HOLD.format(rows=changed) + _add(moved(gained), moved(lost, "-")),
        "delete": HOLD.format(rows="removed AS s") + _add(moved("removed", "-")),
    }


def _participants() -> dict[str, str]:
    """Return what is done for participants whose status changes: the same for their sign-ups."""
    gained = DIFFERENT.format(columns="id, status", one="added", other="removed")
    lost = DIFFERENT.format(columns="id, status", one="removed", other="added")

    def moved(rows: str, sign: str = "") -> str:
        return (
            f"SELECT 'branch_member' AS kind, r.status AS state, {REPORTED.format(s='s')} AS month, c.branch_id, {sign}1 AS n"
            f" FROM {SIGNED.format(rows=rows)} JOIN cadres AS c ON c.id = s.cadre_id WHERE s.status = 'validated'"
        )

    def hold(rows: str) -> str:
        return HOLD.format(rows=f"{SIGNED.format(rows=rows)} WHERE s.status = 'validated'")

    return {
        "insert": hold("added") + _add(moved("added")),
        "update": hold(gained) + _add(moved(gained), moved(lost, "-")),
        "delete": hold("removed") + _add(moved("removed", "-")),
    }


def _cadres() -> dict[str, str]:
    """Return what is done for cadres who move: their sums leave one branch for the other."""
    pair = "added AS a JOIN removed AS b ON b.id = a.id AND b.branch_id <> a.branch_id JOIN signups AS s ON s.cadre_id = a.id"
    return {
        "update": "IF EXISTS (SELECT 1 FROM added AS a JOIN removed AS b ON b.id = a.id AND b.branch_id <> a.branch_id)"
        f" THEN {_add(_rows('postgresql', pair, branch='a.branch_id'), _rows('postgresql', pair, branch='b.branch_id', sign='-'))}"
        " END IF;"
    }
