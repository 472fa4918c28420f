"""Store contribution tables as dated data, and how often a cadre's link to the explainer was opened."""

import sqlalchemy as sa
from alembic import op

revision = "0015_explainer"
down_revision = "0014_inactivity"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create both tables; `portal db upgrade` stores the shipped contribution table."""
    op.create_table(
        "contribution_tables",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.String(length=7), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("loaded_by", KEY, nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["loaded_by"], ["users.id"], name=op.f("fk_contribution_tables_loaded_by")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_contribution_tables")),
    )
    op.create_table(
        "explainer_openings",
        sa.Column("cadre_id", KEY, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.CheckConstraint("openings > 0", name=op.f("ck_explainer_openings_openings")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_explainer_openings_cadre_id")),
        sa.PrimaryKeyConstraint("cadre_id", "day", name=op.f("pk_explainer_openings")),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("explainer_openings")
    op.drop_table("contribution_tables")
