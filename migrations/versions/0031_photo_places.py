"""Where a photo was taken, as the phone says it, where its cadre agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0031_photo_places"
down_revision = "0030_api"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("photos", sa.Column("latitude", sa.Double(), nullable=True))
    op.add_column("photos", sa.Column("longitude", sa.Double(), nullable=True))
    op.add_column("photos", sa.Column("accuracy_m", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for name in ("accuracy_m", "longitude", "latitude"):
        op.drop_column("photos", name)
