"""Store what keeps participants protected: hand-overs between cadres, renewal tasks, talks, reminders.

Branches get a phone and an address, which a cadre gives to a family with a claim.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_care"
down_revision = "0017_cadre_targets"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CARED_FOR = "cadre_id IS NOT NULL AND status <> 'lapsed'"
# A row is a record: all that ever changes is that its month begins.
FIXED = (
    "id",
    "signup_id",
    "participant_id",
    "from_cadre_id",
    "to_cadre_id",
    "from_month",
    "reason",
    "recorded_by",
    "recorded_at",
)
# Every talk and reminder stays as it was recorded.
APPEND_ONLY = ("talks", "reminders")
SQLITE = (
    f"CREATE TRIGGER guard_hand_overs_update BEFORE UPDATE OF {', '.join(FIXED)} ON hand_overs "
    "BEGIN SELECT RAISE(ABORT, 'guard: hand_overs are a record'); END",
    "CREATE TRIGGER guard_hand_overs_force BEFORE UPDATE OF in_force ON hand_overs WHEN OLD.in_force "
    "BEGIN SELECT RAISE(ABORT, 'guard: hand_overs are a record'); END",
    "CREATE TRIGGER guard_hand_overs_delete BEFORE DELETE ON hand_overs "
    "BEGIN SELECT RAISE(ABORT, 'guard: hand_overs are a record'); END",
    *(
        f"CREATE TRIGGER guard_{table}_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'guard: {table} is append-only'); END"
        for table in APPEND_ONLY
        for act in ("UPDATE", "DELETE")
    ),
)
POSTGRESQL = (
    """CREATE FUNCTION guard_hand_overs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF NOT OLD.in_force AND to_jsonb(NEW) - 'in_force' = to_jsonb(OLD) - 'in_force' THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION 'guard: hand_overs are a record' USING ERRCODE = '23001';
    END $$""",
    "CREATE TRIGGER guard_hand_overs BEFORE UPDATE OR DELETE ON hand_overs "
    "FOR EACH ROW EXECUTE FUNCTION guard_hand_overs()",
    "CREATE TRIGGER guard_hand_overs_truncate BEFORE TRUNCATE ON hand_overs "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
    "REVOKE DELETE, TRUNCATE ON hand_overs FROM portal_app",
    *(
        f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION guard_append_only()"
        for table in APPEND_ONLY
    ),
    *(
        f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()"
        for table in APPEND_ONLY
    ),
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(APPEND_ONLY)} FROM portal_app",
)


def upgrade() -> None:
    _hand_overs()
    _tasks()
    _talks()
    op.add_column("branches", sa.Column("phone", sa.String(length=24), nullable=True))
    op.add_column("branches", sa.Column("address", sa.String(length=200), nullable=True))
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().execute(sa.text(statement.replace(":", r"\:")))


def _foreign(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _hand_overs() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("signup_id", KEY, nullable=False),
        sa.Column("participant_id", KEY, nullable=False),
        sa.Column("from_cadre_id", KEY, nullable=False),
        sa.Column("to_cadre_id", KEY, nullable=False),
        sa.Column("from_month", sa.String(length=7), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_cadre_id <> to_cadre_id", name=op.f("ck_hand_overs_cadres")),
        sa.ForeignKeyConstraint(["signup_id"], ["signups.id"], name=op.f("fk_hand_overs_signup_id")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_hand_overs_participant_id")
        ),
        sa.ForeignKeyConstraint(["from_cadre_id"], ["cadres.id"], name=op.f("fk_hand_overs_from_cadre_id")),
        sa.ForeignKeyConstraint(["to_cadre_id"], ["cadres.id"], name=op.f("fk_hand_overs_to_cadre_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_hand_overs_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    op.create_index("ix_hand_overs_signup", "hand_overs", ["signup_id", "from_month"])
    for name in ("participant_id", "from_cadre_id", "to_cadre_id"):
        op.create_index(f"ix_hand_overs_{name}", "hand_overs", [name])
    planned = sa.text("NOT in_force")
    op.create_index(
        "ix_hand_overs_planned",
        "hand_overs",
        ["from_month"],
        sqlite_where=planned,
        postgresql_where=planned,
    )
    whom = sa.text(CARED_FOR)
    op.create_index(
        "ix_participants_paid",
        "participants",
        ["last_paid_month", "id"],
        sqlite_where=whom,
        postgresql_where=whom,
    )


def _tasks() -> None:
    op.create_table(
        "renewal_tasks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("participant_id", KEY, nullable=False),
        sa.Column("paid_month", sa.String(length=7), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("cadre_id", KEY, nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'renewed', 'lost', 'dropped')", name=op.f("ck_renewal_tasks_status")
        ),
        sa.CheckConstraint("(status = 'open') = (closed_on IS NULL)", name=op.f("ck_renewal_tasks_closed")),
        _foreign("renewal_tasks", "participant_id", "participants"),
        _foreign("renewal_tasks", "cadre_id", "cadres"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_tasks")),
    )
    waiting = sa.text("status = 'open'")
    op.create_index(
        "uq_renewal_tasks_open",
        "renewal_tasks",
        ["participant_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_renewal_tasks_participant", "renewal_tasks", ["participant_id", "id"])
    op.create_index("ix_renewal_tasks_closed", "renewal_tasks", ["cadre_id", "closed_on"])
    op.create_table(
        "care_runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("days", sa.String(length=40), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_care_runs_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_runs")),
    )
    op.create_table(
        "hand_over_news",
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        _foreign("hand_over_news", "cadre_id", "cadres"),
        sa.PrimaryKeyConstraint("cadre_id", name=op.f("pk_hand_over_news")),
    )


def _talks() -> None:
    op.create_table(
        "talks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("participant_id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('promised', 'says_paid', 'moved', 'not_working', 'refuses', 'not_reached', 'died')",
            name=op.f("ck_talks_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome = 'promised') = (promised_on IS NOT NULL)", name=op.f("ck_talks_promised")
        ),
        _foreign("talks", "participant_id", "participants"),
        _foreign("talks", "cadre_id", "cadres"),
        _foreign("talks", "recorded_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talks")),
    )
    op.create_index("ix_talks_participant", "talks", ["participant_id", "id"])
    op.create_index("ix_talks_cadre_id", "talks", ["cadre_id"])
    op.create_table(
        "reminders",
        sa.Column("id", KEY, nullable=False),
        sa.Column("participant_id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_by", KEY, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        _foreign("reminders", "participant_id", "participants"),
        _foreign("reminders", "cadre_id", "cadres"),
        _foreign("reminders", "sent_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("participant_id", "sent_on", name=op.f("uq_reminders_participant_id_sent_on")),
    )
    op.create_index("ix_reminders_cadre_id", "reminders", ["cadre_id"])


def downgrade() -> None:
    for column in ("phone", "address"):
        op.drop_column("branches", column)
    for table in ("reminders", "talks", "hand_over_news", "care_runs", "renewal_tasks"):
        op.drop_table(table)
    op.drop_index("ix_participants_paid", table_name="participants")
    op.drop_table("hand_overs")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_hand_overs()")
