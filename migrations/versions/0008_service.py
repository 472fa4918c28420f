"""Store what somebody typed when their session had ended."""

import sqlalchemy as sa
from alembic import op

revision = "0008_service"
down_revision = "0007_payouts"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kept_forms",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_kept_forms_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_forms")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kept_forms_token_hash")),
    )
    op.create_index("ix_kept_forms_user_id", "kept_forms", ["user_id"])
    op.create_index("ix_kept_forms_kept_at", "kept_forms", ["kept_at"])


def downgrade() -> None:
    op.drop_table("kept_forms")
