"""Targets of cadres by month: villages where nobody had been before."""

import sqlalchemy as sa
from alembic import op

revision = "0017_cadre_targets"
down_revision = "0016_coverage"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "cadre_targets",
        sa.Column("cadre_id", KEY, autoincrement=False, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("villages", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", KEY, nullable=False),
        sa.CheckConstraint("villages BETWEEN 0 AND 99", name=op.f("ck_cadre_targets_villages")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_cadre_targets_cadre_id")),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_cadre_targets_set_by")),
        sa.PrimaryKeyConstraint("cadre_id", "month", name=op.f("pk_cadre_targets")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("cadre_targets")
