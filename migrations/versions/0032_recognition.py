"""Recognition: definitions, holidays, leaves, badges, progress, moments; since when each cadre has which status.

Triggers note whose recognition is to be counted again, in the transaction that writes what it rests on: a posting, an
activity decided, a status changed. Nothing that an import or an apply stores in bulk is missed.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0032_recognition"
down_revision = "0031_photo_places"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
LIVE = sa.text("status IN ('asked', 'approved')")
UNSHOWN = sa.text("shown_at IS NULL")
TABLES = (
    "recognition_runs", "recognition_marks", "moments", "recognition_choices", "cadre_progress", "badge_awards",
    "leaves", "holidays", "recognition_definitions", "cadre_states",
)  # fmt: skip
# An award is a record: all that ever happens to it is that it is taken back, once.
FIXED = ("id", "cadre_id", "code", "version", "awarded_on", "awarded_at", "evidence", "value")
GUARDS_SQLITE = (
    f"CREATE TRIGGER guard_badge_awards_update BEFORE UPDATE OF {', '.join(FIXED)} ON badge_awards "
    "BEGIN SELECT RAISE(ABORT, 'guard: badge awards are a record'); END",
    "CREATE TRIGGER guard_badge_awards_taken_back BEFORE UPDATE ON badge_awards WHEN OLD.taken_back_at IS NOT NULL "
    "BEGIN SELECT RAISE(ABORT, 'guard: badge awards are a record'); END",
    "CREATE TRIGGER guard_badge_awards_delete BEFORE DELETE ON badge_awards "
    "BEGIN SELECT RAISE(ABORT, 'guard: badge awards are a record'); END",
)
GUARDS_POSTGRESQL = (
    """CREATE FUNCTION guard_badge_awards() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF OLD.taken_back_at IS NULL
          AND to_jsonb(NEW) - 'taken_back_at' - 'taken_back_because'
            = to_jsonb(OLD) - 'taken_back_at' - 'taken_back_because'
        THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION 'guard: badge awards are a record' USING ERRCODE = '23001';
    END $$""",
    "CREATE TRIGGER guard_badge_awards BEFORE UPDATE OR DELETE ON badge_awards "
    "FOR EACH ROW EXECUTE FUNCTION guard_badge_awards()",
    "CREATE TRIGGER guard_badge_awards_truncate BEFORE TRUNCATE ON badge_awards "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
    "REVOKE DELETE, TRUNCATE ON badge_awards FROM portal_app",
)
# What a report counts for changes with these; while it waits for its first decision it counts for nothing.
COUNTED = ("cadre_id", "type", "held_on", "village_code", "status", "version")
DIFFERS = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in COUNTED)
MOVED = " OR ".join(f"b.{name} IS DISTINCT FROM a.{name}" for name in COUNTED)
MARK = "INSERT INTO recognition_marks (cadre_id, whole)"
# On SQLite one writes at a time: a cadre whose mark is the newest one needs no other.
NEWEST = "SELECT 1 FROM recognition_marks WHERE id = (SELECT MAX(id) FROM recognition_marks)"
MARKED = (
    f"{MARK} SELECT NEW.cadre_id, 0 WHERE NOT EXISTS ({NEWEST} AND cadre_id = NEW.cadre_id AND NOT whole)"
)
MARKS_SQLITE = {
    "marks_ledger_insert": f"INSERT ON ledger_entries BEGIN {MARKED}; END",
    "marks_state_insert": f"INSERT ON cadre_states BEGIN {MARKED}; END",
    "marks_activity_insert": f"INSERT ON activities WHEN NEW.status <> 'submitted' BEGIN {MARKED}; END",
    "marks_activity_update": f"UPDATE OF {', '.join(COUNTED)} ON activities WHEN {DIFFERS} BEGIN"
    f" {MARK} SELECT OLD.cadre_id, 0 WHERE OLD.cadre_id <> NEW.cadre_id; {MARKED}; END",
    # Another branch may live in another zone, where another week runs.
    "marks_cadre_move": "UPDATE OF branch_id ON cadres WHEN OLD.branch_id <> NEW.branch_id"
    f" BEGIN {MARK} VALUES (NEW.id, 1); END",
}
MARKS_POSTGRESQL = (
    f"""CREATE FUNCTION mark_recognition() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      {MARK} SELECT DISTINCT cadre_id, false FROM added;
      RETURN NULL;
    END $$""",
    f"""CREATE FUNCTION mark_recognition_of_activities() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        {MARK} SELECT DISTINCT cadre_id, false FROM added WHERE status <> 'submitted';
      ELSE
        {MARK} SELECT DISTINCT unnest(ARRAY[b.cadre_id, a.cadre_id]), false
          FROM added AS a JOIN removed AS b ON b.id = a.id WHERE {MOVED};
      END IF;
      RETURN NULL;
    END $$""",
    f"""CREATE FUNCTION mark_recognition_of_move() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      {MARK} VALUES (NEW.id, true);
      RETURN NULL;
    END $$""",
    "CREATE TRIGGER marks_cadre_move AFTER UPDATE OF branch_id ON cadres"
    " FOR EACH ROW WHEN (OLD.branch_id <> NEW.branch_id) EXECUTE FUNCTION mark_recognition_of_move()",
    "CREATE TRIGGER marks_ledger_insert AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION mark_recognition()",
    "CREATE TRIGGER marks_state_insert AFTER INSERT ON cadre_states REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION mark_recognition()",
    "CREATE TRIGGER marks_activity_insert AFTER INSERT ON activities REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION mark_recognition_of_activities()",
    "CREATE TRIGGER marks_activity_update AFTER UPDATE ON activities REFERENCING OLD TABLE AS removed"
    " NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION mark_recognition_of_activities()",
)
MARKING = ("mark_recognition", "mark_recognition_of_activities", "mark_recognition_of_move")
ON = {
    "marks_ledger_insert": "ledger_entries",
    "marks_state_insert": "cadre_states",
    "marks_cadre_move": "cadres",
}


def _foreign(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _check(table, name, words):
    return sa.CheckConstraint(words, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Create the tables, remember the changes of status that the trail knows, and let the triggers go on."""
    _states()
    _definitions()
    _leaves()
    _awards()
    _progress()
    _moments()
    _rounds()
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        for name, body in MARKS_SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} AFTER {body}")
        for statement in GUARDS_SQLITE:
            bind.execute(sa.text(statement.replace(":", r"\:")))
        return
    for statement in (*MARKS_POSTGRESQL, *GUARDS_POSTGRESQL):
        bind.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """Forget recognition."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in MARKS_SQLITE:
        op.execute(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {ON.get(name, 'activities')}"))
    for table in TABLES:
        op.drop_table(table)
    if not sqlite:
        for name in (*MARKING, "guard_badge_awards"):
            op.execute(f"DROP FUNCTION {name}()")


def _states() -> None:
    op.create_table(
        "cadre_states",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _foreign("cadre_states", "cadre_id", "cadres"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadre_states")),
    )
    op.create_index("ix_cadre_states_cadre", "cadre_states", ["cadre_id", "id"])
    states = sa.table(
        "cadre_states",
        sa.column("cadre_id", KEY),
        sa.column("status", sa.String),
        sa.column("from_day", sa.Date),
        sa.column("at", INSTANT),
    )
    found = [_state(row) for row in op.get_bind().execute(_changes())]
    if found:
        op.bulk_insert(states, [one for one in found if one["status"]])


def _changes():
    """Select the changes of status in the trail, with the zone of the cadre's branch."""
    event = sa.table(
        "audit_events",
        *(sa.column(name) for name in ("id", "act", "subject_kind", "subject_id")),
        sa.column("at", INSTANT),
        sa.column("details", sa.JSON),
    )
    cadre = sa.table("cadres", sa.column("id"), sa.column("branch_id"))
    branch = sa.table("branches", sa.column("id"), sa.column("time_zone"))
    return (
        sa.select(cadre.c.id, event.c.at, event.c.act, event.c.details, branch.c.time_zone)
        .join(cadre, sa.cast(cadre.c.id, sa.String) == event.c.subject_id)
        .join(branch, branch.c.id == cadre.c.branch_id)
        .where(event.c.subject_kind == "cadre", event.c.act.in_(("cadre.status_changed", "cadre.activated")))
        .order_by(event.c.id)
    )


