"""Store what people are told: messages, letters, preferences, devices, and what goes out by push and e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0028_messages"
down_revision = "0027_agenda"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TABLES = ("dispatches", "push_subscriptions", "message_preferences", "messages", "letters", "message_runs")

# A message is a record: all that ever changes is that it was read. A letter stays as it was sent.
FIXED = ("id", "event_id", "user_id", "kind", "at", "subject", "month", "day", "code", "amount", "letter_id")
SQLITE = (
    f"CREATE TRIGGER guard_messages_update BEFORE UPDATE OF {', '.join(FIXED)} ON messages "
    "BEGIN SELECT RAISE(ABORT, 'guard: messages are a record'); END",
    "CREATE TRIGGER guard_messages_delete BEFORE DELETE ON messages "
    "BEGIN SELECT RAISE(ABORT, 'guard: messages are a record'); END",
    *(
        f"CREATE TRIGGER guard_letters_{act.lower()} BEFORE {act} ON letters "
        "BEGIN SELECT RAISE(ABORT, 'guard: letters is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ),
)
POSTGRESQL = (
    """CREATE FUNCTION guard_messages() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'read_at' = to_jsonb(OLD) - 'read_at' THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION 'guard: messages are a record' USING ERRCODE = '23001';
    END $$""",
    "CREATE TRIGGER guard_messages BEFORE UPDATE OR DELETE ON messages "
    "FOR EACH ROW EXECUTE FUNCTION guard_messages()",
    "CREATE TRIGGER guard_messages_truncate BEFORE TRUNCATE ON messages "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
    "REVOKE DELETE, TRUNCATE ON messages FROM portal_app",
    "CREATE TRIGGER guard_letters BEFORE UPDATE OR DELETE ON letters "
    "FOR EACH ROW EXECUTE FUNCTION guard_append_only()",
    "CREATE TRIGGER guard_letters_truncate BEFORE TRUNCATE ON letters "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
    "REVOKE UPDATE, DELETE, TRUNCATE ON letters FROM portal_app",
)


def upgrade() -> None:
    """Make the tables; what happened before this moment is told to nobody."""
    op.add_column("users", sa.Column("unread", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "message_runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=True),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_message_runs_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_runs")),
    )
    newest = "SELECT COALESCE(MAX(id), 0) AS id FROM audit_events"
    op.execute(
        "INSERT INTO message_runs (id, settled, seen, planned)"
        f" SELECT 1, newest.id, newest.id, 0 FROM ({newest}) AS newest"
    )
    _letters()
    _messages()
    _devices()
    _dispatches()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().execute(sa.text(statement.replace(":", r"\:")))


def _foreign(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_by", KEY, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('letter', 'praise')", name=op.f("ck_letters_kind")),
        sa.CheckConstraint("kind <> 'praise' OR cadre_id IS NOT NULL", name=op.f("ck_letters_praise")),
        _foreign("letters", "branch_id", "branches"),
        _foreign("letters", "cadre_id", "cadres"),
        _foreign("letters", "sent_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("ref", name=op.f("uq_letters_ref")),
    )
    op.create_index("ix_letters_branch", "letters", ["branch_id", "id"])
    op.create_index("ix_letters_sender", "letters", ["sent_by", "sent_at"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("letter_id", KEY, nullable=True),
        sa.Column("read_at", INSTANT, nullable=True),
        _foreign("messages", "event_id", "audit_events"),
        _foreign("messages", "user_id", "users"),
        _foreign("messages", "letter_id", "letters"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("event_id", "user_id", "kind", name=op.f("uq_messages_event_id_user_id_kind")),
    )
    op.create_index("ix_messages_user", "messages", ["user_id", "id"])
    op.create_index("ix_messages_letter", "messages", ["letter_id"])


def _devices() -> None:
    op.create_table(
        "message_preferences",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("off", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        _foreign("message_preferences", "user_id", "users"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_message_preferences")),
    )
    op.create_table(
        "push_subscriptions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("p256dh", sa.String(length=120), nullable=False),
        sa.Column("auth", sa.String(length=48), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        _foreign("push_subscriptions", "user_id", "users"),
        _foreign("push_subscriptions", "session_id", "user_sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    op.create_index("ix_push_subscriptions_user_id", "push_subscriptions", ["user_id"])


def _dispatches() -> None:
    op.create_table(
        "dispatches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=4), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("device", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("problem", sa.String(length=80), nullable=True),
        sa.CheckConstraint("channel IN ('push', 'mail')", name=op.f("ck_dispatches_channel")),
        sa.CheckConstraint(
            "status IN ('waiting', 'sending', 'sent', 'dropped', 'given_up')",
            name=op.f("ck_dispatches_status"),
        ),
        sa.CheckConstraint("(message_id IS NULL) = (day IS NOT NULL)", name=op.f("ck_dispatches_subject")),
        _foreign("dispatches", "user_id", "users"),
        _foreign("dispatches", "message_id", "messages"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
        sa.UniqueConstraint(
            "channel", "message_id", "device", name=op.f("uq_dispatches_channel_message_id_device")
        ),
        sa.UniqueConstraint(
            "channel", "user_id", "day", "device", name=op.f("uq_dispatches_channel_user_id_day_device")
        ),
    )
    going = sa.text("status IN ('waiting', 'sending')")
    op.create_index("ix_dispatches_due", "dispatches", ["due_at"], sqlite_where=going, postgresql_where=going)
    op.create_index("ix_dispatches_ended", "dispatches", ["ended_at"])


def downgrade() -> None:
    """Forget what was told."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_messages()")
    op.drop_column("users", "unread")
