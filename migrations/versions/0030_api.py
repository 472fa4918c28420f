"""The interface for programs: personal tokens; the hash of a photo's mirrored picture."""

import sqlalchemy as sa
from alembic import op

revision = "0030_api"
down_revision = "0029_narrow_counts"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table and the column; photos of before have no hash of their mirrored picture."""
    op.create_table(
        "access_tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_access_tokens_user_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_access_tokens_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_tokens_token_hash")),
    )
    op.create_index(op.f("ix_access_tokens_user_id"), "access_tokens", ["user_id"])
    op.add_column("photos", sa.Column("dhash_mirrored", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("photos", "dhash_mirrored")
    op.drop_table("access_tokens")
