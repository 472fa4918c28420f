"""Find a cadre's contributions by their number: the estimate of one cadre must not read the nation's."""

from alembic import op

revision = "0010_contributions_of_a_cadre"
down_revision = "0009_alarms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_contributions_cadre", "contributions", ["cadre_id", "number"])


def downgrade() -> None:
    op.drop_index("ix_contributions_cadre", table_name="contributions")
