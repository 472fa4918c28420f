"""Room kept for work under way; empty until it lands."""

revision = "0006_accounts"
down_revision = "0005_verification"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
