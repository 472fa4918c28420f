"""Keep who made an account and who stood beside; remembered sessions; when an account threw its devices out."""

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
    op.create_table(
        "key_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("purpose", sa.String(8), nullable=False),
        sa.Column("name", sa.String(8), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_key_checks"),
        sa.UniqueConstraint("purpose", "name", name="uq_key_checks_purpose_name"),
    )
    # The audit trail knows who made the accounts that are there.
    op.execute(
        "UPDATE users SET made_by = (SELECT min(e.actor_id) FROM audit_events AS e WHERE e.subject_kind = 'user'"
        " AND e.act = 'user.added' AND e.subject_id = CAST(users.id AS VARCHAR(20)))",
    )


def downgrade() -> None:
    op.drop_table("key_checks")
    op.execute("ALTER TABLE user_sessions DROP COLUMN remembered")
    op.execute("ALTER TABLE users DROP COLUMN devices_from")
    for table, name in reversed(PERSONS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
