"""Store the alarms about months that can't close, once per day and reason."""

import sqlalchemy as sa
from alembic import op

revision = "0009_alarms"
down_revision = "0008_service"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_alarms",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", "day", "reason", "fault", name=op.f("pk_month_alarms")),
    )


def downgrade() -> None:
    op.drop_table("month_alarms")
