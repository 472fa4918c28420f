"""Store who made an account and the second admin; remembered sessions; when an account forgot its devices."""

import sqlalchemy as sa
from alembic import op

revision = "0006_accounts"
down_revision = "0005_verification"
branch_labels = None
depends_on = None

PERSONS = (("users", "made_by"), ("users", "made_beside"), ("reset_codes", "made_beside"))


def upgrade() -> None:
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table, name in PERSONS:
        constraint = f"CONSTRAINT fk_{table}_{name}_users REFERENCES users (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind} {constraint}")
    op.add_column("users", sa.Column("devices_from", sa.DateTime(timezone=True)))
    remembered = sa.Column("remembered", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("user_sessions", remembered)
    op.add_column("users", sa.Column("changes_seen", sa.BigInteger(), nullable=False, server_default="0"))
    # Nobody is told old news.
    op.execute("UPDATE users SET changes_seen = (SELECT coalesce(max(id), 0) FROM audit_events)")
    _create_requests()
    op.create_table(
        "key_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("purpose", sa.String(8), nullable=False),
        sa.Column("mark", sa.String(8), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_key_checks"),
        sa.UniqueConstraint("purpose", "mark", name="uq_key_checks_purpose_mark"),
    )
    # The audit trail knows who made the existing accounts.
    op.execute(
        "UPDATE users SET made_by = (SELECT min(e.actor_id) FROM audit_events AS e WHERE e.subject_kind = 'user'"
        " AND e.act = 'user.added' AND e.subject_id = CAST(users.id AS VARCHAR(20)))",
    )


def _create_requests() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    at, person = sa.DateTime(timezone=True), "users.id"
    op.create_table(
        "account_requests",
        sa.Column("id", key, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("user_id", key),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("phone_sealed", sa.LargeBinary()),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("branch_id", key),
        sa.Column("regional_office_id", key),
        sa.Column("account_version", sa.Integer()),
        sa.Column("asked_by", key, nullable=False),
        sa.Column("asked_at", at, nullable=False),
        sa.Column("decided_by", key),
        sa.Column("decided_at", at),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint("kind IN ('add', 'role', 'reset')", name="kind"),
        sa.CheckConstraint("status IN ('open', 'confirmed', 'refused')", name="status"),
        sa.CheckConstraint("status <> 'confirmed' OR decided_by <> asked_by", name="confirmed_by_another"),
        sa.ForeignKeyConstraint(["user_id"], [person], name="fk_account_requests_user_id"),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_account_requests_branch_id"),
        sa.ForeignKeyConstraint(
            ["regional_office_id"], ["regional_offices.id"], name="fk_account_requests_regional_office_id"
        ),
        sa.ForeignKeyConstraint(["asked_by"], [person], name="fk_account_requests_asked_by"),
        sa.ForeignKeyConstraint(["decided_by"], [person], name="fk_account_requests_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_account_requests"),
    )
    op.create_index("ix_account_requests_status", "account_requests", ["status"])
    op.create_index(
        "uq_account_requests_open", "account_requests", ["user_id", "kind"], unique=True,
        sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"),
    )  # fmt: skip


def downgrade() -> None:
    """Drop what the portal learned about accounts since, their requests, and which keys the database knows."""
    op.drop_table("account_requests")
    op.execute("ALTER TABLE users DROP COLUMN changes_seen")
    op.drop_table("key_checks")
    op.execute("ALTER TABLE user_sessions DROP COLUMN remembered")
    op.execute("ALTER TABLE users DROP COLUMN devices_from")
    for table, name in reversed(PERSONS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
