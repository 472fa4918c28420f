"""Room kept for work under way; empty until it lands."""

revision = "0005_verification"
down_revision = "0004_money_of_lines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
