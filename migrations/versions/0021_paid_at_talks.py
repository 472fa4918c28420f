"""Keep with each talk the month paid last by then, so that a payment since answers what was promised.

Talks of before keep none: the next one takes their place.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_paid_at_talks"
down_revision = "0020_tallies_of_many"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("talks", sa.Column("paid_month", sa.String(length=7), nullable=True))


def downgrade() -> None:
    op.drop_column("talks", "paid_month")
