"""How many moments wait for each person: pages know it from the row that they read anyway."""

import sqlalchemy as sa
from alembic import op

revision = "0035_waiting_moments"
down_revision = "0034_boards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the number, and count what waits already."""
    op.add_column("users", sa.Column("moments", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(
        "UPDATE users SET moments = (SELECT COUNT(*) FROM moments m JOIN cadres c ON c.id = m.cadre_id"
        " WHERE c.user_id = users.id AND m.shown_at IS NULL)"
        " WHERE id IN (SELECT c.user_id FROM moments m JOIN cadres c ON c.id = m.cadre_id WHERE m.shown_at IS NULL)"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("users", "moments")
