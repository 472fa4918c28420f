"""Find what one person decided since an instant without reading all reports."""

from alembic import op

revision = "0025_decided"
down_revision = "0024_sums_of_cadres"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_activities_decided", "activities", ["decided_by", "decided_at"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_activities_decided", "activities")
