"""Store with each closed month the format of the file whose hash its digest is."""

import sqlalchemy as sa
from alembic import op

revision = "0004_money_of_lines"
down_revision = "0003_money_of_signups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the format; months closed so far have none, which stands for portal-1."""
    op.add_column("months", sa.Column("digest_format", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Drop the format; after a further upgrade every month closed so far counts as portal-1."""
    op.drop_column("months", "digest_format")
