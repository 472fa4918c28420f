"""Room kept for work under way; empty until it lands."""

revision = "0003_money_of_signups"
down_revision = "0002_guards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing yet."""


def downgrade() -> None:
    """Change nothing yet."""