def _state(row):
    at = row.at if isinstance(row.at, datetime) else datetime.fromisoformat(row.at)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    status = "active" if row.act == "cadre.activated" else (row.details or {}).get("after")
    day = at.astimezone(ZoneInfo(row.time_zone)).date()
    return {"cadre_id": row.id, "status": status, "from_day": day, "at": at}


def _definitions() -> None:
    table = "recognition_definitions"
    op.create_table(
        table,
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.Column("written_by", KEY, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.Column("refusal", sa.String(length=300), nullable=True),
        _check(table, "kind", "kind IN ('levels', 'badge', 'leagues')"),
        _check(table, "status", "status IN ('draft', 'approved', 'refused')"),
        _check(table, "decided", "(status = 'draft') = (approved_by IS NULL)"),
        _check(table, "two_persons", "shipped OR approved_by IS NULL OR approved_by <> written_by"),
        _foreign(table, "written_by", "users"),
        _foreign(table, "approved_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("kind", "code", "version", name=op.f(f"uq_{table}_kind_code_version")),
    )
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("entered_by", KEY, nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        _foreign("holidays", "entered_by", "users"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holidays")),
    )


def _leaves() -> None:
    op.create_table(
        "leaves",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("refusal", sa.String(length=300), nullable=True),
        _check("leaves", "status", "status IN ('asked', 'approved', 'refused', 'withdrawn')"),
        _check("leaves", "days", "last_day >= first_day"),
        _check("leaves", "decided", "status IN ('asked', 'withdrawn') OR decided_by IS NOT NULL"),
        _check("leaves", "refusal", "(status = 'refused') = (refusal IS NOT NULL)"),
        _foreign("leaves", "cadre_id", "cadres"),
        _foreign("leaves", "decided_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    op.create_index("ix_leaves_cadre", "leaves", ["cadre_id", "first_day"])
    op.create_index("ix_leaves_status", "leaves", ["status", "asked_at", "id"])
    live = {"sqlite_where": LIVE, "postgresql_where": LIVE}
    op.create_index("uq_leaves_live", "leaves", ["cadre_id", "first_day"], unique=True, **live)


def _awards() -> None:
    op.create_table(
        "badge_awards",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("awarded_at", INSTANT, nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("taken_back_at", INSTANT, nullable=True),
        sa.Column("taken_back_because", sa.String(length=300), nullable=True),
        _check("badge_awards", "taken_back", "(taken_back_at IS NULL) = (taken_back_because IS NULL)"),
        _foreign("badge_awards", "cadre_id", "cadres"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_awards")),
        sa.UniqueConstraint("cadre_id", "code", name=op.f("uq_badge_awards_cadre_id_code")),
    )
    op.create_index("ix_badge_awards_code", "badge_awards", ["code", "cadre_id"])


def _progress() -> None:
    op.create_table(
        "cadre_progress",
        sa.Column("cadre_id", KEY, autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("streak_weeks", sa.Integer(), nullable=False),
        sa.Column("longest_streak", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _foreign("cadre_progress", "cadre_id", "cadres"),
        sa.PrimaryKeyConstraint("cadre_id", name=op.f("pk_cadre_progress")),
    )
    op.create_index("ix_cadre_progress_week", "cadre_progress", ["week", "cadre_id"])
    op.create_table(
        "recognition_choices",
        sa.Column("cadre_id", KEY, autoincrement=False, nullable=False),
        *(sa.Column(f"hide_{what}", sa.Boolean(), nullable=False) for what in _HIDDEN),
        sa.Column("public_code", sa.String(length=32), nullable=True),
        sa.Column("name_shown", sa.String(length=8), nullable=False),
        _check("recognition_choices", "name_shown", "name_shown IN ('name', 'alias', 'initials')"),
        _foreign("recognition_choices", "cadre_id", "cadres"),
        sa.PrimaryKeyConstraint("cadre_id", name=op.f("pk_recognition_choices")),
        sa.UniqueConstraint("public_code", name=op.f("uq_recognition_choices_public_code")),
    )


_HIDDEN = ("level", "streak", "badges", "league")


def _moments() -> None:
    kinds = "kind IN ('threshold', 'level', 'badge', 'best_month', 'team_goal', 'streak')"
    op.create_table(
        "moments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("shown_at", INSTANT, nullable=True),
        _check("moments", "kind", kinds),
        _foreign("moments", "cadre_id", "cadres"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moments")),
        sa.UniqueConstraint("cadre_id", "source", name=op.f("uq_moments_cadre_id_source")),
    )
    unshown = {"sqlite_where": UNSHOWN, "postgresql_where": UNSHOWN}
    op.create_index("ix_moments_unshown", "moments", ["cadre_id", "id"], **unshown)


def _rounds() -> None:
    op.create_table(
        "recognition_marks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_marks")),
    )
    op.create_table(
        "recognition_runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("days", sa.String(length=40), nullable=False),
        sa.Column("definitions", sa.String(length=64), nullable=False),
        sa.Column("best_month", sa.String(length=7), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        _check("recognition_runs", "single", "id = 1"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_runs")),
    )
