"""Room kept for work under way; empty until it lands."""

revision = "0008_service"
down_revision = "0007_payouts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
