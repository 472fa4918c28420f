"""Room kept for work under way; empty until it lands."""

revision = "0004_money_of_lines"
down_revision = "0003_money_of_signups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
