"""Proposals to suspend inactive cadres, and the way back."""

import sqlalchemy as sa
from alembic import op

revision = "0014_inactivity"
down_revision = "0013_last_reports"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table of proposals and the two columns of the cadre."""
    op.add_column("cadres", sa.Column("active_since", sa.Date(), nullable=True))
    op.add_column("cadres", sa.Column("returns_from", sa.String(length=7), nullable=True))
    op.create_table(
        "inactivity_proposals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("last_work_month", sa.String(length=7), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'suspended', 'kept', 'over')", name=op.f("ck_inactivity_proposals_status")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_inactivity_proposals_cadre_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_inactivity_proposals_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inactivity_proposals")),
        sa.UniqueConstraint("cadre_id", "month", name=op.f("uq_inactivity_proposals_cadre_id_month")),
    )
    op.create_index(
        "uq_inactivity_proposals_open",
        "inactivity_proposals",
        ["cadre_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_inactivity_proposals_status", "inactivity_proposals", ["status", "last_work_month", "id"]
    )


def downgrade() -> None:
    """Forget the proposals; who is suspended stays so."""
    op.drop_table("inactivity_proposals")
    op.drop_column("cadres", "returns_from")
    op.drop_column("cadres", "active_since")
