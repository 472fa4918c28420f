"""Room kept for work under way; empty until it lands."""

revision = "0010_counts"
down_revision = "0009_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
